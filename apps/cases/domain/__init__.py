"""The verbs of a case: every door (desk, API, mail, tasks) calls these and nothing else."""

from apps.cases.domain.canned import CannedTexts, delete_canned, save_canned
from apps.cases.domain.changing import promote_interaction, restrict_case, update_case
from apps.cases.domain.dues import set_dues
from apps.cases.domain.handing import accept_offer, decline_offer, offer_case, withdraw_offer
from apps.cases.domain.joining import join_untouched
from apps.cases.domain.lifecycle import (
    close_case,
    confirm_case,
    draft_case,
    open_case,
    reopen_case,
    resolve_case,
    stop_waiting,
    wait_for_unanswered,
    word_failed,
    word_left,
    word_repeated,
    word_taken_back,
)
from apps.cases.domain.merging import Terms, merge_case, unmerge_case
from apps.cases.domain.opening import open_cases
from apps.cases.domain.owning import assign_by_rule, assign_case, give_waiting, take_case
from apps.cases.domain.people import (
    add_participant,
    dismiss_participant,
    follow_case,
    invite_participant,
    unseat_participants,
)
from apps.cases.domain.recording import (
    NewInteraction,
    bring_in,
    note,
    record_interaction,
    record_many,
)
from apps.cases.domain.retracting import take_back_call
from apps.cases.domain.splitting import split_case

__all__ = [
    "CannedTexts",
    "NewInteraction",
    "Terms",
    "accept_offer",
    "add_participant",
    "assign_by_rule",
    "assign_case",
    "bring_in",
    "close_case",
    "confirm_case",
    "decline_offer",
    "delete_canned",
    "dismiss_participant",
    "draft_case",
    "follow_case",
    "give_waiting",
    "invite_participant",
    "join_untouched",
    "merge_case",
    "note",
    "offer_case",
    "open_case",
    "open_cases",
    "promote_interaction",
    "record_interaction",
    "record_many",
    "reopen_case",
    "resolve_case",
    "restrict_case",
    "save_canned",
    "set_dues",
    "split_case",
    "stop_waiting",
    "take_back_call",
    "take_case",
    "unmerge_case",
    "unseat_participants",
    "update_case",
    "wait_for_unanswered",
    "withdraw_offer",
    "word_failed",
    "word_left",
    "word_repeated",
    "word_taken_back",
]
