"""The verbs of channels: taking in, answering, sending."""

from apps.channels.domain.delivery import deliver
from apps.channels.domain.forwarding import Forward, forward
from apps.channels.domain.intake import Result, process, receive, receive_many, retry
from apps.channels.domain.outbox import (
    Undone,
    cancel_delivery,
    retry_delivery,
    settle_delivery,
    undo_delivery,
)
from apps.channels.domain.replying import record_outbound, reply

__all__ = [
    "Forward",
    "Result",
    "Undone",
    "cancel_delivery",
    "deliver",
    "forward",
    "process",
    "receive",
    "receive_many",
    "record_outbound",
    "reply",
    "retry",
    "retry_delivery",
    "settle_delivery",
    "undo_delivery",
]
