"""Cases that are linked to one of another team: not even the number is told."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.api.domain import issue_token
from apps.cases import domain
from apps.cases.models import Case
from tests.cast import make_case, make_interaction


@pytest.fixture
def hers(cleo_customer, lamps) -> Case:
    return make_case(cleo_customer, team=lamps)


def merged(hers, root) -> Case:
    other = make_case(hers.customer, team=hers.team, subject="Again")
    domain.merge_case(case_id=hers.pk, into_id=other.pk, actor=root)
    return other


def joined(hers, root) -> Case:
    other = make_case(hers.customer, team=hers.team, subject="Again")
    domain.merge_case(case_id=other.pk, into_id=hers.pk, actor=root)
    return other


def parted(hers, root) -> Case:
    other = joined(hers, root)
    return domain.unmerge_case(case_id=other.pk, actor=root)


def split(hers, root) -> Case:
    word = make_interaction(hers, text="By the way.")
    return domain.split_case(case_id=hers.pk, actor=root, interactions=[word.pk], subject="Other")


def split_off(hers, root) -> Case:
    """The part that was split off is the one looked at: the two change places."""
    new = split(hers, root)
    hers.pk, new.pk = new.pk, hers.pk
    return new


def continued(hers, root) -> Case:
    other = make_case(hers.customer, team=hers.team, subject="Before")
    later = domain.open_case(
        customer=hers.customer, channel="email", subject="After", team=hers.team, previous=other
    )
    hers.pk = later.pk
    return other


LINKS = [merged, joined, parted, split, split_off, continued]


def look(case: Case, reader) -> str:
    """All that the desk and the API tell of a case."""
    browser = Client()
    browser.force_login(reader)
    script = Client(headers={"Authorization": f"Token {issue_token(user=reader)}"})
    paths = ["", "events/", "interactions/"]
    answers = [browser.get(f"/desk/cases/{case.number}/")]
    answers += [script.get(f"/api/v1/cases/{case.number}/{path}") for path in paths]
    answers.append(script.get("/api/v1/cases/"))
    assert {answer.status_code for answer in answers} == {200}
    return "".join(answer.content.decode() for answer in answers)


@pytest.mark.parametrize("link", LINKS)
def test_number_of_a_linked_case_is_told_to_its_readers_alone(hers, ana_agent, root, pumps, link):
    other = link(hers, root)
    assert other.number in look(hers, ana_agent)
    Case.objects.filter(pk=other.pk).update(team=pumps)
    assert other.number not in look(hers, ana_agent)
    assert other.number in look(hers, root)


def test_merged_case_without_a_readable_heir_still_says_that_it_goes_on(
    hers, ana_agent, root, pumps
):
    other = merged(hers, root)
    Case.objects.filter(pk=other.pk).update(team=pumps)
    shown = look(hers, ana_agent)
    assert "This case is merged" in shown
    assert "reply-text" not in shown


def test_refused_undo_does_not_name_the_case_of_another_team(hers, ana_agent, root, pumps):
    other = merged(hers, root)
    make_interaction(other, text="More.")
    Case.objects.filter(pk=other.pk).update(team=pumps)
    browser = Client()
    browser.force_login(ana_agent)
    answer = browser.post(f"/desk/cases/{hers.number}/unmerge/", follow=True)
    assert "This merge cannot be undone any more." in answer.content.decode()
    assert other.number not in answer.content.decode()
