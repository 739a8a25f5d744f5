"""Canned replies as composers offer them: filled in for one case, in one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases import placeholders
from apps.cases.models import CannedReply, Case
from apps.cases.placeholders import CHINESE, ENGLISH
from apps.common.text import excerpt
from apps.desk.forms.composing import ReplyForm

SHOWN = 200
GREETING = "greeting"
LANGUAGES = {ENGLISH: "English", CHINESE: "中文"}


@dataclass(frozen=True, slots=True)
class Offer:
    """One text to insert. ``warning`` says what its writer has to fill in by hand."""

    key: str
    name: str
    whose: str
    text: str
    warning: str = ""

    @property
    def preview(self) -> str:
        return excerpt(self.text, 120)


def offers(case: Case, user: User, language: str = "") -> tuple[str, list[Offer]]:
    """The language chosen, and all that the person may insert here, the greeting first."""
    language = language if language in LANGUAGES else placeholders.language_of(case)
    values = placeholders.values_for(case, user, language=language, at=timezone.now())
    greeting = Offer(GREETING, _("Greeting"), "", f"{values['customer.greeting']}\n\n")
    known = CannedReply.objects.visible_to(user).by_name()[:SHOWN]
    return language, [greeting, *(_offer(one, values, language) for one in known)]


def begin_with(reply: ReplyForm, case: Case, user: User, asked: Mapping[str, str]) -> None:
    """Put the reply that an address names (``canned=12``) into an answer not yet begun."""
    key = asked.get("canned", "")
    if not key:
        return
    found = offers(case, user, asked.get("language", ""))[1]
    chosen = next((one for one in found if one.key == key), None)
    if chosen:
        reply.initial["text"] = chosen.text


def whose(reply: CannedReply) -> str:
    """Who has the reply, in a word."""
    if reply.owner_id:
        return _("yours")
    return reply.team.name if reply.team else _("everybody's")


def _offer(reply: CannedReply, values: Mapping[str, str], language: str) -> Offer:
    filled = placeholders.fill(reply.text_in(language), values)
    return Offer(str(reply.pk), reply.name, whose(reply), filled.text, _warning(filled.missing))


def _warning(missing: tuple[str, ...]) -> str:
    if not missing:
        return ""
    names = ", ".join("{{" + name + "}}" for name in missing)
    return _("Not known here, write it yourself: %(names)s") % {"names": names}
