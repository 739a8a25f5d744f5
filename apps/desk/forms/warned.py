"""Forms that say what speaks against a time before anybody's word is given for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.common.text import local_time, zoned_time
from apps.common.timefields import LaterField
from apps.desk.forms.base import DeskForm
from apps.promises.domain import PromiseWarning

TAKE, REPEATED = "take", "repeated_hour"


class WarnedForm(DeskForm):
    """A first press shows the warnings, a second one puts them aside, or takes a proposal.

    ``sure`` names the warnings that were read and put aside; a proposal that is pressed (``take``)
    comes in the place of the time that was typed.
    """

    is_warned = True

    sure = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        self.warnings: list[PromiseWarning] = []
        super().__init__(self._with_taken(data) if data else None, *args, **kwargs)

    def put(self, at: datetime, data: Mapping[str, Any]) -> dict[str, str]:
        """The fields that say a moment (UTC), as somebody would have typed them."""
        local = timezone.localtime(at)
        typed = f"{local:%Y-%m-%dT%H:%M}"
        return {"due_at": f"{typed}{local:%:z}" if local.fold else typed}

    def repeated(self) -> PromiseWarning | None:
        """What to say of a time that the clock shows twice."""
        field, at = self.fields.get("due_at"), self.cleaned_data.get("due_at")
        note = field.note(at) if isinstance(field, LaterField) and at else ""
        if at is None or not note:
            return None
        second = timezone.localtime(at).replace(fold=1).astimezone(UTC)
        return PromiseWarning(REPEATED, note, second)

    def warn(self, warnings: list[PromiseWarning]) -> bool:
        """Whether there is something that was not read yet; the next press puts it aside."""
        twice = self.repeated()
        self.warnings = [*warnings, twice] if twice else warnings
        read = set(self.cleaned_data["sure"].split())
        return not {one.code for one in self.warnings} <= read

    @property
    def clock(self) -> str:
        """The name of the zone on whose clock a time is typed; "" for the reader's own."""
        return ""

    @property
    def codes(self) -> str:
        return " ".join(one.code for one in self.warnings)

    @property
    def offers(self) -> list[tuple[str, str]]:
        """A value and words for each proposal that can be taken by a press."""
        found = {one.proposal: one for one in self.warnings if one.proposal}
        return [(at.isoformat(), self._words(one, at)) for at, one in found.items()]

    def _with_taken(self, data: Any) -> Any:
        try:
            at = datetime.fromisoformat(data.get(TAKE, ""))
            typed = self.put(at, data) if timezone.is_aware(at) else {}
        except (ValueError, OverflowError):
            return data
        changed = data.copy()
        for name, value in typed.items():
            changed[name] = value
        return changed

    def _words(self, warning: PromiseWarning, at: datetime) -> str:
        if warning.code == REPEATED:
            with timezone.override(self.clock or timezone.get_current_timezone()):
                time = f"{local_time(at)} (UTC{timezone.localtime(at):%:z})"
            return _("The second one: %(time)s") % {"time": time}
        return _("Promise it for %(time)s") % {"time": zoned_time(at, self.clock)}
