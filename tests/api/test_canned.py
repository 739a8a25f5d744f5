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
