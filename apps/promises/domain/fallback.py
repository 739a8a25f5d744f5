"""What a customer hears whom we could not reach by phone: a message on their own channel."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from apps.cases.models import Case
from apps.channels.domain.notices import tell_in_words
from apps.customers import wishes
from apps.customers.enums import PreferenceKind
from apps.promises.models import Promise

NOT_REACHED = "not_reached"


def tell_not_reached(case: Case, promise: Promise) -> bool:
    """Queue a message about a callback that reached nobody; returns whether one could leave.

    Nothing internal stands in it: neither the text of the promise nor any note.
    """
    with translation.override(case.customer.language or settings.LANGUAGE_CODE):
        tries = promise.times_tried
        words = _(
            "we tried to call you %(tries)s times about your case %(number)s and could not reach"
            " you. Just answer this message and tell us when a call suits you, or write what we"
            " can do."
        ) % {"tries": tries, "number": case.number}
    return tell_in_words(case, NOT_REACHED, words, preferred=_preferred(case))


def _preferred(case: Case) -> str:
    """The channel on which the customer would rather be reached, as far as we know."""
    held = wishes.load(case.customer)
    return next((one.value for one in held if one.kind == PreferenceKind.CHANNEL), "")
