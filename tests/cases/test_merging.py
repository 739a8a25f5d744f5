from __future__ import annotations

import pytest

from apps.cases import domain
from apps.cases.domain import Terms
from apps.cases.errors import (
    AlreadyMerged,
    CannotMerge,
    NoLongerExact,
    NotAllowed,
    NotMerged,
)
from apps.cases.models import Case, CaseEvent, CaseFollower, CaseMerge, Interaction, Participant
from apps.search import domain as search
from tests.cast import make_case, make_customer, make_interaction

STORED = ("case_id", "pk", "text", "visibility", "received_at")


@pytest.fixture
def two(cleo_customer, lamps):
    """Cleo's first case, and a second one about the same."""
    return make_case(cleo_customer, team=lamps), make_case(
        cleo_customer, team=lamps, subject="The lamp again", text="It went out."
    )


@pytest.fixture
def merge(two, ana_agent):
    """Merge the second case into the first, silently unless told otherwise."""

    def merge(*, case=two[1], into=two[0], actor=ana_agent, tell=False, seat=False):
        terms = Terms(tell=tell, seat_customer=seat)
        return domain.merge_case(case_id=case.pk, into_id=into.pk, actor=actor, terms=terms)

    return merge


def state():
    """All that a merge may touch, apart from the story itself."""
    return {
        "cases": list(Case.objects.order_by("pk").values()),
        "interactions": list(Interaction.objects.order_by("pk").values(*STORED)),
        "seats": list(
            Participant.objects.filter(left_at=None).order_by("pk").values("case", "value")
        ),
        "followers": list(CaseFollower.objects.order_by("pk").values()),
    }


def unmerge(case, actor):
    return domain.unmerge_case(case_id=case.pk, actor=actor)


def test_messages_move_and_the_merged_case_is_closed(two, merge):
    first, second = two
    into = merge()
    second.refresh_from_db()
    assert into == first
    assert (second.status, second.merged_into, second.waiting_since) == ("closed", first, None)
    assert second.interactions.count() == 0
    assert set(first.interactions.values_list("text", flat=True)) == {
        "It flickers since this morning.",
        "It went out.",
    }
    first.refresh_from_db()
    assert (first.snippet, first.status) == ("It went out.", "new")


def test_both_stories_tell_the_merge(two, merge, ana_agent):
    first, second = two
    merge()
    moved = [first.interactions.order_by("-pk").first().pk]
    assert [(e.kind, e.actor, e.data) for e in second.events.filter(kind="case_merged")] == [
        ("case_merged", ana_agent, {"into": first.number})
    ]
    assert [(e.kind, e.actor, e.data) for e in first.events.filter(kind="case_joined")] == [
        ("case_joined", ana_agent, {"number": second.number, "interactions": moved})
    ]


def test_undoing_restores_both_cases_exactly(two, merge, ana_agent, ben_agent, stranger):
    first, second = two
    domain.assign_case(case_id=second.pk, actor=ana_agent, owner=ben_agent)
    domain.resolve_case(case_id=first.pk, actor=ana_agent)
    domain.invite_participant(case_id=second.pk, actor=ana_agent, kind="email", value="x@a.example")
    domain.follow_case(case_id=second.pk, actor=ana_agent, follower=stranger)
    make_case(first.customer, team=first.team, previous=second)
    before = state()
    merge()
    assert state() != before
    unmerge(second, ana_agent)
    assert state() == before
    assert not CaseMerge.objects.exists()
    assert second.events.last().kind == "case_unmerged"
    assert first.events.last().kind == "case_parted"


def test_merging_undoing_and_merging_again_works(two, merge, ana_agent):
    first, second = two
    for _turn in range(2):
        merge()
        assert first.interactions.count() == 2
        unmerge(second, ana_agent)
        assert first.interactions.count() == 1


def test_active_case_takes_an_ended_one_up_again(two, merge, ana_agent):
    first, second = two
    domain.resolve_case(case_id=first.pk, actor=ana_agent)
    second_waited = Case.objects.get(pk=second.pk).waiting_since
    merge()
    first.refresh_from_db()
    assert (first.status, first.reopened_count) == ("open", 1)
    assert first.waiting_since == second_waited
    assert first.events.filter(kind="case_reopened", data__why="merged").count() == 1


def test_ended_case_lets_an_ended_one_rest(two, merge, ana_agent):
    for case in two:
        domain.resolve_case(case_id=case.pk, actor=ana_agent)
    merge()
    two[0].refresh_from_db()
    assert (two[0].status, two[0].waiting_since) == ("resolved", None)


