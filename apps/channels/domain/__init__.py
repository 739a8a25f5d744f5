"""The verbs of channels: taking in, answering, sending."""

from apps.channels.domain.delivery import deliver
from apps.channels.domain.forwarding import Forward, ask_no_more, forward, quoted_pictures
from apps.channels.domain.intake import Result, process, receive, receive_many
from apps.channels.domain.notices import send_status_link
from apps.channels.domain.outbox import (
    Undone,
    cancel_delivery,
    retry_delivery,
    settle_delivery,
    undo_delivery,
)
from apps.channels.domain.quarantine import release, retry, set_input_aside
from apps.channels.domain.replying import record_outbound, reply
from apps.channels.domain.screening import block_sender, mark_spam, unblock_sender, unmark_spam
from apps.channels.domain.senders import remove_sender_rule, set_sender_rule
from apps.channels.domain.writing import can_format
from apps.channels.domain.writing import prepare as prepare_html

__all__ = [
    "Forward",
    "Result",
    "Undone",
    "ask_no_more",
    "block_sender",
    "can_format",
    "cancel_delivery",
    "deliver",
    "forward",
    "mark_spam",
    "prepare_html",
    "process",
    "quoted_pictures",
    "receive",
    "receive_many",
    "record_outbound",
    "release",
    "remove_sender_rule",
    "reply",
    "retry",
    "retry_delivery",
    "send_status_link",
    "set_input_aside",
    "set_sender_rule",
    "settle_delivery",
    "unblock_sender",
    "undo_delivery",
    "unmark_spam",
]
