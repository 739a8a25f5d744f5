"""Promises of the demonstration: made by the verbs, then put to when the script says they were."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from typing import Any

from apps.cases.models import Case
from apps.promises import domain
from apps.promises.domain.stages import wind
from apps.promises.enums import Outcome, Settlement, State
from apps.promises.models import Attempt, Promise
from contactcentre.demo.script import FOLDER
from contactcentre.demo.telling import Cast

FAR = timedelta(days=30)
FALLBACK = "+442079460199"


def promise_all(cast: Cast) -> None:
    """Promise what the script says; what was over by then is broken or was kept in time."""
    script = tomllib.loads((FOLDER / "promises.toml").read_text(encoding="utf-8"))
    for values in script["promise"]:
        customer = cast.customers[values["customer"]]
        case = Case.objects.standing().active().filter(customer=customer).order_by("-pk").first()
        if case is not None:
            _promise(case, values, cast)
    domain.tick()


def _promise(case: Case, values: dict[str, Any], cast: Cast) -> None:
    kind = values.get("kind", "callback")
    owner = cast.users.get(values.get("owner", ""))
    known = any(name == "phone" for name, _value in case.customer.addresses())
    promise = domain.make_promise(
        case_id=case.pk,
        actor=None,
        kind=kind,
        text=values["text"],
        due_at=cast.now + FAR,
        owner=owner,
        address="" if known or kind != "callback" else FALLBACK,
    )
    promise.owner = owner
    _put_back(promise, values, cast.now)
    for outcome, ago in values.get("tried", ()):
        at = cast.now - timedelta(minutes=ago)
        Attempt.objects.create(
            promise=promise, at=at, actor=owner, outcome=Outcome(outcome), counted=True
        )
    promise.save()


def _put_back(promise: Promise, values: dict[str, Any], now: datetime) -> None:
    promise.made_at = now - timedelta(minutes=values["made"])
    promise.due_at = promise.deadline = now + timedelta(minutes=values["due"])
    promise.times_tried = len(values.get("tried", ()))
    if window := values.get("window"):
        promise.window_end = promise.deadline = promise.due_at + timedelta(minutes=window)
    wind(promise)
    if "kept" in values:
        at = now - timedelta(minutes=values["kept"])
        late = at > promise.deadline
        promise.state = State.BROKEN if late else State.KEPT
        promise.broken_at = promise.deadline if late else None
        promise.settlement = Settlement.LATE if late else Settlement.KEPT
        promise.settled_at, promise.settled_by, promise.next_check_at = at, promise.owner, None
