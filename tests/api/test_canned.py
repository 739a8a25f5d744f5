from __future__ import annotations

from apps.cases.models import CannedReply


def test_list_shows_own_teams_and_everybodys_replies(ana, ana_agent, ben_agent, lamps, pumps):
    make = CannedReply.objects.create
    own = make(name="own", text_en="{{customer.name}}", owner=ana_agent)
    team = make(name="team", text_zh="您好", team=lamps)
    make(name="foreign", text_en="x", team=pumps)
    make(name="Ben's", text_en="x", owner=ben_agent)
    shown = ana.at("get", "canned-replies/?ordering=id").json()["results"]
    assert shown == [
        {
            "id": own.pk,
            "name": "own",
            "personal": True,
            "team": None,
            "texts": {"en": "{{customer.name}}", "zh-hans": ""},
        },
        {
            "id": team.pk,
            "name": "team",
            "personal": False,
            "team": "Lamps",
            "texts": {"en": "", "zh-hans": "您好"},
        },
    ]
    assert ana.at("get", f"canned-replies/{team.pk}/").json() == shown[1]


def test_answer_with_an_unfilled_placeholder_is_refused(ana, ana_agent, cleo_case):
    said = {"channel": "phone", "direction": "outbound", "body": "Hi"}
    refused = {"channel": "email", "direction": "outbound", "body": "Dear {{customer.name}}"}
    answer = ana.at("post", f"cases/{cleo_case.number}/interactions/", refused)
    assert answer.status_code == 400
    assert "{{customer.name}}" in answer.json()["errors"]["body"][0]
    assert ana.at("post", f"cases/{cleo_case.number}/interactions/", said).status_code == 201


def test_agent_keeps_changes_and_forgets_a_reply_of_their_own(ana, ana_agent):
    made = ana.at("post", "canned-replies/", {"name": "Hi", "texts": {"en": "Hello "}})
    pk = made.json()["id"]
    assert (made.status_code, made.json()["personal"]) == (201, True)
    changed = ana.at("patch", f"canned-replies/{pk}/", {"texts": {"zh-hans": "您好"}}).json()
    assert changed["texts"] == {"en": "Hello ", "zh-hans": "您好"}
    assert CannedReply.objects.get().owner == ana_agent
    assert ana.at("delete", f"canned-replies/{pk}/").status_code == 204
    assert not CannedReply.objects.exists()


def test_only_leads_write_for_a_team_and_administrators_for_everybody(ana, sam, chief, lamps):
    texts = {"texts": {"en": "x"}}
    for_team = {"name": "team", "team": "Lamps"} | texts
    for_all = {"name": "all", "personal": False} | texts
    assert [one.at("post", "canned-replies/", for_team).status_code for one in (ana, sam)] == [
        403,
        201,
    ]
    assert [one.at("post", "canned-replies/", for_all).status_code for one in (sam, chief)] == [
        403,
        201,
    ]
    pk = CannedReply.objects.get(team=lamps).pk
    assert ana.at("patch", f"canned-replies/{pk}/", {"name": "x"}).status_code == 403
    assert ana.at("delete", f"canned-replies/{pk}/").status_code == 403
    assert set(CannedReply.objects.values_list("name", flat=True)) == {"team", "all"}


def test_reply_with_an_unknown_placeholder_is_refused(ana):
    wrong = {"name": "Hi", "texts": {"en": "{{customer.age}}"}}
    answer = ana.at("post", "canned-replies/", wrong)
    assert answer.status_code == 400
    assert "customer.age" in answer.text
    assert ana.at("post", "canned-replies/", {"name": "Hi", "texts": {}}).status_code == 400
    assert not CannedReply.objects.exists()
