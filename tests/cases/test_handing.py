"""A warm hand-over: asked first, the sender's until accepted, one answer."""

from __future__ import annotations

import pytest

from apps.cases import domain
from apps.cases.errors import (
    AlreadyClosed,
    AlreadyMerged,
    CannotBeAssigned,
    CannotBeOffered,
    NotAllowed,
    OfferOver,
)
from apps.cases.models import Case, CaseFollower, CaseOffer, Interaction
from apps.channels.models import Account, Delivery
from apps.notifications.models import Notification
from tests.cast import make_case, make_user


@pytest.fixture
def her_case(cleo_case, ana_agent) -> Case:
    return domain.take_case(case_id=cleo_case.pk, actor=ana_agent)


@pytest.fixture
def ask(her_case, ana_agent, ben_agent):
    def ask(to=ben_agent, actor=ana_agent, **more) -> CaseOffer:
        return domain.offer_case(case_id=her_case.pk, actor=actor, to=to, **more)

    return ask


def state(offer: CaseOffer) -> str:
    return CaseOffer.objects.get(pk=offer.pk).state


def owner(case: Case):
    return Case.objects.get(pk=case.pk).owner


def told(user, kind: str) -> int:
    return Notification.objects.visible_to(user).filter(kind=kind).count()


def kinds(case: Case) -> list[str]:
    return [one.kind for one in case.events.facts()]


def test_offered_case_stays_with_its_owner_and_the_receiver_is_told(
    ask, her_case, ana_agent, ben_agent
):
    offer = ask(note="She is at home until noon.")
    assert owner(her_case) == ana_agent
    assert offer.note is not None
    assert (offer.note.text, offer.note.visibility) == ("She is at home until noon.", "internal")
    assert (told(ben_agent, "handover_offered"), told(ben_agent, "assigned")) == (1, 0)
    assert told(ana_agent, "handover_offered") == 0


def test_accepted_case_changes_hands_once(ask, her_case, ana_agent, ben_agent):
    offer = ask()
    case = domain.accept_offer(offer_id=offer.pk, actor=ben_agent)
    assert (case.owner, owner(her_case), state(offer)) == (ben_agent, ben_agent, "accepted")
    assert told(ana_agent, "handover_accepted") == 1
    assert kinds(case)[-2:] == ["case_offered", "offer_accepted"]
    with pytest.raises(OfferOver):
        domain.accept_offer(offer_id=offer.pk, actor=ben_agent)
    with pytest.raises(OfferOver):
        domain.withdraw_offer(offer_id=offer.pk, actor=ana_agent)


def test_only_who_was_asked_answers(ask, her_case, ana_agent, sam_supervisor):
    offer = ask()
    for verb in (domain.accept_offer, domain.decline_offer):
        for actor in (ana_agent, sam_supervisor):
            with pytest.raises(OfferOver):
                verb(offer_id=offer.pk, actor=actor)
    assert (state(offer), owner(her_case)) == ("open", ana_agent)


def test_declined_case_stays_and_the_reason_is_a_note(ask, her_case, ana_agent, ben_agent):
    offer = ask()
    domain.decline_offer(offer_id=offer.pk, actor=ben_agent, reason="I leave at four.")
    assert (state(offer), owner(her_case)) == ("declined", ana_agent)
    note = Interaction.objects.get(case=her_case, channel="internal")
    assert (note.text, note.author) == ("I leave at four.", ben_agent)
    assert told(ana_agent, "handover_declined") == 1
    assert ask().state == "open"  # somebody may be asked again


def test_withdrawn_question_cannot_be_accepted(ask, her_case, ana_agent, ben_agent):
    offer = ask()
    domain.withdraw_offer(offer_id=offer.pk, actor=ana_agent)
    assert state(offer) == "withdrawn"
    with pytest.raises(OfferOver):
        domain.accept_offer(offer_id=offer.pk, actor=ben_agent)
    assert owner(her_case) == ana_agent


def test_stranger_may_neither_ask_nor_withdraw(ask, stranger, ben_agent):
    with pytest.raises(NotAllowed):
        ask(actor=stranger)
    offer = ask()
    with pytest.raises(NotAllowed):
        domain.withdraw_offer(offer_id=offer.pk, actor=stranger)


def test_second_question_waits_for_the_first(ask, sam_supervisor):
    ask()
    with pytest.raises(CannotBeOffered, match="Ben is asked already"):
        ask(to=sam_supervisor)


@pytest.mark.parametrize("whom", ["actor", "owner"])
def test_nobody_asks_themselves_or_the_owner(ask, ana_agent, sam_supervisor, whom):
    with pytest.raises(CannotBeOffered):
        ask(to=ana_agent, actor=ana_agent if whom == "actor" else sam_supervisor)


