"""Callbacks for calendar programs (RFC 5545): the name, the case's number and the time alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.links import absolute
from apps.promises.domain.agreed import agreement_of
from apps.promises.domain.terms import Terms, current_terms
from apps.promises.models import Promise

CONTENT_TYPE = "text/calendar; charset=utf-8"
LONGEST_LINE = 75  # octets
STAMP = "%Y%m%dT%H%M%SZ"


def calendar_of(promises: Iterable[Promise]) -> str:
    """A calendar with an entry for each promise; their cases and customers are loaded."""
    stamp, terms = timezone.now(), current_terms()
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Contact centre//Promises//EN"]
    lines += ["CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    for promise in promises:
        lines += _entry(promise, stamp, terms)
    return "".join(f"{part}\r\n" for line in [*lines, "END:VCALENDAR"] for part in _fold(line))


def answer(promises: Iterable[Promise], name: str) -> HttpResponse:
    """The calendar as a file that nobody keeps on the way."""
    response = HttpResponse(calendar_of(promises), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _entry(promise: Promise, stamp: datetime, terms: Terms) -> list[str]:
    again = promise.next_call_at
    begins = again or promise.due_at
    length = timedelta(minutes=agreement_of(promise.case, terms).targets.callback_slot)
    ends = promise.window_end if promise.window_end and not again else begins + length
    customer = promise.case.customer  # an address stands in no calendar, not even for a name
    name = customer.form_of_address or customer.name or promise.case.number
    said = _("%(kind)s: %(name)s") % {"kind": promise.label, "name": name}
    return [
        "BEGIN:VEVENT",
        f"UID:promise-{promise.pk}@contactcentre",
        f"DTSTAMP:{stamp.astimezone(UTC).strftime(STAMP)}",
        f"DTSTART:{begins.astimezone(UTC).strftime(STAMP)}",
        f"DTEND:{max(ends, begins).astimezone(UTC).strftime(STAMP)}",
        f"SUMMARY:{_escape(said)}",
        f"DESCRIPTION:{promise.case.number}",
        f"URL:{absolute('desk:case', number=promise.case.number)}",
        "END:VEVENT",
    ]


def _escape(text: str) -> str:
    for one in ("\\", ";", ","):
        text = text.replace(one, f"\\{one}")
    return " ".join(text.split())


def _fold(line: str) -> Iterable[str]:
    """Break a line where it gets too long, between two characters."""
    piece = ""
    for character in line:
        if len((piece + character).encode()) > LONGEST_LINE:
            yield piece
            piece = " "
        piece += character
    yield piece
