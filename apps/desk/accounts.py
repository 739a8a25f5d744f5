"""How the accounts are, in words that say what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from apps.accounts.models import User
from apps.channels.domain.reporting import Report, reports
from apps.desk.rows import channel_icon, channel_label


@dataclass(frozen=True, slots=True)
class State:
    """One account. ``settings`` leads to its form, for those who may open it."""

    pk: int
    name: str
    channel: str
    channel_label: str
    icon: SafeString
    verdict: str
    tint: str
    faults: list[str]
    advice: str
    facts: list[tuple[str, str]]
    settings: str


def find(user: User, *, down: bool = False) -> list[State]:
    """The accounts of the person's teams; with ``down`` only those that do not work, or that
    left something where it was.
    """
    return [_state(one, user) for one in reports(user) if _is_ill(one) or not down]


def _is_ill(report: Report) -> bool:
    return report.is_down or bool(report.intake and report.intake.left_behind)


def _state(report: Report, user: User) -> State:
    account = report.account
    verdict, tint = _verdict(report)
    form = "admin:contact_channels_account_change"
    return State(
        pk=account.pk,
        name=account.name,
        channel=account.channel,
        channel_label=channel_label(account.channel),
        icon=channel_icon(account.channel),
        verdict=verdict,
        tint=tint,
        faults=_faults(report),
        advice=_advice(user),
        facts=_facts(report),
        settings=reverse(form, args=[account.pk]) if user.is_superuser else "",
    )


def _verdict(report: Report) -> tuple[str, str]:
    if not report.account.is_enabled:
        return _("Switched off"), "later"
    if report.is_down:
        return _("Does not work"), "late"
    if _faults(report):
        return _("Works, with a fault"), "soon"
    intake = report.intake
    lately = intake.last_success_at if intake else None
    if report.account.last_success_at or report.received_at or lately:
        return _("Works"), "kept"
    return _("Not tried yet"), "later"


def _faults(report: Report) -> list[str]:
    account, intake = report.account, report.intake
    faults = []
    if account.last_error:
        faults.append(_("Sending: %(fault)s") % {"fault": account.last_error})
    if intake and intake.last_error:
        faults.append(_("Fetching: %(fault)s") % {"fault": intake.last_error})
    if intake and intake.left_behind:
        faults.append(_left_behind(intake.left_behind))
    return faults


def _left_behind(count: int) -> str:
    return ngettext(
        "%(count)d mail could not be fetched and stays in the mailbox: read it there."
        " Administrators find the reason under Mails in mailboxes and have it tried again.",
        "%(count)d mails could not be fetched and stay in the mailbox: read them there."
        " Administrators find the reasons under Mails in mailboxes and have them tried again.",
        count,
    ) % {"count": count}


def _advice(user: User) -> str:
    if user.is_superuser:
        return _("Mend it in the settings and check it there. What waits goes on by itself.")
    return _("Tell an administrator. What waits goes on by itself once it works.")


def _facts(report: Report) -> list[tuple[str, str]]:
    account, intake = report.account, report.intake
    facts = [
        (_("Address"), account.address or "–"),
        (_("Received last"), _time(report.received_at)),
        (_("Sent last"), _time(account.last_success_at)),
        (_("Waits to leave"), str(report.waiting)),
        (_("Did not arrive"), str(report.troubled)),
        (_("In quarantine"), str(report.quarantined)),
    ]
    if account.last_error_at:
        facts.insert(3, (_("Last fault"), _time(account.last_error_at)))
    if intake is None:
        return facts
    facts.append((_("Mailbox read last"), _time(intake.last_success_at)))
    facts.append((_("Mailbox"), _watching(report)))
    if intake.left_behind:
        facts.append((_("Could not be fetched"), str(intake.left_behind)))
    return facts


def _watching(report: Report) -> str:
    intake = report.intake
    assert intake is not None  # noqa: S101 - asked for accounts with a mailbox alone
    if intake.is_watched:
        return _("watched: new mail comes in at once")
    if intake.next_attempt_at and intake.next_attempt_at > timezone.now():
        return _("tried again at %(time)s") % {"time": _time(intake.next_attempt_at)}
    return _("nobody watches it; it is looked into once a minute")


def _time(at: datetime | None) -> str:
    if at is None:
        return _("never")
    return date_format(timezone.localtime(at), pgettext("date and time", "j M Y, H:i"))
