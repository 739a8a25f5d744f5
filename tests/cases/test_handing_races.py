"""One question, many answers at once: one of them holds."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from apps.accounts.models import Team
from apps.cases import domain
from apps.cases.errors import CannotBeOffered, OfferOver
from apps.cases.models import Case, CaseOffer
from tests.cast import make_case, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people():
    team = Team.objects.create(name="Lamps")
    ana, ben = make_user("ana", team), make_user("ben", team)
    return ana, ben, make_case(team=team, owner=ana)


def at_once(deeds):
    """Run all deeds in threads; how many were refused, by the kind of refusal."""

    def run(deed):
        try:
            deed()
        except (OfferOver, CannotBeOffered) as refusal:
            return type(refusal)
        else:
            return None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        return list(pool.map(run, deeds))


def test_ten_presses_accept_once(people):
    ana, ben, case = people
    offer = domain.offer_case(case_id=case.pk, actor=ana, to=ben)
    told = at_once([lambda: domain.accept_offer(offer_id=offer.pk, actor=ben)] * 10)
    assert (told.count(None), told.count(OfferOver)) == (1, 9)
    assert case.events.filter(kind="offer_accepted").count() == 1
    assert Case.objects.get(pk=case.pk).owner == ben


def test_accepting_and_withdrawing_at_once_have_one_outcome(people):
    ana, ben, case = people
    offer = domain.offer_case(case_id=case.pk, actor=ana, to=ben)
    accept = lambda: domain.accept_offer(offer_id=offer.pk, actor=ben)  # noqa: E731
    withdraw = lambda: domain.withdraw_offer(offer_id=offer.pk, actor=ana)  # noqa: E731
    told = at_once([accept, withdraw] * 3)
    assert told.count(None) == 1
    settled = CaseOffer.objects.get(pk=offer.pk).state
    owner = Case.objects.get(pk=case.pk).owner
    assert (settled, owner) in {("accepted", ben), ("withdrawn", ana)}


def test_two_questions_at_once_are_one(people):
    ana, ben, case = people
    told = at_once([lambda: domain.offer_case(case_id=case.pk, actor=ana, to=ben)] * 4)
    assert (told.count(None), told.count(CannotBeOffered)) == (1, 3)
    assert CaseOffer.objects.get().state == "open"
