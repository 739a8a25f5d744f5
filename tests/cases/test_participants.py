from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from apps.cases import domain
from apps.cases.errors import AlreadyParty, NotAllowed
from apps.cases.models import Participant


def invite(case, actor, value="Maker@Example.NET", **more):
    return domain.invite_participant(
        case_id=case.pk, actor=actor, kind="email", value=value, **more
    )


def told(case):
    kinds = ("participant_joined", "participant_left")
    return [(e.kind, e.actor, e.data) for e in case.events.filter(kind__in=kinds)]


def test_joining_and_leaving_stand_in_the_story(cleo_case, ana_agent):
    seat = invite(cleo_case, ana_agent, name="The maker")
    domain.dismiss_participant(participant_id=seat.pk, actor=ana_agent)
    seat.refresh_from_db()
    assert (seat.value, seat.name, seat.left_at is None) == (
        "maker@example.net",
        "The maker",
        False,
    )
    who = {"participant": seat.pk}
    assert told(cleo_case) == [
        ("participant_joined", ana_agent, who),
        ("participant_left", ana_agent, who),
    ]


def test_joining_or_leaving_twice_changes_nothing(cleo_case, ana_agent):
    seat = invite(cleo_case, ana_agent)
    assert invite(cleo_case, ana_agent) == seat
    for _turn in range(2):
        domain.dismiss_participant(participant_id=seat.pk, actor=ana_agent)
    assert [kind for kind, _actor, _data in told(cleo_case)] == [
        "participant_joined",
        "participant_left",
    ]


def test_who_left_may_join_again(cleo_case, ana_agent):
    seat = invite(cleo_case, ana_agent)
    domain.dismiss_participant(participant_id=seat.pk, actor=ana_agent)
    assert invite(cleo_case, ana_agent) == seat
    assert cleo_case.participants.seated().get() == seat
    assert len(told(cleo_case)) == 3


def test_customer_needs_no_seat(cleo_case, ana_agent):
    with pytest.raises(AlreadyParty):
        invite(cleo_case, ana_agent, "Cleo@example.org")
    assert not Participant.objects.exists()


def test_what_is_no_address_is_refused(cleo_case, ana_agent):
    with pytest.raises(ValidationError):
        invite(cleo_case, ana_agent, "nobody")


def test_follower_and_stranger_seat_nobody(cleo_case, ana_agent, stranger):
    seat = invite(cleo_case, ana_agent)
    domain.follow_case(case_id=cleo_case.pk, actor=ana_agent, follower=stranger)
    with pytest.raises(NotAllowed):
        invite(cleo_case, stranger, "x@a.example")
    with pytest.raises(NotAllowed):
        domain.dismiss_participant(participant_id=seat.pk, actor=stranger)
    assert cleo_case.participants.seated().get() == seat
