"""Accounts, what came in through them, and what goes out."""

from apps.channels.models.account import Account
from apps.channels.models.delivery import Delivery
from apps.channels.models.inbound import InboundMessage, RawInput
from apps.channels.models.restraint import AutomaticAnswer
from apps.channels.models.screening import SenderRule, SpamMark
from apps.channels.models.system_mail import SystemMail
from apps.channels.models.threads import CaseRoute, Consulted, MessageKey

__all__ = [
    "Account",
    "AutomaticAnswer",
    "CaseRoute",
    "Consulted",
    "Delivery",
    "InboundMessage",
    "MessageKey",
    "RawInput",
    "SenderRule",
    "SpamMark",
    "SystemMail",
]
