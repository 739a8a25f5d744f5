"""Canned replies as composers offer them: filled in for one letter, in one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases import placeholders
from apps.cases.models import CannedReply, Case
from apps.cases.placeholders import CHINESE, ENGLISH, Letter, letter_in
from apps.common.text import excerpt
from apps.desk.forms.composing import Composed

SHOWN = 200
GREETING = "greeting"
FORWARD = "forward"
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


@dataclass(frozen=True, slots=True)
class Offers:
    """All that a person may insert into a letter, the greeting first, in the language chosen."""

    language: str
    options: list[Offer]

    def find(self, key: str) -> Offer | None:
        return next((one for one in self.options if one.key == key), None)


def offers_in(case: Case, user: User, asked: Mapping[str, str]) -> Offers:
    """What may be inserted in a case: into an answer, or where ``asked`` says so (``for``) into
    a mail to somebody outside.
    """
    letter = letter_in(case, to_customer=asked.get("for") != FORWARD)
    return offers(letter, user, asked.get("language", "") or placeholders.language_of(case))


def offers(letter: Letter, user: User, language: str) -> Offers:
    """What may be inserted into a letter; a name whose value is not known stays in the text."""
    language = language if language in LANGUAGES else ENGLISH
    values = placeholders.values_for(letter, user, language=language, at=timezone.now())
    greeting = _offer(GREETING, _("Greeting"), "{{customer.greeting}}\n\n", values)
    known = CannedReply.objects.visible_to(user).by_name()[:SHOWN]
    ready = [
        _offer(str(one.pk), one.name, one.text_in(language), values, whose(one)) for one in known
    ]
    return Offers(language, [greeting, *ready])


def begin_with(form: Composed, found: Offers, key: str) -> None:
    """Put the reply that an address names (``canned=12``) into a letter not yet begun."""
    if chosen := found.find(key):
        form.initial["text"] = chosen.text


def whose(reply: CannedReply) -> str:
    """Who has the reply, in a word."""
    if reply.owner_id:
        return _("yours")
    return reply.team.name if reply.team else _("everybody's")


def _offer(
    key: str, name: str, text: str, values: Mapping[str, str], whose_it_is: str = ""
) -> Offer:
    filled = placeholders.fill(text, values)
    return Offer(key, name, whose_it_is, filled.text, _warning(filled.missing))


def _warning(missing: tuple[str, ...]) -> str:
    if not missing:
        return ""
    names = ", ".join("{{" + name + "}}" for name in missing)
    return _("Not known here, write it yourself: %(names)s") % {"names": names}