def test_receiver_of_another_team_needs_the_team(ask, stranger, ana_agent):
    with pytest.raises(CannotBeAssigned):
        ask(to=stranger)
    stranger.is_active = False
    with pytest.raises(CannotBeAssigned):
        ask(to=stranger, team=stranger.teams.get())


def test_receiver_of_another_team_reads_and_takes_the_case_along(ask, her_case, pumps, stranger):
    offer = ask(to=stranger, team=pumps)
    assert Case.objects.visible_to(stranger).filter(pk=her_case.pk).exists()
    case = domain.accept_offer(offer_id=offer.pk, actor=stranger)
    assert (case.owner, case.team) == (stranger, pumps)
    assert not CaseFollower.objects.filter(case=case).exists()


@pytest.mark.parametrize("end", ["decline", "withdraw"])
def test_receiver_of_another_team_reads_no_more_when_it_is_over(
    ask, her_case, pumps, stranger, ana_agent, end
):
    offer = ask(to=stranger, team=pumps)
    if end == "decline":
        domain.decline_offer(offer_id=offer.pk, actor=stranger)
    else:
        domain.withdraw_offer(offer_id=offer.pk, actor=ana_agent)
    assert not Case.objects.visible_to(stranger).filter(pk=her_case.pk).exists()
    assert Case.objects.get(pk=her_case.pk).team != pumps


def test_who_followed_before_follows_on(ask, her_case, pumps, stranger, ana_agent):
    domain.follow_case(case_id=her_case.pk, actor=ana_agent, follower=stranger)
    offer = ask(to=stranger, team=pumps)
    domain.decline_offer(offer_id=offer.pk, actor=stranger)
    assert CaseFollower.objects.filter(case=her_case, user=stranger).exists()


def test_restricted_case_is_offered_to_named_people_alone(ask, her_case, root, ben_agent):
    domain.restrict_case(case_id=her_case.pk, actor=root, users=[her_case.owner], teams=[])
    with pytest.raises(CannotBeAssigned):
        ask()
    assert not CaseFollower.objects.filter(user=ben_agent).exists()


def test_case_without_an_owner_is_the_senders_until_accepted(cleo_case, ana_agent, ben_agent):
    domain.offer_case(case_id=cleo_case.pk, actor=ana_agent, to=ben_agent)
    assert owner(cleo_case) == ana_agent


@pytest.mark.parametrize("end", ["close", "merge", "assign"])
def test_question_ends_with_what_it_was_about(
    ask, her_case, ana_agent, ben_agent, sam_supervisor, end
):
    offer = ask()
    if end == "close":
        domain.close_case(case_id=her_case.pk, actor=ana_agent)
    elif end == "merge":
        other = make_case(her_case.customer, team=her_case.team)
        domain.merge_case(case_id=her_case.pk, into_id=other.pk, actor=ana_agent)
    else:
        domain.assign_case(case_id=her_case.pk, actor=ana_agent, owner=sam_supervisor)
    assert state(offer) == "ended"
    assert told(ben_agent, "handover_over") == 1
    with pytest.raises(OfferOver):
        domain.accept_offer(offer_id=offer.pk, actor=ben_agent)
    if end != "assign":
        with pytest.raises(AlreadyClosed if end == "close" else AlreadyMerged):
            ask()


def test_what_does_not_change_hands_leaves_the_question_open(ask, her_case, ana_agent):
    offer = ask()
    domain.update_case(case_id=her_case.pk, actor=ana_agent, subject="Another")
    domain.resolve_case(case_id=her_case.pk, actor=ana_agent)
    assert state(offer) == "open"


@pytest.mark.parametrize("tell", [True, False])
def test_customer_learns_the_name_where_that_was_wished(ask, her_case, ben_agent, lamps, tell):
    Account.objects.create(
        channel="email",
        name="support",
        address="support@portal.example",
        outgoing="smtp://127.0.0.1:9",
        team=lamps,
        is_default=True,
    )
    offer = ask(tell_customer=tell)
    assert not Delivery.objects.exists()
    domain.accept_offer(offer_id=offer.pk, actor=ben_agent)
    sent = Delivery.objects.select_related("interaction").first()
    assert (sent is not None) == tell
    if sent:
        assert "Ben takes care of your case" in sent.interaction.text
        assert (sent.interaction.visibility, sent.interaction.automatic) == (
            "public",
            "notice_handed_over",
        )


def test_who_left_the_team_meanwhile_cannot_accept(ask, her_case, ben_agent, ana_agent):
    offer = ask()
    ben_agent.memberships.all().delete()
    ben_agent.refresh_from_db()
    with pytest.raises(CannotBeAssigned):
        domain.accept_offer(offer_id=offer.pk, actor=ben_agent)
    assert (state(offer), owner(her_case)) == ("open", ana_agent)


def test_other_colleague_is_not_told(ask, lamps):
    carl = make_user("carl", lamps)
    ask()
    assert not Notification.objects.filter(recipient=carl).exists()
