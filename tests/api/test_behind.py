"""Questions behind the scenes, expected times and campaigns for programs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.cases.models import CaseEvent
from apps.promises import domain
from apps.promises.models import Campaign, Estimate, Inquiry
from tests.cast import make_case, make_customer


def later(**span: float) -> str:
    return (timezone.now() + timedelta(**span)).isoformat()


def asked(**more: object) -> dict[str, object]:
    return {"name": "Cable crew", "question": "When?", "due_at": later(minutes=30)} | more


def plan(**more: object) -> dict[str, object]:
    values = {"name": "New lamps", "team": "Lamps", "outcomes": ["happy", "unhappy"]}
    return values | {"due_at": later(days=7)} | more


@pytest.fixture
def path(cleo_case) -> str:
    return f"cases/{cleo_case.number}"


def test_inquiry_is_asked_and_listed(ana, cleo_case, ana_agent, path):
    waits = domain.make_promise(
        case_id=cleo_case.pk,
        actor=ana_agent,
        kind="progress_update",
        due_at=timezone.now() + timedelta(hours=1),
    )
    made = ana.at("post", f"{path}/inquiries/", asked(waits=waits.pk))
    assert made.status_code == 201
    body = made.json()
    assert (body["name"], body["state"], body["waits"]) == ("Cable crew", "open", waits.pk)
    inquiry = Inquiry.objects.get()
    domain.answer_inquiry(inquiry_id=inquiry.pk, text="By three.", by="Mr Hu")
    (row,) = ana.at("get", f"{path}/inquiries/").json()["results"]
    assert (row["id"], row["state"], row["answer"], row["answered_by"]) == (
        inquiry.pk,
        "kept",
        "By three.",
        "Mr Hu",
    )


def test_answer_after_the_customers_promise_is_refused_with_a_proposal(
    ana, cleo_case, ana_agent, path
):
    waits = domain.make_promise(
        case_id=cleo_case.pk,
        actor=ana_agent,
        kind="progress_update",
        due_at=timezone.now() + timedelta(minutes=20),
    )
    answer = ana.at("post", f"{path}/inquiries/", asked(waits=waits.pk))
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["due_at"]
    assert answer.json()["proposal"] < later(minutes=20)
    assert not Inquiry.objects.exists()


def test_answer_is_put_on_record_once(ana, outsider, path, cleo_case):
    inquiry = ana.at("post", f"{path}/inquiries/", asked()).json()
    address = f"{path}/inquiries/{inquiry['id']}/answer/"
    said = {"answer": "By three.", "by": "Mr Hu"}
    assert outsider.at("post", address, said).status_code == 404
    other = f"cases/{make_case(team=cleo_case.team).number}/inquiries/{inquiry['id']}/answer/"
    assert ana.at("post", other, said).status_code == 404
    assert ana.at("post", address, {"answer": " "}).status_code == 400
    assert ana.at("post", f"promises/{inquiry['promise']}/keep/", {}).status_code == 409
    body = ana.at("post", address, said).json()
    assert (body["state"], body["answer"], body["answered_by"]) == ("kept", "By three.", "Mr Hu")
    assert ana.at("post", address, said).status_code == 409


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"due_at": "2020-01-01T00:00:00Z"}, "due_at"),
        ({"due_at": "9999-12-31T23:59:59Z"}, "due_at"),
        ({"question": " "}, "question"),
        ({"name": ""}, "name"),
        ({"address": "crew"}, "address"),
        ({"owner": "ana"}, "owner"),
    ],
)
def test_wrong_inquiry_names_its_field(ana, path, wrong, field):
    answer = ana.at("post", f"{path}/inquiries/", asked(**wrong))
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


def test_promise_of_another_case_does_not_wait(ana, path, lamps, ana_agent):
    other = domain.make_promise(
        case_id=make_case(team=lamps).pk,
        actor=ana_agent,
        kind="progress_update",
        due_at=timezone.now() + timedelta(hours=1),
    )
    assert ana.at("post", f"{path}/inquiries/", asked(waits=other.pk)).status_code == 409
    assert not Inquiry.objects.exists()


def test_each_estimate_is_kept(ana, path, mailbox):
    first, second = later(hours=3), later(hours=5)
    for time in (first, second, second):
        assert ana.at("post", f"{path}/estimates/", {"restored_at": time}).status_code == 201
    rows = ana.at("get", f"{path}/estimates/").json()["results"]
    assert [row["actor"] for row in rows] == ["ana", "ana"]
    assert Estimate.objects.count() == 2
    answer = ana.at("post", f"{path}/estimates/", {"restored_at": "2020-01-01T00:00:00Z"})
    assert answer.status_code == 400


@pytest.mark.parametrize("name", ["inquiries", "estimates"])
def test_stranger_finds_no_case(outsider, path, name):
    before = CaseEvent.objects.count()
    assert outsider.at("get", f"{path}/{name}/").status_code == 404
    data = asked() if name == "inquiries" else {"restored_at": later(hours=1)}
    assert outsider.at("post", f"{path}/{name}/", data).status_code == 404
    assert CaseEvent.objects.count() == before


def test_lead_starts_a_campaign_and_reads_its_report(sam, ana, ana_agent):
    one, two = make_customer(), make_customer()
    email = two.identities.get().value
    data = plan(customers=[one.pk], identities=[f"email:{email}", f"email:{email}"])
    made = sam.at("post", "campaigns/", data)
    assert made.status_code == 201
    body = made.json()
    assert (body["team"], body["outcomes"]) == ("Lamps", ["happy", "unhappy"])
    campaign = Campaign.objects.get()
    visit = campaign.visits.order_by("pk").first()
    domain.finish_visit(visit_id=visit.pk, actor=ana_agent, outcome="happy")
    report = ana.at("get", f"campaigns/{campaign.pk}/report/").json()
    assert report == {
        "total": 2,
        "done": 1,
        "late": 0,
        "not_reached": 0,
        "dropped": 0,
        "left": 1,
        "without_outcome": 0,
        "outcomes": {"happy": 1, "unhappy": 0},
    }
    assert [row["id"] for row in ana.at("get", "campaigns/").json()["results"]] == [campaign.pk]
    assert ana.at("get", f"campaigns/{campaign.pk}/").json() == body


def test_campaign_is_for_leads_and_for_customers_whom_they_know(sam, ana, outsider, pumps):
    hidden = make_customer()
    make_case(hidden, team=pumps)
    assert ana.at("post", "campaigns/", plan(customers=[make_customer().pk])).status_code == 403
    for wrong in (
        {"customers": [hidden.pk]},
        {"customers": [999_999]},
        {"identities": [f"email:{hidden.identities.get().value}"]},
        {"identities": ["email:nobody@example.net"]},
        {"customers": []},
        {"team": "Nowhere", "customers": [1]},
        {"outcomes": [], "customers": [1]},
    ):
        answer = sam.at("post", "campaigns/", plan(**wrong))
        assert answer.status_code == 400, wrong
    assert not Campaign.objects.exists()


def test_campaign_is_ended_by_leads(sam, ana, outsider, lamps, sam_supervisor):
    due = timezone.now() + timedelta(days=1)
    plan = domain.Plan("New lamps", lamps, due, outcomes="happy")
    campaign = domain.start_campaign(actor=sam_supervisor, plan=plan, customers=[make_customer()])
    path = f"campaigns/{campaign.pk}/end/"
    assert outsider.at("post", path, {}).status_code == 404
    assert ana.at("post", path, {}).status_code == 403
    assert sam.at("post", path, {}).json()["ended_at"] is not None
    report = sam.at("get", f"campaigns/{campaign.pk}/report/").json()
    assert (report["dropped"], report["left"]) == (1, 0)


def test_stranger_finds_no_campaign(outsider, lamps, sam_supervisor):
    due = timezone.now() + timedelta(days=1)
    campaign = domain.start_campaign(
        actor=sam_supervisor,
        plan=domain.Plan("New lamps", lamps, due, outcomes="happy"),
        customers=[make_customer()],
    )
    assert outsider.at("get", "campaigns/").json()["results"] == []
    for path in (f"campaigns/{campaign.pk}/", f"campaigns/{campaign.pk}/report/"):
        assert outsider.at("get", path).status_code == 404


def cost(client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.at("get", path).status_code == 200
    return len(queries)


def test_lists_cost_the_same_with_one_and_three_rows(ana, path, cleo_case, ana_agent, lamps, root):
    ana.at("get", "cases/")  # the use of the token is noted
    counts = []
    for number in (1, 3):
        while Inquiry.objects.count() < number:
            when = timezone.now() + timedelta(hours=1 + Inquiry.objects.count())
            question = domain.Question("Crew", "Well?", when)
            domain.ask(case_id=cleo_case.pk, actor=ana_agent, question=question)
            domain.set_estimate(case_id=cleo_case.pk, actor=ana_agent, restored_at=when)
            made = domain.Plan("Round", lamps, when, outcomes="happy")
            domain.start_campaign(actor=root, plan=made, customers=[make_customer()])
        lists = (f"{path}/inquiries/", f"{path}/estimates/", "campaigns/")
        counts.append([cost(ana, one) for one in lists])
    assert counts[0] == counts[1]
