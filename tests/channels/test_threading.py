from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.cases import domain as cases
from apps.cases.enums import Status
from apps.cases.models import Case, Participant
from apps.channels import domain, tokens
from apps.channels.keys import MAX_NAMED, choose_named
from apps.channels.models import Account, MessageKey
from apps.customers.domain import add_identity
from apps.customers.models import Identity
from apps.search import domain as search
from tests.channels.pigeon import SLUG, letter

JSON = "application/json"
_stories = itertools.count()


def take_in(account, *letters):
    return [result.case for result in domain.receive_many(account, list(letters), JSON)]


def case_of(number):
    return Case.objects.by_number(number).get()


@pytest.fixture
def first(loft):
    """The number of Cleo's case, begun with the letter ``question@x``."""
    return take_in(loft, letter(external_id="question@x", subject="The lamp"))[0]


@pytest.fixture
def answer(first, ana_agent, pigeon):
    """What Ana answered in it, as it left."""
    sent = domain.reply(case_id=case_of(first).pk, actor=ana_agent, text="Which lamp?")
    domain.deliver(sent.delivery.pk)
    return pigeon.sent[-1]


def close(number, actor):
    cases.resolve_case(case_id=case_of(number).pk, actor=actor)
    cases.close_case(case_id=case_of(number).pk, actor=actor)


def test_answer_to_our_message_id_joins(loft, first, answer):
    assert take_in(loft, letter(references=[answer.message_id], text="The red one.")) == [first]


def test_answer_to_our_plus_address_joins(loft, first, answer):
    assert take_in(loft, letter(delivered_to=[answer.reply_to.upper()])) == [first]


def test_answer_with_our_subject_joins(loft, first, answer):
    assert take_in(loft, letter(subject=f"AW: {answer.subject}".lower())) == [first]


@pytest.mark.parametrize("evidence", ["references", "delivered_to", "subject"])
def test_stranger_who_quotes_a_token_gets_a_linked_case(loft, first, answer, evidence):
    quoted = {
        "references": {"references": [answer.message_id]},
        "delivered_to": {"delivered_to": [answer.reply_to]},
        "subject": {"subject": answer.subject},
    }[evidence]
    (number,) = take_in(loft, letter("mallory@example.org", **quoted))
    assert number != first
    assert case_of(number).previous == case_of(first)
    assert "CC-" not in case_of(number).subject


def test_stranger_who_writes_again_stays_in_their_own_case(loft, first, answer):
    quote = {"sender": "mallory@example.org", "references": [answer.message_id]}
    one, two = take_in(loft, letter(**quote, text="1"), letter(**quote, text="2"))
    (three,) = take_in(loft, letter(**quote, text="3"))
    assert one == two == three != first


def test_stranger_who_names_the_customers_message_id_gets_nothing(loft, first):
    (number,) = take_in(loft, letter("mallory@example.org", references=["question@x"]))
    assert number != first
    assert case_of(number).previous is None


def test_stranger_who_takes_the_customers_message_id_gets_nothing(loft, first):
    (number,) = take_in(loft, letter("mallory@example.org", external_id="question@x"))
    assert number != first


def test_same_subject_alone_is_another_case(loft, first):
    assert take_in(loft, letter(subject="The lamp", external_id="other@x")) != [first]
    assert take_in(loft, letter(subject="Re: The lamp", external_id="third@x")) != [first]


def test_forged_tokens_join_nothing(loft, first, answer):
    forged = [
        letter(references=["cc.aaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaa@example.com"]),
        letter(delivered_to=["loft+cc1-aaaaaaaaaaaaaaaa@example.com"]),
        letter(subject=f"[{first}.aaaaaaaaaaaaaaaa]"),
        letter(subject=f"[{first}]"),
    ]
    assert first not in take_in(loft, *forged)


def test_signed_token_of_a_case_that_never_was_opens_a_new_one(loft):
    address = tokens.reply_address("loft@example.com", 10**14)
    assert case_of(take_in(loft, letter(delivered_to=[address]))[0]).previous is None


def test_customers_own_follow_up_joins(loft, first):
    assert take_in(loft, letter(references=["question@x"], external_id="more@x")) == [first]


def test_answer_before_its_question_is_joined_when_the_question_arrives(loft):
    (early,) = take_in(loft, letter(external_id="late@x", references=["early@x"]))
    assert take_in(loft, letter(external_id="early@x")) == [early]


def test_two_letters_that_name_the_same_id_join(loft):
    (one,) = take_in(loft, letter(external_id="1@x", references=["root@x"]))
    assert take_in(loft, letter(external_id="2@x", references=["root@x"])) == [one]


def test_customers_second_address_belongs_to_the_case(loft, first):
    add_identity(customer=case_of(first).customer, kind="email", value="cleo@work.example")
    answer = letter("cleo@work.example", references=["question@x"])
    assert take_in(loft, answer) == [first]


