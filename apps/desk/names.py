"""The names behind the ids of a page, read in one query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.common.text import between_words


@dataclass(frozen=True, slots=True)
class Names:
    """Colleagues as the reader calls them."""

    reader: User
    people: dict[int, str]

    @classmethod
    def load(cls, reader: User, keys: Iterable[int | None]) -> Names:
        """Read the names of all these people; costs no query when the reader is alone."""
        wanted = {key for key in keys if key is not None} - {reader.pk}
        found = User.objects.filter(pk__in=wanted) if wanted else ()
        return cls(reader, {user.pk: user.name for user in found})

    def doer(self, pk: int | None) -> str:
        """Who did something: the portal itself when nobody did."""
        if pk is None:
            return _("The portal")
        return _("You") if pk == self.reader.pk else self.people.get(pk, _("somebody who left"))

    def person(self, pk: int | None) -> str:
        """Whom something was done to."""
        if pk is None:
            return _("nobody")
        if pk == self.reader.pk:
            return self.reader.name
        return self.people.get(pk, _("somebody who left"))


def in_bold(name: str) -> SafeString:
    """A name as it stands in the sentences of a story; in Chinese set apart by blanks."""
    before, _name, after = between_words(name).partition(name)
    return format_html("{}<b>{}</b>{}", before, name, after)
