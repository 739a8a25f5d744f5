"""Hostile mails of our own making, named by the class of danger that each belongs to."""

from __future__ import annotations

from tests.hardening.bombs import BOMBS, QUOTES
from tests.hardening.hostile.calendars import CALENDARS
from tests.hardening.hostile.encodings import BROKEN, READABLE
from tests.hardening.hostile.fields import INJECTING, SCRIPTED, STEERING
from tests.hardening.hostile.files import ACTIVE_FILES, NAMED_FILES
from tests.hardening.hostile.identity import DATES, IDS, JOINING, SENDERS
from tests.hardening.hostile.looks import LOOKS
from tests.hardening.hostile.machines import MACHINES, REPORTS
from tests.hardening.hostile.markup import ACTIVE, REASSEMBLED
from tests.hardening.hostile.structure import SHAPES, SMUGGLED, UNREADABLE

BOMB_BYTES = 64_000

CLASSES: dict[str, dict[str, bytes]] = {
    "active": ACTIVE,
    "reassembled": REASSEMBLED,
    "looks": LOOKS,
    "files": ACTIVE_FILES,
    "names": NAMED_FILES,
    "scripted": SCRIPTED,
    "injecting": INJECTING,
    "steering": STEERING,
    "joining": JOINING,
    "senders": SENDERS,
    "ids": IDS,
    "dates": DATES,
    "calendars": CALENDARS,
    "machines": MACHINES,
    "reports": REPORTS,
    "readable": {name: raw for name, (raw, _text) in READABLE.items()},
    "broken": BROKEN,
    "smuggled": SMUGGLED,
    "shapes": SHAPES,
    "unreadable": UNREADABLE,
    "bombs": {name: make(BOMB_BYTES) for name, make in BOMBS.items()},
    "quotes": {name: make(BOMB_BYTES) for name, make in QUOTES.items()},
}
CORPUS: dict[str, bytes] = {
    f"{kind}-{name}": raw for kind, mails in CLASSES.items() for name, raw in mails.items()
}
# None of these is ever answered by ourselves.
FROM_MACHINES = frozenset(
    f"{kind}-{name}" for kind in ("machines", "reports") for name in CLASSES[kind]
) - {"reports-report_from_a_person"}