def test_case_waits_since_the_older_of_both_words(two, merge):
    first, _second = two
    since = Case.objects.get(pk=first.pk).waiting_since
    merge()
    first.refresh_from_db()
    assert first.waiting_since == since


@pytest.mark.parametrize("which", [0, 1])
def test_who_may_not_write_both_merges_nothing(two, merge, pumps, ana_agent, which):
    Case.objects.filter(pk=two[which].pk).update(team=pumps)
    before = state()
    with pytest.raises(NotAllowed):
        merge()
    assert state() == before


def test_who_may_not_write_both_undoes_nothing(two, merge, pumps, ana_agent):
    merge()
    Case.objects.filter(pk=two[0].pk).update(team=pumps)
    with pytest.raises(NotAllowed):
        unmerge(two[1], ana_agent)


def test_follower_merges_nothing(two, merge, stranger, ana_agent):
    for case in two:
        domain.follow_case(case_id=case.pk, actor=ana_agent, follower=stranger)
    with pytest.raises(NotAllowed):
        merge(actor=stranger)


def test_case_is_not_merged_into_itself(two, merge):
    with pytest.raises(CannotMerge, match="into itself"):
        merge(case=two[0], into=two[0])


def test_merged_case_is_neither_merged_nor_merged_into_again(two, merge, lamps):
    third = make_case(two[0].customer, team=lamps)
    merge()
    with pytest.raises(AlreadyMerged, match=two[0].number):
        merge(into=third)
    with pytest.raises(AlreadyMerged):
        merge(case=third, into=two[1])


def test_unknown_case_is_no_target(two, ana_agent):
    with pytest.raises(Case.DoesNotExist):
        domain.merge_case(case_id=two[0].pk, into_id=10**9, actor=ana_agent)


def test_nothing_but_undoing_changes_a_merged_case(two, merge, ana_agent, ben_agent):
    merge()
    case = {"case_id": two[1].pk, "actor": ana_agent}
    deeds = [
        lambda: domain.take_case(**case),
        lambda: domain.assign_case(**case, owner=ben_agent),
        lambda: domain.resolve_case(**case),
        lambda: domain.reopen_case(**case),
        lambda: domain.close_case(**case),
        lambda: domain.update_case(**case, subject="Other"),
        lambda: domain.restrict_case(**case, users=[ana_agent]),
        lambda: domain.note(**case, text="Hm"),
        lambda: domain.follow_case(**case, follower=ben_agent),
        lambda: domain.invite_participant(**case, kind="email", value="x@a.example"),
        lambda: domain.split_case(**case, interactions=[1]),
    ]
    before = Case.objects.filter(pk=two[1].pk).values().get(), CaseEvent.objects.count()
    for deed in deeds:
        with pytest.raises(AlreadyMerged):
            deed()
    assert (Case.objects.filter(pk=two[1].pk).values().get(), CaseEvent.objects.count()) == before


def test_chain_leads_to_its_end_and_is_undone_from_there(two, merge, lamps, ana_agent):
    first, second = two
    third = make_case(first.customer, team=lamps, text="Once more.")
    before = state()
    merge()
    merge(case=first, into=third)
    assert third.interactions.count() == 3
    with pytest.raises(NoLongerExact, match="itself is merged"):
        unmerge(second, ana_agent)
    unmerge(first, ana_agent)
    unmerge(second, ana_agent)
    assert state() == before


def test_later_merge_is_undone_first(two, merge, lamps, ana_agent):
    first, second = two
    third = make_case(first.customer, team=lamps, text="Once more.")
    merge()
    merge(case=third)
    with pytest.raises(NoLongerExact, match=third.number):
        unmerge(second, ana_agent)
    unmerge(third, ana_agent)
    unmerge(second, ana_agent)


@pytest.mark.parametrize("since", ["inbound", "outbound", "resolved", "split"])
def test_merge_is_not_undone_once_the_case_has_moved_on(two, merge, ana_agent, since):
    first, second = two
    make_interaction(first, text="And the switch.")
    merge()
    first.refresh_from_db()
    match since:
        case "resolved":
            domain.resolve_case(case_id=first.pk, actor=ana_agent)
        case "split":
            words = first.interactions.order_by("pk").values_list("pk", flat=True)[:1]
            domain.split_case(case_id=first.pk, actor=ana_agent, interactions=words)
        case direction:
            make_interaction(first, text="More.", direction=direction)
    before = state()
    with pytest.raises(NoLongerExact, match="Split off"):
        unmerge(second, ana_agent)
    assert state() == before


