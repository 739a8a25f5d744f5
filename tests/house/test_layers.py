"""The contracts between drivers and core hold for every driver that has a folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.services.portal import ROOT

DRIVERS = {f"apps.channels.{one.parent.name}" for one in ROOT.glob("apps/channels/*/apps.py")}


def contracts() -> dict[str, dict]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {one["name"]: one for one in settings["tool"]["importlinter"]["contracts"]}


@pytest.mark.parametrize(
    ("contract", "names"),
    [
        ("The core of channels names no driver", "forbidden_modules"),
        ("Drivers know neither cases nor the core's data", "source_modules"),
        ("No driver knows another", "modules"),
    ],
)
def test_contract_names_every_driver(contract: str, names: str) -> None:
    assert DRIVERS
    assert set(contracts()[contract][names]) == DRIVERS


def test_layers_inside_an_app_are_those_of_every_driver() -> None:
    found = [one for one in contracts().values() if "containers" in one]
    assert set(found[0]["containers"]) >= DRIVERS


@pytest.mark.parametrize(
    "line", ["from apps.cases.models import Case", "from apps.channels.mail import driver"]
)
def test_driver_that_breaks_a_contract_is_refused(tmp_path: Path, line: str) -> None:
    """A second driver in a copy of the tree, named as the test above asks."""
    for folder in ("apps", "contactcentre"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("*.pyc"))
    settings = (ROOT / "pyproject.toml").read_text()
    for names in ("forbidden_modules", "source_modules", "modules"):
        head = f'\n{names} = ["apps.channels.mail"'
        assert settings.count(head) == 1
        settings = settings.replace(head, f'{head}, "apps.channels.pigeon"')
    (tmp_path / "pyproject.toml").write_text(settings)
    pigeon = tmp_path / "apps" / "channels" / "pigeon"
    pigeon.mkdir()
    (pigeon / "__init__.py").touch()
    (pigeon / "driver.py").write_text(f"{line}\n")
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "apps.channels.pigeon.driver -> " in done.stdout
