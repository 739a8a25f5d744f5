from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from apps.cases import domain, placeholders
from apps.cases.domain import CannedTexts
from apps.cases.errors import NotYoursToChange
from apps.cases.models import CannedReply
from apps.cases.placeholders import CHINESE, ENGLISH
from tests.cast import make_case, make_customer

MORNING_IN_SHANGHAI = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


def save(actor, name="Hello", en="Hello {{customer.name}}", **fields):
    return domain.save_canned(actor=actor, texts=CannedTexts(name, en=en), **fields)


@pytest.mark.parametrize(
    ("address", "zone", "language", "expected"),
    [
        ("Ms Yang", "", ENGLISH, "Dear Ms Yang,"),
        ("Ms Yang", "Asia/Shanghai", ENGLISH, "Good morning, Ms Yang,"),
        ("Ms Yang", "Europe/London", ENGLISH, "Dear Ms Yang,"),  # one o'clock at night
        ("Ms Yang", "America/Los_Angeles", ENGLISH, "Good afternoon, Ms Yang,"),
        ("杨女士", "", CHINESE, "杨女士，您好！"),
        ("杨女士", "Asia/Shanghai", CHINESE, "杨女士，您早上好！"),
        ("", "Asia/Shanghai", CHINESE, "Cleo，您早上好！"),
        ("Ms Yang", "Nowhere/Land", ENGLISH, "Dear Ms Yang,"),
    ],
)
def test_greeting_follows_address_language_and_the_customers_clock(
    db, address, zone, language, expected
):
    customer = make_customer("Cleo")
    customer.form_of_address, customer.timezone = address, zone
    assert placeholders.greet(customer, language=language, at=MORNING_IN_SHANGHAI) == expected


def test_greeting_of_somebody_without_a_name_names_nobody(db):
    customer = make_customer("x")
    customer.name = ""
    greeted = [
        placeholders.greet(customer, language=one, at=MORNING_IN_SHANGHAI)
        for one in (ENGLISH, CHINESE)
    ]
    assert greeted == ["Hello,", "您好！"]


def values_in(case, agent):
    letter = placeholders.letter_in(case)
    return placeholders.values_for(letter, agent, language=ENGLISH, at=MORNING_IN_SHANGHAI)


def test_fill_leaves_what_is_not_known_and_says_so(cleo_case, ana_agent):
    values = placeholders.values_for(
        placeholders.letter_in(cleo_case), ana_agent, language=ENGLISH, at=MORNING_IN_SHANGHAI
    )
    filled = placeholders.fill(
        "{{ customer.name }}, {{customer.address}}: {{case.number}} {{agent.name}}", values
    )
    assert filled.text == f"Cleo, {{{{customer.address}}}}: {cleo_case.number} Ana"
    assert filled.missing == ("customer.address",)


def test_placeholder_that_a_customer_typed_is_no_placeholder(lamps, ana_agent):
    case = make_case(make_customer("{{agent.name}}"), team=lamps)
    values = placeholders.values_for(
        placeholders.letter_in(case), ana_agent, language=ENGLISH, at=MORNING_IN_SHANGHAI
    )
    filled = placeholders.fill("Dear {{customer.name}}", values)
    assert placeholders.unfilled(filled.text) == []
    assert "Ana" not in filled.text


def test_every_placeholder_has_a_value(cleo_case, ana_agent):
    values = placeholders.values_for(
        placeholders.letter_in(cleo_case), ana_agent, language=ENGLISH, at=MORNING_IN_SHANGHAI
    )
    assert values.keys() == placeholders.PLACEHOLDERS.keys()


@pytest.mark.parametrize(
    ("language", "subject", "expected"),
    [("zh-hans", "Lamp", CHINESE), ("", "灯不亮", CHINESE), ("", "Lamp", ENGLISH)],
)
def test_language_is_the_customers_else_that_of_the_case(db, language, subject, expected):
    case = make_case(subject=subject, text="-")
    case.customer.language = language
    assert placeholders.language_of(case) == expected


def test_unknown_placeholder_is_refused_with_those_that_exist(ana_agent):
    with pytest.raises(ValidationError, match=r"no placeholder “customer.age”.*customer.greeting"):
        save(ana_agent, en="{{customer.age}}", personal=True)


def test_reply_without_any_text_is_refused(ana_agent):
    with pytest.raises(ValidationError, match="one language at least"):
        save(ana_agent, en="", personal=True)


def test_who_may_keep_which_reply(ana_agent, sam_supervisor, root, lamps, pumps):
    assert save(ana_agent, personal=True).owner == ana_agent
    assert save(sam_supervisor, team=lamps).team == lamps
    assert save(root).owner is None
    for actor, team in ((ana_agent, lamps), (sam_supervisor, pumps), (sam_supervisor, None)):
        with pytest.raises(NotYoursToChange):
            save(actor, team=team)


def test_reply_of_a_team_is_changed_by_its_leads_alone(ana_agent, sam_supervisor, stranger, lamps):
    reply = save(sam_supervisor, team=lamps)
    with pytest.raises(NotYoursToChange):
        save(ana_agent, reply_id=reply.pk, personal=True)
    with pytest.raises(CannedReply.DoesNotExist):
        domain.delete_canned(actor=stranger, reply_id=reply.pk)
    domain.delete_canned(actor=sam_supervisor, reply_id=reply.pk)
    assert not CannedReply.objects.exists()


def test_people_see_their_own_their_teams_and_everybodys(
    ana_agent, ben_agent, sam_supervisor, stranger, root, lamps
):
    save(ana_agent, name="own", personal=True)
    save(sam_supervisor, name="team", team=lamps)
    save(root, name="all")
    seen = {
        user.username: {one.name for one in CannedReply.objects.visible_to(user)}
        for user in (ana_agent, ben_agent, sam_supervisor, stranger, root)
    }
    assert seen == {
        "ana": {"own", "team", "all"},
        "ben": {"team", "all"},
        "sam": {"team", "all"},
        "stranger": {"all"},
        "root": {"team", "all"},
    }