def test_note_since_the_merge_stays_and_hinders_nothing(two, merge, ana_agent):
    first, second = two
    merge()
    domain.note(case_id=first.pk, actor=ana_agent, text="Both are about the hall.")
    unmerge(second, ana_agent)
    assert first.interactions.filter(channel="internal").count() == 1
    first.refresh_from_db()
    assert first.snippet == "It flickers since this morning."
    assert first.last_activity_at == first.interactions.get(channel="internal").received_at


def test_case_that_is_not_merged_has_nothing_to_undo(two, merge, ana_agent):
    with pytest.raises(NotMerged):
        unmerge(two[0], ana_agent)
    merge()
    unmerge(two[1], ana_agent)
    with pytest.raises(NotMerged):
        unmerge(two[1], ana_agent)


def test_seats_join_and_who_left_stays_away(two, merge, ana_agent):
    first, second = two
    stays, leaves = (
        domain.invite_participant(case_id=second.pk, actor=ana_agent, kind="email", value=value)
        for value in ("stays@a.example", "leaves@a.example")
    )
    domain.dismiss_participant(participant_id=leaves.pk, actor=ana_agent)
    merge()
    assert [seat.value for seat in first.participants.seated()] == [stays.value]


def test_other_customer_is_a_party_only_if_the_agent_says_so(two, merge, ana_agent, lamps):
    first, _second = two
    dora = make_customer("Dora", email="dora@example.org")
    hers = make_case(dora, team=lamps)
    merge(case=hers)
    assert not first.participants.exists()
    unmerge(hers, ana_agent)
    merge(case=hers, seat=True)
    assert [(s.value, s.name) for s in first.participants.seated()] == [
        ("dora@example.org", "Dora")
    ]
    hers.refresh_from_db()
    assert hers.customer == dora
    unmerge(hers, ana_agent)
    assert not first.participants.seated().exists()


def test_restricted_case_is_not_opened_by_a_merge(two, merge, sam_supervisor, ana_agent, ben_agent):
    first, second = two
    domain.restrict_case(case_id=second.pk, actor=sam_supervisor, users=[ana_agent])
    with pytest.raises(CannotMerge, match="is restricted"):
        merge()
    everybody = [ana_agent, ben_agent]
    domain.restrict_case(case_id=first.pk, actor=sam_supervisor, users=everybody)
    with pytest.raises(CannotMerge, match="is restricted"):
        merge()
    domain.restrict_case(case_id=first.pk, actor=sam_supervisor, users=[ana_agent])
    assert merge() == first


def test_followers_come_along_but_not_into_a_restricted_case(
    two, merge, stranger, sam_supervisor, ana_agent
):
    first, second = two
    domain.follow_case(case_id=second.pk, actor=ana_agent, follower=stranger)
    merge()
    assert Case.objects.visible_to(stranger).filter(pk=first.pk).exists()
    unmerge(second, ana_agent)
    assert not Case.objects.visible_to(stranger).filter(pk=first.pk).exists()
    domain.restrict_case(case_id=first.pk, actor=sam_supervisor, users=[ana_agent])
    merge()
    assert not Case.objects.visible_to(stranger).filter(pk=first.pk).exists()


def test_later_cases_continue_where_the_merged_one_goes_on(two, merge, lamps):
    first, second = two
    later = make_case(first.customer, team=lamps, previous=second)
    Case.objects.filter(pk=first.pk).update(previous=second)
    merge()
    later.refresh_from_db()
    first.refresh_from_db()
    assert (later.previous, first.previous) == (first, second)


def test_search_finds_the_words_where_they_are(two, merge, ana_agent):
    first, second = two

    def found():
        return {(hit.source, hit.case_id) for hit in search.find(ana_agent, "again").hits}

    apart = {("case", second.pk), ("interaction", second.pk)}
    assert found() == apart
    merge()
    assert found() == {("interaction", first.pk)}
    search.rebuild()
    assert found() == {("interaction", first.pk)}
    unmerge(second, ana_agent)
    assert found() == apart


def test_system_changes_of_a_merged_case_reach_its_heir(two, merge):
    first, second = two
    merge()
    Case.objects.filter(pk=first.pk).update(waiting_since=None)
    assert domain.word_failed(case_id=second.pk) == first
    first.refresh_from_db()
    assert first.waiting_since is not None


def test_seat_of_a_case_opened_by_one_address_names_no_other(cleo_case, stranger, pumps):
    other = domain.open_case(
        customer=cleo_case.customer, channel="phone", team=pumps, actor=stranger
    )
    into = make_case(team=pumps)
    terms = domain.Terms(seat_customer=True)
    domain.merge_case(case_id=other.pk, into_id=into.pk, actor=stranger, terms=terms)
    assert not into.participants.exists()