def test_participant_joins_by_our_message_id_and_continues_their_own(loft, first, ana_agent):
    sent = domain.reply(
        case_id=case_of(first).pk,
        actor=ana_agent,
        text="May we ask the maker?",
        cc=["maker@example.net"],
    )
    reference = sent.delivery.message_id
    maker = letter("maker@example.net", external_id="m1@x", references=[reference])
    assert take_in(loft, maker) == [first]
    again = letter("maker@example.net", external_id="m2@x", references=["m1@x"], text="PS")
    assert take_in(loft, again) == [first]


def test_participant_joins_from_another_address_of_theirs(loft, first, ana_agent):
    copy = {"text": "As agreed.", "cc": ["maker@example.net"]}
    sent = domain.reply(case_id=case_of(first).pk, actor=ana_agent, **copy)
    take_in(loft, letter("maker@example.net", external_id="m0@x"))
    maker = Identity.objects.get(value="maker@example.net").customer
    add_identity(customer=maker, kind="email", value="maker@home.example")
    twin = letter("maker@home.example", references=[sent.delivery.message_id])
    assert take_in(loft, twin) == [first]


def test_copied_person_whom_no_agent_wrote_to_is_no_participant(loft):
    (number,) = take_in(loft, letter(external_id="q@x", cc=["friend@example.net"]))
    friend = letter("friend@example.net", references=["q@x"])
    assert take_in(loft, friend) != [number]
    assert not Participant.objects.exists()


def test_link_of_the_channel_joins(loft):
    (one,) = take_in(loft, letter(link="topic-1", external_id="1@x"))
    assert take_in(loft, letter(link="topic-1", external_id="2@x")) == [one]
    assert take_in(loft, letter("other@example.org", link="topic-1")) != [one]


def test_other_account_of_the_channel_joins_as_well(loft, first):
    other = Account.objects.create(channel=SLUG, name="other")
    assert take_in(other, letter(references=["question@x"], text="Here too.")) == [first]


def test_closed_case_reopens_within_the_days(loft, first, ana_agent, clock):
    close(first, ana_agent)
    clock.shift(timedelta(days=13, hours=23))
    assert take_in(loft, letter(references=["question@x"])) == [first]
    case = case_of(first)
    assert (case.status, case.reopened_count) == (Status.OPEN, 1)
    assert case.waiting_since == timezone.now()
    assert "case_reopened" in case.events.values_list("kind", flat=True)


def test_case_closed_long_ago_is_followed_by_one_linked_case(loft, first, ana_agent, clock):
    close(first, ana_agent)
    clock.shift(timedelta(days=14, hours=1))
    one, two = take_in(
        loft,
        letter(references=["question@x"], external_id="2@x"),
        letter(references=["question@x"], external_id="3@x"),
    )
    assert one == two != first
    assert case_of(one).previous == case_of(first)
    assert case_of(first).status == Status.CLOSED
    (three,) = take_in(loft, letter(references=["question@x"], external_id="4@x"))
    assert three == one


def test_days_of_reopening_are_the_accounts_own(loft, first, ana_agent, clock):
    loft.options["reopen_days"] = "2"
    close(first, ana_agent)
    clock.shift(timedelta(days=3))
    assert take_in(loft, letter(references=["question@x"])) != [first]


def test_machines_answer_joins_and_wakes_nobody(loft, first, answer, ana_agent, clock):
    close(first, ana_agent)
    clock.shift(timedelta(days=90))
    out_of_office = letter(references=[answer.message_id], automatic="auto_submitted")
    assert take_in(loft, out_of_office) == [first]
    case = case_of(first)
    assert (case.status, case.waiting_since) == (Status.CLOSED, None)


def test_root_is_kept_among_many_references():
    ids = [f"{number}@x" for number in range(100)]
    assert choose_named(ids) == [*ids[: MAX_NAMED - 1], "99@x"]
    assert choose_named(["a", "", "a", "b"]) == ["a", "b"]


def test_ids_of_any_length_thread(loft):
    long = "x" * 5000 + "@x"
    (one,) = take_in(loft, letter(external_id=long))
    assert take_in(loft, letter(references=[long])) == [one]


def test_thread_stores_each_key_once_for_a_case(loft, first):
    for number in range(5):
        take_in(loft, letter(references=["question@x"], external_id=f"{number}@x"))
    named = MessageKey.objects.filter(role="named")
    assert named.count() == 1


def test_letter_that_ties_two_untouched_cases_joins_them(loft, clock):
    (late,) = take_in(loft, letter(external_id="3@x", references=["2@x"], text="third"))
    clock.shift(60)
    (early,) = take_in(loft, letter(external_id="1@x", text="first", subject="Lamp"))
    assert late != early
    began, gone = case_of(late).opened_at, case_of(early).pk
    (bridge,) = take_in(loft, letter(external_id="2@x", references=["1@x"], text="second"))
    assert bridge == late
    case = case_of(late)
    assert set(case.interactions.values_list("text", flat=True)) == {"first", "second", "third"}
    assert (case.opened_at, case.waiting_since) == (began, began)
    assert not Case.objects.filter(pk=gone).exists()
    assert case_of(early) == case
    assert [e.data["number"] for e in case.events.filter(kind="case_joined")] == [early]
    (repeated,) = domain.receive_many(
        loft, [letter(external_id="1@x", text="first", subject="Lamp")], JSON
    )
    assert (repeated.duplicate, repeated.case) == (True, late)


