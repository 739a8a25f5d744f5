"""Telling customers of what happened to their case: short, in their language, by themselves."""

from __future__ import annotations

import logging

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.cases import domain as cases
from apps.cases.domain import NewInteraction
from apps.cases.enums import Direction
from apps.cases.models import Case
from apps.channels import addressing, registry, tokens
from apps.channels.domain import restraint
from apps.channels.domain.outbox import Envelope, queue
from apps.channels.errors import NoAccount

logger = logging.getLogger(__name__)

CLOSED = "closed"


def tell_customer(case: Case, what: str) -> None:
    """Queue a notice in the transaction of the change, or none where none is due.

    None goes to machines, to customers without an address on the case's channel, or to
    somebody who was sent one within the hour.
    """
    channel = addressing.channel_of(case)
    if what != CLOSED or not registry.has(channel) or not _came_from_a_person(case):
        return
    to = addressing.customers_address(case, registry.get(channel).identity_kind)
    if to is None or restraint.is_machine(to):
        return
    try:
        account = addressing.account_for(case, channel)
    except NoAccount:
        logger.warning("nobody is told that %s is closed: no account", case.number)
        return
    if not restraint.may_answer(to, at=timezone.now(), provoked=False):
        return
    with translation.override(case.customer.language or settings.LANGUAGE_CODE):
        text = _closing_text(case)
    new = NewInteraction(
        channel=channel,
        direction=Direction.OUTBOUND,
        recipients=[{"kind": to.kind, "value": to.value, "name": to.name}],
        subject=f"Re: {tokens.bare_subject(case.subject)}",
        text=text,
        automatic="notice_closed",
    )
    interaction = cases.record_interaction(case=case, new=new)
    queue(interaction, account, Envelope(automatic=True))


def _closing_text(case: Case) -> str:
    values = {
        "name": case.customer.form_of_address or case.customer.name,
        "number": case.number,
    }
    greeting = _("Dear %(name)s,") % values if values["name"] else _("Hello,")
    told = _(
        "your case %(number)s is now closed. If anything is still open, just answer this"
        " message: we shall take it up again."
    )
    return f"{greeting}\n\n{told % values}\n"


def _came_from_a_person(case: Case) -> bool:
    return case.interactions.filter(direction=Direction.INBOUND, automatic="").exists()
