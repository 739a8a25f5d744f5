"""Cases and what happened in them."""

from apps.cases.models.canned import CannedReply
from apps.cases.models.case import (
    Case,
    CaseFollower,
    CaseGrant,
    FormerNumber,
    Participant,
    Tag,
    read_number,
)
from apps.cases.models.event import CaseEvent
from apps.cases.models.interaction import Attachment, Interaction
from apps.cases.models.merge import CaseMerge
from apps.cases.models.offer import CaseOffer

__all__ = [
    "Attachment",
    "CannedReply",
    "Case",
    "CaseEvent",
    "CaseFollower",
    "CaseGrant",
    "CaseMerge",
    "CaseOffer",
    "FormerNumber",
    "Interaction",
    "Participant",
    "Tag",
    "read_number",
]
