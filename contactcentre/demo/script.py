"""The script of the demonstration: who there is, and what happened, read from TOML."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
CASE_FILES = ("cases_en.toml", "cases_zh.toml")
SPANS = {"ago", "within", "window"}
_AGO = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened ``ago``; ``does`` is says, answers, note, promises or do.

    What is promised is due ``within`` so much time from then, in a ``window`` if one is given;
    ``why`` says how an attempt went, how the customer agreed, or what speaks for a withdrawal.
    """

    ago: timedelta
    does: str
    text: str
    by: str = ""
    mention: tuple[str, ...] = ()
    attach: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    html: str = ""
    machine: str = ""
    state: str = ""
    detail: str = ""
    kind: str = ""
    within: timedelta = timedelta(0)
    window: timedelta = timedelta(0)
    outcome: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """One case from its first word to where it stands now."""

    customer: str
    subject: str
    steps: tuple[Step, ...]
    channel: str = "email"
    kind: str = "help"
    priority: str = "normal"
    need: str = ""
    team: str = "care"
    owner: str = ""
    tags: tuple[str, ...] = ()
    restricted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class People:
    team: list[dict[str, Any]] = field(default_factory=list)
    user: list[dict[str, Any]] = field(default_factory=list)
    account: dict[str, str] = field(default_factory=dict)
    customer: list[dict[str, str]] = field(default_factory=list)
    calendar: list[dict[str, Any]] = field(default_factory=list)
    level: list[dict[str, Any]] = field(default_factory=list)
    preference: list[dict[str, Any]] = field(default_factory=list)
    skill: list[dict[str, Any]] = field(default_factory=list)
    canned: list[dict[str, str]] = field(default_factory=list)


def read_people() -> People:
    return People(**_read("people.toml"))


def read_stories() -> list[Story]:
    """All stories, the one that began first in front."""
    stories = [_story(values) for name in CASE_FILES for values in _read(name)["case"]]
    return sorted(stories, key=lambda story: -story.steps[0].ago)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def _story(values: dict[str, Any]) -> Story:
    steps = tuple(_step(step) for step in values.pop("step"))
    return Story(steps=steps, **{key: _frozen(value) for key, value in values.items()})


def _step(values: dict[str, Any]) -> Step:
    (does,) = values.keys() & {"says", "answers", "note", "promises", "do"}
    text = values.pop(does).strip()
    spans: dict[str, Any] = {key: _span(values.pop(key)) for key in SPANS & values.keys()}
    rest: dict[str, Any] = {key: _frozen(value) for key, value in values.items()}
    return Step(does=does, text=text, **spans | rest)


def _span(written: str) -> timedelta:
    match = _AGO.fullmatch(written)
    if not match or not written:
        raise ValueError(f"no span of time: {written!r}")
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
