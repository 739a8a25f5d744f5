"""Cases that a message shows to be one matter, and what of channels moves with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

from apps.cases import domain as cases
from apps.cases.models import Case
from apps.channels.models import InboundMessage, MessageKey
from apps.channels.threading import Decision, Threads


class Placed(Protocol):
    """A message of the same batch that is not stored yet."""

    case: Case


def bridge(threads: Threads, placed: Sequence[Placed], decision: Decision) -> Decision:
    """Join the cases that a message ties together, as far as nobody has worked on them.

    So it does not matter in which order a question, its answer and the answer's answer come.
    """
    kept = decision.case
    for other in decision.bridged:
        if kept is not None:
            kept = _join(threads, placed, kept, other)
    return replace(decision, case=kept)


def follow(*, into: Case, other: Case, **_kwargs: Any) -> None:
    """Receive ``case_joined``."""
    InboundMessage.objects.filter(case=other).update(case=into)
    MessageKey.objects.filter(case=other).update(case=into)


def _join(threads: Threads, placed: Sequence[Placed], kept: Case, other: Case) -> Case:
    """Join two cases, the newer into the older if possible; returns what the message goes to."""
    older, newer = sorted((kept, other), key=_age)
    for into, gone in ((older, newer), (newer, older)):
        if _is_joined(into, gone):
            for one in placed:
                if one.case is gone:
                    one.case = into
            threads.forget(gone, instead=into)
            return into
    return kept


def _is_joined(into: Case, gone: Case) -> bool:
    if gone.pk:
        return bool(into.pk) and cases.join_untouched(into=into, other=gone)
    return (into.customer_id, into.team_id) == (gone.customer_id, gone.team_id)


def _age(case: Case) -> float:
    return case.pk or float("inf")
