"""The verbs of channels: taking in, answering, sending."""

from apps.channels.domain.delivery import deliver
from apps.channels.domain.intake import Result, process, receive, receive_many, retry
from apps.channels.domain.outbox import cancel_delivery, retry_delivery, settle_delivery
from apps.channels.domain.replying import record_outbound, reply

__all__ = [
    "Result",
    "cancel_delivery",
    "deliver",
    "process",
    "receive",
    "receive_many",
    "record_outbound",
    "reply",
    "retry",
    "retry_delivery",
    "settle_delivery",
]
