"""Who can help, and asking them first."""

from __future__ import annotations

import re

from django.urls import reverse

from apps.accounts import domain as accounts
from apps.accounts.enums import Presence
from apps.accounts.models import PersonSkill, Skill
from apps.cases.models import Case, CaseOffer
from tests.cast import make_user
from tests.desk.test_inbox import queries_of

PAGE = reverse("desk:who_can_help")


def names(text: str) -> list[str]:
    return re.findall(r"<b>(?:<[^>]+>)?(\w+)", text.split('id="helpers-t"')[1])


def test_who_is_there_and_knows_best_stands_first(ana, ben_agent, sam_supervisor, lamps):
    skill = Skill.objects.create(name="Pumps and valves", name_zh="水泵")
    carl = make_user("carl", lamps, display_name="Carl")
    for person, level in ((ben_agent, "able"), (sam_supervisor, "expert"), (carl, "expert")):
        accounts.declare_skill(user=person, skill_id=skill.pk, level=level)
    accounts.set_presence(user=carl, presence=Presence.AWAY)
    assert names(ana.get(PAGE, {"skill": skill.pk}).text) == ["Sam", "Ben", "Carl"]
    assert names(ana.get(PAGE, {"q": "valves ben"}).text) == ["Ben"]
    assert names(ana.get(PAGE, {"q": "水泵"}).text) == ["Sam", "Ben", "Carl"]
    assert names(ana.get(PAGE, {"q": "zeppelin"}).text) == []


def test_directory_costs_the_same_for_one_and_three(ana, lamps):
    skill = Skill.objects.create(name="Valves")
    counts = []
    for number in (1, 3):
        for more in range(number):
            person = make_user(f"p{number}{more}", lamps)
            accounts.declare_skill(user=person, skill_id=skill.pk, level="able")
        counts.append(queries_of(ana, PAGE))
    assert counts[0] == counts[1]


def test_own_skill_is_ones_word_until_a_lead_confirms_it(
    ana, ana_agent, at_desk, ben_agent, sam_supervisor, stranger
):
    skill = Skill.objects.create(name="Valves")
    ana.post(reverse("desk:add_skill"), {"skill": skill.pk, "level": "expert"})
    held = PersonSkill.objects.get(user=ana_agent)
    address = reverse("desk:confirm_skill", args=[held.pk])
    for other in (ana_agent, ben_agent, stranger):
        assert at_desk(other).post(address).status_code == 404
    assert "by their own word" in ana.get(PAGE).text
    assert at_desk(sam_supervisor).post(address).status_code == 302
    held.refresh_from_db()
    assert held.confirmed_by == sam_supervisor
    assert "by their own word" not in ana.get(PAGE).text
    drop = reverse("desk:drop_skill", args=[held.pk])
    assert at_desk(ben_agent).post(drop).status_code == 404
    assert ana.post(drop).status_code == 302
    assert not PersonSkill.objects.exists()


def test_unknown_skill_comes_back_to_the_profile(ana):
    assert ana.post(reverse("desk:add_skill"), {"skill": 99, "level": "able"}).status_code == 422


def test_case_is_offered_accepted_and_told(ana, ana_agent, ben_agent, at_desk, her_case: Case):
    found = ana.get(PAGE, {"case": her_case.number}).text
    assert f"{reverse('desk:assign', args=[her_case.number])}?to={ben_agent.pk}" in found
    ana.post(
        reverse("desk:assign", args=[her_case.number]),
        {"owner": ben_agent.pk, "ask_first": "on", "note": "She is in until noon."},
    )
    offer = CaseOffer.objects.get()
    assert (offer.by, offer.to, Case.objects.get(pk=her_case.pk).owner) == (
        ana_agent,
        ben_agent,
        ana_agent,
    )
    ben, page = at_desk(ben_agent), reverse("desk:case", args=[her_case.number])
    shown = ben.get(page).text
    assert "asks you to take this case over" in shown
    assert "She is in until noon." in shown
    assert "is asked to take this case over" in ana.get(page).text
    accept = reverse("desk:handover", args=[her_case.number, "accept"])
    assert ana.post(accept).status_code == 404
    ben.post(accept)
    assert Case.objects.get(pk=her_case.pk).owner == ben_agent
    assert "took the case over" in ana.get(page).text


def test_offer_without_a_person_comes_back(ana, her_case):
    answer = ana.post(
        reverse("desk:assign", args=[her_case.number]), {"ask_first": "on", "note": "Hm"}
    )
    assert (answer.status_code, "Choose whom to ask." in answer.text) == (422, True)
    assert not CaseOffer.objects.exists()


def test_offer_costs_the_page_one_query_and_none_without(ana, ana_agent, ben_agent, her_case):
    from apps.cases import domain

    page = reverse("desk:case", args=[her_case.number])
    none = queries_of(ana, page)
    domain.offer_case(case_id=her_case.pk, actor=ana_agent, to=ben_agent)
    assert queries_of(ana, page) <= none + 2  # the offer, and the receiver's name in the story
