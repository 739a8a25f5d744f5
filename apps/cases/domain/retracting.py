"""Taking a call off the record that never took place."""

from __future__ import annotations

from apps.cases import signals
from apps.cases.domain.lifecycle import stop_waiting, wait_for_unanswered
from apps.cases.domain.standing import recall_newest
from apps.cases.enums import Channel, Visibility
from apps.cases.models import Case, Interaction


def take_back_call(*, case: Case, interaction: Interaction) -> None:
    """Let a call of ours in a locked case be a mere note: whatever it had answered waits again.

    What was written of it stays. The caller says in the story of the case why.
    """
    interaction.channel, interaction.visibility = Channel.INTERNAL, Visibility.INTERNAL
    interaction.save(update_fields=["channel", "visibility"])
    ours = case.interactions.spoken()
    wait_for_unanswered(case, answered=ours.latest_moment())
    if not ours.exists():
        stop_waiting(case)
    if case.first_reply_at == interaction.received_at:
        case.first_reply_at = ours.earliest_moment()
    recall_newest(case)
    changed = ("first_reply_at", "snippet", "last_channel", "last_activity_at")
    case.save(update_fields=changed)
    signals.case_changed.send(Case, case=case, changed=frozenset({*changed, "interactions"}))