@pytest.mark.parametrize("work", ["note", "take", "reply", "kind"])
def test_case_on_which_somebody_worked_is_never_joined_away(loft, ana_agent, work):
    one, other = take_in(
        loft, letter(external_id="3@x", references=["2@x"]), letter(external_id="1@x")
    )
    for number in (one, other):
        case_id = case_of(number).pk
        match work:
            case "note":
                cases.note(case_id=case_id, actor=ana_agent, text="Hm.")
            case "take":
                cases.take_case(case_id=case_id, actor=ana_agent)
            case "reply":
                domain.reply(case_id=case_id, actor=ana_agent, text="Yes.")
            case "kind":
                cases.update_case(case_id=case_id, actor=ana_agent, kind="question")
    assert take_in(loft, letter(external_id="2@x", references=["1@x"])) == [other]
    assert Case.objects.count() == 2


def test_untouched_case_joins_the_one_that_somebody_works_on(loft, ana_agent):
    one, other = take_in(
        loft, letter(external_id="3@x", references=["2@x"]), letter(external_id="1@x")
    )
    cases.take_case(case_id=case_of(other).pk, actor=ana_agent)
    assert take_in(loft, letter(external_id="2@x", references=["1@x"])) == [other]
    assert case_of(one) == case_of(other)


def test_cases_of_two_teams_are_never_joined(loft, pumps):
    other = Account.objects.create(channel=SLUG, name="other", team=pumps)
    take_in(loft, letter(external_id="3@x", references=["2@x"]))
    take_in(other, letter(external_id="1@x"))
    take_in(loft, letter(external_id="2@x", references=["1@x"]))
    assert Case.objects.count() == 2


def test_joined_words_are_found_under_the_case_that_stayed(loft, ana_agent):
    take_in(loft, letter(external_id="3@x", references=["2@x"], text="third"))
    take_in(loft, letter(external_id="1@x", text="filament", subject="Lamp"))
    (number,) = take_in(loft, letter(external_id="2@x", references=["1@x"], text="second"))
    found = search.find(ana_agent, "filament")
    assert [hit.case_id for hit in found.hits] == [case_of(number).pk]
    assert search.find(ana_agent, "Lamp").total == 1


@st.composite
def conversations(draw):
    """Letters of some customers with parents, and an order of arrival in batches.

    ``whole``: they name all that went before, as most programs do; else the parent alone.
    """
    whole = draw(st.booleans())
    letters, threads = [], {}
    for number in range(draw(st.integers(2, 12))):
        sender = draw(st.integers(0, 2))
        mine = [one for one in letters if one["who"] == sender]
        parent = draw(st.sampled_from([None, *mine])) if mine else None
        chain = [parent["id"], *(parent["references"] if whole else [])] if parent else []
        one = {"id": f"{number}@x", "who": sender, "references": chain}
        threads[one["id"]] = threads[parent["id"]] if parent else one["id"]
        letters.append(one)
    order = draw(st.permutations(letters))
    sizes = draw(st.integers(1, len(letters)))
    return order, sizes, threads


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(conversations())
def test_any_order_of_arrival_and_any_batches_thread_alike(loft, story):
    order, size, threads = story
    unique = f"{next(_stories)}-"
    found = {}
    for start in range(0, len(order), size):
        batch = order[start : start + size]
        numbers = take_in(
            loft,
            *(
                letter(
                    f"c{one['who']}-{unique}@example.org",
                    external_id=unique + one["id"],
                    references=[unique + reference for reference in one["references"]],
                    text=one["id"],
                )
                for one in batch
            ),
        )
        found |= {one["id"]: number for one, number in zip(batch, numbers, strict=True)}
    found = {letter_id: case_of(number).pk for letter_id, number in found.items()}
    for one in order:
        for other in order:
            together = threads[one["id"]] == threads[other["id"]]
            assert (found[one["id"]] == found[other["id"]]) == together


def test_later_case_is_reopened_within_the_days_alone(loft, first, answer, ana_agent, clock):
    close(first, ana_agent)
    clock.shift(timedelta(days=20))
    later = take_in(loft, letter(external_id="q2@x", references=[answer.message_id]))[0]
    sent = domain.reply(case_id=case_of(later).pk, actor=ana_agent, text="Hm").delivery
    domain.deliver(sent.pk)
    close(later, ana_agent)
    named = [answer.message_id, "q2@x"]
    clock.shift(timedelta(days=10))
    assert take_in(loft, letter(external_id="q3@x", references=named)) == [later]
    close(later, ana_agent)
    clock.shift(timedelta(days=40))
    last = take_in(loft, letter(external_id="q4@x", references=named))[0]
    assert last not in (first, later)
    assert case_of(later).status == Status.CLOSED
