"""An icon that the sprite lacks draws nothing, and nobody is told: so names are checked here."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apps.desk import facts, rows
from scripts.build_sprite import read_names
from tests.services.portal import ROOT

IN_TEMPLATES = re.compile(r'\{% icon "([a-z0-9-]+)"')
IN_CODE = re.compile(r'icon_markup\(\s*"([a-z0-9-]+)"')


def _named() -> Iterator[str]:
    for path in [*ROOT.glob("templates/**/*.html"), *ROOT.glob("apps/**/*.html")]:
        yield from IN_TEMPLATES.findall(path.read_text())
    for path in ROOT.glob("apps/**/*.py"):
        yield from IN_CODE.findall(path.read_text())
    yield from facts.ICONS.values()
    yield from rows.CHANNEL_ICONS.values()


def test_every_icon_that_is_named_stands_in_the_sprite():
    sprite = (ROOT / "static" / "icons.svg").read_text()
    drawn = set(re.findall(r'<symbol id="i-([a-z0-9-]+)"', sprite))
    assert set(_named()) - drawn == set()
    assert {name.rpartition("/")[2] for name in read_names()} == drawn
