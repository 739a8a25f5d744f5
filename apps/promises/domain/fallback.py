"""What follows where a customer could not be reached by phone as often as was agreed.

They get a message on their own channel. Where there is no other way to them, the case waits for
them in vain: somebody of ours has to find one, by a time.
"""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases.domain import stop_waiting
from apps.cases.enums import EventKind
from apps.cases.models import Case
from apps.cases.rules import can_write
from apps.channels.domain.notices import tell_in_words
from apps.customers import wishes
from apps.customers.enums import PreferenceKind
from apps.notifications.domain import News, notify
from apps.notifications.enums import Kind as NewsKind
from apps.promises.domain.agreed import agreement_of
from apps.promises.domain.crews import load_crews
from apps.promises.domain.holding import tell
from apps.promises.domain.renewing import draft_by_rule
from apps.promises.enums import Kind
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


def find_another_way(case: Case, promise: Promise) -> Promise:
    """Owe it to a customer who knows nothing yet that somebody finds another way to them.

    The locked case no longer waits for them. Whoever owns the case or owed the call has this to
    do, else a lead of the team; they and the leads are told. Any word of ours to the customer
    keeps it.
    """
    stop_waiting(case)
    now, agreed = timezone.now(), agreement_of(case)
    due = agreed.after(now, agreed.targets.next_reply)
    work = draft_by_rule(case, Kind.UNREACHED, since=now, due=due, agreed=agreed)
    crew = load_crews([case], now).of(case)
    leads = [crew.people[pk] for pk in sorted(crew.leads)]
    leads.sort(key=lambda one: (one.pk not in crew.there, crew.there.get(one.pk, 0)))
    work.owner = _first_able(case, [case.owner, promise.owner, *leads])
    work.follows_owner = work.owner is None or work.owner == case.owner
    work.predecessor = promise
    work.save()
    tell(case, EventKind.PROMISE_MADE, work, None, due_at=work.due_at.isoformat())
    _alarm(case, work.owner, leads)
    return work


def _first_able(case: Case, wanted: list[User | None]) -> User | None:
    for one in wanted:
        if one is not None and one.is_active and can_write(one, case):
            return one
    return None


def _alarm(case: Case, owner: User | None, leads: list[User]) -> None:
    """A restricted case is nobody's business but its owner's; leads see it in their queue."""
    news = [News(owner.pk, case.pk, NewsKind.PROMISE_GIVEN)] if owner else []
    others = [] if case.restricted else [one for one in leads if one != owner]
    notify([*news, *(News(one.pk, case.pk, NewsKind.PROMISE_AT_RISK) for one in others)])


def _preferred(case: Case) -> str:
    """The channel on which the customer would rather be reached, as far as we know."""
    held = wishes.load(case.customer)
    return next((one.value for one in held if one.kind == PreferenceKind.CHANNEL), "")
