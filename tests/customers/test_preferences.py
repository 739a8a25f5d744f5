"""What is remembered of customers: who may note it, what ends it, where it goes."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from apps.customers import domain
from apps.customers.enums import ContactChannel
from apps.customers.errors import CustomerMerged, NotYoursToKeep, PreferenceRetired
from apps.customers.models import Customer, Preference
from tests.cast import make_case, make_customer


@pytest.fixture
def note(cleo_case, ana_agent):
    def note(kind="other", value="", *, actor=ana_agent, customer=None, **more):
        if kind == "other":
            more.setdefault("text", "Likes tea.")
        return domain.note_preference(
            customer_id=(customer or cleo_case.customer).pk,
            actor=actor,
            kind=kind,
            value=value,
            **more,
        )

    return note


def held(customer):
    return [(one.kind, one.value, one.text) for one in customer.preferences.holding()]


def test_noted_preference_says_who_when_and_where(note, cleo_case, ana_agent):
    said = cleo_case.interactions.get()
    made = note("quiet_hours", " 21:00 – 9:00 ", text="  Not at\nnight. ", source=said.pk)
    made.refresh_from_db()
    assert (made.value, made.text) == ("21:00-09:00", "Not at night.")
    assert (made.source, made.noted_by, made.retired_at) == (said.pk, ana_agent, None)
    assert made.noted_at is not None


def test_noting_the_same_twice_is_one_row(note, cleo_customer):
    assert note().pk == note().pk
    assert held(cleo_customer) == [("other", "", "Likes tea.")]


@pytest.mark.parametrize(
    ("kind", "value", "text", "field"),
    [
        ("quiet_hours", "at night", "", "value"),
        ("quiet_hours", "", "", "value"),
        ("quiet_hours", "00:00-24:00", "", "value"),
        ("quiet_hours", "25:00-26:00", "", "value"),
        ("quiet_hours", "09:00-09:00", "", "value"),
        ("channel", "pigeon", "", "value"),
        ("channel", "internal", "", "value"),
        ("language", "fr", "", "value"),
        ("no_voicemail", "yes", "", "value"),
        ("other", "", "  ", "text"),
        ("other", "", "x" * 501, "text"),
    ],
)
def test_bad_value_is_refused_by_its_field(note, cleo_customer, kind, value, text, field):
    with pytest.raises(ValidationError) as refused:
        note(kind, value, text=text)
    assert set(refused.value.message_dict) == {field}
    assert held(cleo_customer) == []


def test_unknown_kind_is_refused_with_those_that_exist(note):
    with pytest.raises(ValidationError, match="quiet_hours, channel, no_voicemail"):
        note("mood", "good")


def test_source_must_be_a_readable_message_of_the_same_customer(note, cleo_customer, pumps, lamps):
    foreign = make_case(cleo_customer, team=pumps).interactions.get()
    other = make_case(make_customer(), team=lamps).interactions.get()
    for source in (foreign.pk, other.pk, 999_999):
        with pytest.raises(ValidationError) as refused:
            note(source=source)
        assert set(refused.value.message_dict) == {"source"}


def test_only_who_may_write_a_case_may_keep(note, cleo_case, stranger, root, ana_agent):
    from apps.cases import domain as cases

    cases.follow_case(case_id=cleo_case.pk, actor=ana_agent, follower=stranger)
    made = note()
    with pytest.raises(NotYoursToKeep):
        note(actor=stranger)
    with pytest.raises(NotYoursToKeep):
        domain.confirm_preference(preference_id=made.pk, actor=stranger)
    with pytest.raises(NotYoursToKeep):
        domain.retire_preference(preference_id=made.pk, actor=stranger)
    assert note("no_voicemail", actor=root).noted_by == root


def test_customer_without_a_case_is_anybodys_to_complete(note, stranger):
    fresh = make_customer()
    assert note(customer=fresh, actor=stranger).customer == fresh


@pytest.mark.parametrize(("kind", "values"), [("channel", ["email", "phone"])])
def test_new_channel_ends_the_one_before(note, cleo_customer, kind, values):
    for value in values:
        note(kind, value)
    assert held(cleo_customer) == [(kind, values[-1], "")]
    assert Preference.objects.exclude(retired_at=None).get().value == values[0]


def test_several_quiet_hours_stand_side_by_side(note, cleo_customer):
    note("quiet_hours", "21:00-09:00")
    note("quiet_hours", "sat, sun 00:00-12:00")
    assert [value for _kind, value, _text in held(cleo_customer)] == [
        "21:00-09:00",
        "Sat Sun 00:00-12:00",
    ]


def test_language_is_the_customers_own_and_ends_with_it(note, cleo_customer):
    note("language", "zh-hans")
    cleo_customer.refresh_from_db()
    assert cleo_customer.language == "zh-hans"
    domain.update_customer(customer_id=cleo_customer.pk, name="Cleo C")
    assert held(cleo_customer) == [("language", "zh-hans", "")]
    domain.update_customer(customer_id=cleo_customer.pk, language="en")
    assert held(cleo_customer) == []


def test_confirmed_and_retired_say_by_whom(note, ben_agent, cleo_customer):
    made = note()
    confirmed = domain.confirm_preference(preference_id=made.pk, actor=ben_agent)
    assert (confirmed.confirmed_by, confirmed.confirmed_at is not None) == (ben_agent, True)
    retired = domain.retire_preference(preference_id=made.pk, actor=ben_agent, why=" Moved. ")
    assert (retired.retired_by, retired.why_retired) == (ben_agent, "Moved.")
    assert held(cleo_customer) == []
    for verb in (domain.confirm_preference, domain.retire_preference):
        with pytest.raises(PreferenceRetired):
            verb(preference_id=made.pk, actor=ben_agent)


def test_set_preferences_keeps_what_is_wanted_and_retires_the_rest(note, cleo_customer, ana_agent):
    kept, gone = note(), note("quiet_hours", "21:00-09:00")
    domain.set_preferences(
        customer_id=cleo_customer.pk,
        actor=ana_agent,
        wanted=[{"kind": "other", "text": "Likes tea."}, {"kind": "channel", "value": "fax"}],
    )
    assert held(cleo_customer) == [("other", "", "Likes tea."), ("channel", "fax", "")]
    assert cleo_customer.preferences.holding().first() == kept
    gone.refresh_from_db()
    assert gone.retired_by == ana_agent


def test_preferences_go_with_a_merge_and_come_back(note, cleo_customer, lamps, ana_agent):
    home = make_case(make_customer("Cleo"), team=lamps).customer
    note("language", "zh-hans", customer=home)
    note("quiet_hours", "21:00-09:00", customer=home)
    Customer.objects.filter(pk=cleo_customer.pk).update(language="en")
    domain.merge_customer(customer_id=home.pk, into_id=cleo_customer.pk, actor=ana_agent)
    cleo_customer.refresh_from_db()
    assert held(cleo_customer) == [
        ("language", "zh-hans", ""),
        ("quiet_hours", "21:00-09:00", ""),
    ]
    assert cleo_customer.language == "zh-hans"
    with pytest.raises(CustomerMerged):
        note(customer=home)
    domain.unmerge_customer(customer_id=home.pk, actor=ana_agent)
    cleo_customer.refresh_from_db()
    assert (held(cleo_customer), cleo_customer.language) == ([], "en")
    assert len(held(home)) == 2


def test_of_two_languages_the_one_of_who_goes_on_holds(note, cleo_customer, lamps, ana_agent):
    home = make_case(make_customer("Cleo"), team=lamps).customer
    note("language", "zh-hans", customer=home)
    note("language", "en")
    domain.merge_customer(customer_id=home.pk, into_id=cleo_customer.pk, actor=ana_agent)
    assert held(cleo_customer) == [("language", "en", "")]
    domain.unmerge_customer(customer_id=home.pk, actor=ana_agent)
    assert (held(cleo_customer), held(home)) == (
        [("language", "en", "")],
        [("language", "zh-hans", "")],
    )


def test_preferences_are_erased_with_their_customer(note):
    fresh = make_customer()
    note(customer=fresh)
    fresh.delete()
    assert not Preference.objects.exists()


def test_channels_are_those_of_cases_without_notes():
    from apps.cases.enums import Channel

    assert set(ContactChannel.values) == set(Channel.values) - {Channel.INTERNAL}
