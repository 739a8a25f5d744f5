"""Who works on a case, who follows it, who is shut out."""

import pytest

from apps.accounts.enums import Role
from apps.cases import domain
from apps.cases.enums import Status
from apps.cases.errors import AlreadyTaken, CannotBeAssigned, NotAllowed
from apps.cases.models import Case
from apps.customers.models import Customer
from tests.cast import make_case, make_customer, make_user


def sees(user, case):
    return Case.objects.visible_to(user).filter(pk=case.pk).exists()


def writes(user, case):
    return Case.objects.writable_by(user).filter(pk=case.pk).exists()


def test_take_makes_owner_and_opens(cleo_case, ana_agent):
    case = domain.take_case(case_id=cleo_case.pk, actor=ana_agent)
    assert (case.owner, case.status) == (ana_agent, Status.OPEN)


def test_take_second_agent_is_told_who_was_faster(cleo_case, ana_agent, ben_agent):
    domain.take_case(case_id=cleo_case.pk, actor=ana_agent)
    with pytest.raises(AlreadyTaken, match="Ana"):
        domain.take_case(case_id=cleo_case.pk, actor=ben_agent)


def test_take_twice_by_the_same_agent_is_one_event(cleo_case, ana_agent):
    domain.take_case(case_id=cleo_case.pk, actor=ana_agent)
    domain.take_case(case_id=cleo_case.pk, actor=ana_agent)
    assert cleo_case.events.filter(kind="case_taken").count() == 1


def test_take_of_a_case_without_team_joins_the_takers(ana_agent, lamps):
    case = make_case(team=None)
    assert domain.take_case(case_id=case.pk, actor=ana_agent).team == lamps


def test_assign_to_somebody_outside_the_team_is_refused(cleo_case, ana_agent, stranger):
    with pytest.raises(CannotBeAssigned):
        domain.assign_case(case_id=cleo_case.pk, actor=ana_agent, owner=stranger)


def test_assign_to_another_team_with_its_member(cleo_case, ana_agent, stranger, pumps):
    case = domain.assign_case(case_id=cleo_case.pk, actor=ana_agent, owner=stranger, team=pumps)
    assert (case.owner, case.team) == (stranger, pumps)
    assert not sees(ana_agent, case)
    assert sees(stranger, case)


def test_assign_records_before_and_after(cleo_case, ana_agent, ben_agent, lamps):
    domain.assign_case(case_id=cleo_case.pk, actor=ana_agent, owner=ben_agent)
    assert cleo_case.events.get(kind="case_assigned").data == {
        "before": {"owner": None, "team": lamps.pk},
        "after": {"owner": ben_agent.pk, "team": lamps.pk},
    }


def test_visibility_follows_the_table(cleo_case, ana_agent, sam_supervisor, stranger, root):
    rights = {user.username: (sees(user, cleo_case), writes(user, cleo_case))
              for user in (ana_agent, sam_supervisor, stranger, root)}  # fmt: skip
    assert rights == {
        "ana": (True, True),
        "sam": (True, True),
        "stranger": (False, False),
        "root": (True, True),
    }


def test_case_without_team_is_everybodys(stranger, ana_agent):
    case = make_case(team=None)
    assert sees(stranger, case)
    assert writes(ana_agent, case)


def test_mentioned_colleague_reads_and_notes_but_does_not_change(cleo_case, ana_agent, stranger):
    domain.note(case_id=cleo_case.pk, actor=ana_agent, text="@stranger look", mentions=[stranger])
    assert (sees(stranger, cleo_case), writes(stranger, cleo_case)) == (True, False)
    domain.note(case_id=cleo_case.pk, actor=stranger, text="Seen that before")
    with pytest.raises(NotAllowed):
        domain.take_case(case_id=cleo_case.pk, actor=stranger)


def test_note_by_a_stranger_is_refused(cleo_case, stranger):
    with pytest.raises(NotAllowed):
        domain.note(case_id=cleo_case.pk, actor=stranger, text="Hello")


def test_restricted_case_is_for_the_named_alone(
    cleo_case, ana_agent, ben_agent, sam_supervisor, stranger, root
):
    domain.restrict_case(case_id=cleo_case.pk, actor=sam_supervisor, users=[stranger])
    readers = [u.username for u in (ana_agent, ben_agent, sam_supervisor, stranger, root)
               if sees(u, cleo_case)]  # fmt: skip
    assert readers == ["sam", "stranger", "root"]


def test_other_lead_does_not_see_a_restricted_case(cleo_case, sam_supervisor, ana_agent, lamps):
    other = make_user("olga", lamps, role=Role.LEAD)
    domain.restrict_case(case_id=cleo_case.pk, actor=sam_supervisor, users=[ana_agent])
    assert not sees(other, cleo_case)


def test_restricting_is_for_leads(cleo_case, ana_agent):
    with pytest.raises(NotAllowed):
        domain.restrict_case(case_id=cleo_case.pk, actor=ana_agent, users=[ana_agent])


def test_restriction_without_names_opens_again(cleo_case, sam_supervisor, ana_agent, ben_agent):
    domain.restrict_case(case_id=cleo_case.pk, actor=sam_supervisor, users=[ana_agent])
    domain.restrict_case(case_id=cleo_case.pk, actor=sam_supervisor)
    assert sees(ben_agent, cleo_case)


def test_update_records_only_what_changed(cleo_case, ana_agent):
    domain.update_case(case_id=cleo_case.pk, actor=ana_agent, kind="help", priority="high")
    domain.update_case(case_id=cleo_case.pk, actor=ana_agent, kind="help", priority="high")
    events = list(cleo_case.events.filter(kind="case_changed").values_list("data", flat=True))
    assert events == [{"fields": ["priority"], "priority": "high"}]


def test_update_sets_tags_by_name(cleo_case, ana_agent):
    domain.update_case(case_id=cleo_case.pk, actor=ana_agent, tags=["lamp", " flicker ", ""])
    assert sorted(cleo_case.tags.values_list("name", flat=True)) == ["flicker", "lamp"]


def test_identities_open_with_a_visible_case_only(cleo_case, ana_agent, stranger, cleo_customer):
    def open_to(user):
        return Customer.objects.identities_visible_to(user).filter(pk=cleo_customer.pk).exists()

    assert (open_to(ana_agent), open_to(stranger)) == (True, False)


def test_identities_of_a_customer_without_case_are_open(stranger):
    newcomer = make_customer()
    assert newcomer in Customer.objects.identities_visible_to(stranger)


def test_participant_is_seated_once_and_never_the_customer(cleo_case, ana_agent):
    first = domain.add_participant(cleo_case, kind="email", value="cc@example.org", actor=ana_agent)
    again = domain.add_participant(cleo_case, kind="email", value="cc@example.org", actor=ana_agent)
    own = domain.add_participant(cleo_case, kind="email", value="cleo@example.org")
    assert (first, own) == (again, None)
    assert cleo_case.events.filter(kind="participant_joined").count() == 1
