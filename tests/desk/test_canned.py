from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from apps.cases.models import CannedReply, Interaction
from apps.channels.models import Delivery
from apps.customers.models import Customer
from tests.desk.test_inbox import queries_of

FORM = {"name": "Hello", "text_en": "Hello {{customer.name}}", "text_zh": "", "for_whom": "mine"}


def test_agent_keeps_changes_and_deletes_a_reply_of_their_own(ana, ana_agent):
    assert ana.post("/desk/canned/new/", FORM).status_code == 302
    reply = CannedReply.objects.get()
    assert (reply.owner, reply.text_in("zh-hans")) == (ana_agent, "Hello {{customer.name}}")
    ana.post(f"/desk/canned/{reply.pk}/", FORM | {"name": "Hi"})
    assert CannedReply.objects.get().name == "Hi"
    ana.post(f"/desk/canned/{reply.pk}/delete/")
    assert not CannedReply.objects.exists()


def test_saving_leaves_alone_what_a_colleague_wrote_meanwhile(ana):
    ana.post("/desk/canned/new/", FORM)
    address = f"/desk/canned/{CannedReply.objects.get().pk}/"
    shown = {f"initial-{name}": FORM[name] for name in ("name", "text_en", "text_zh")}
    page = ana.get(address).text
    assert all(f'name="{name}"' in page for name in shown)
    CannedReply.objects.update(text_en="Dear {{customer.name}}", text_zh="您好")
    ana.post(address, FORM | shown | {"name": "Hi"})
    kept = CannedReply.objects.get()
    assert (kept.name, kept.text_en, kept.text_zh) == ("Hi", "Dear {{customer.name}}", "您好")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"text_en": "{{customer.age}}"}, "There is no placeholder “customer.age”."),
        ({"text_en": ""}, "Write the text in one language at least."),
        ({"for_whom": "everybody"}, "Select a valid choice."),
    ],
)
def test_reply_that_cannot_be_kept_comes_back_with_a_sentence(ana, change, sentence):
    answer = ana.post("/desk/canned/new/", FORM | change)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not CannedReply.objects.exists()


def test_lead_gives_a_reply_to_the_team(sam_supervisor, at_desk, lamps):
    at_desk(sam_supervisor).post("/desk/canned/new/", FORM | {"for_whom": f"team-{lamps.pk}"})
    assert CannedReply.objects.get().team == lamps


def test_reply_of_a_colleague_is_a_404(ana, ben_agent):
    reply = CannedReply.objects.create(name="Hush", text_en="Hush", owner=ben_agent)
    assert ana.get(f"/desk/canned/{reply.pk}/").status_code == 404
    assert "Hush" not in ana.get("/desk/canned/").text


def test_pick_fills_in_what_is_known_and_warns_of_the_rest(ana, her_case):
    CannedReply.objects.create(name="Hi", text_en="{{customer.name}} {{customer.address}}")
    page = ana.get(f"/desk/cases/{her_case.number}/canned/", headers={"HX-Request": "true"}).text
    assert 'data-text="Cleo {{customer.address}}"' in page
    assert "write it yourself: {{customer.address}}" in page
    assert "Dear Cleo," in page
    assert "<html" not in page


def test_pick_speaks_the_language_that_is_asked_for(ana, her_case):
    CannedReply.objects.create(name="Hi", text_en="English words", text_zh="中文的话")
    address = f"/desk/cases/{her_case.number}/canned/"
    assert "English words" in ana.get(address).text
    chinese = ana.get(address, {"language": "zh-hans"}).text
    assert "中文的话" in chinese
    assert "Cleo，您好！" in chinese


def test_link_without_scripts_begins_the_answer(ana, her_case, mailbox):
    reply = CannedReply.objects.create(name="Hi", text_en="Dear {{customer.name}}, all is well.")
    page = ana.get(f"/desk/cases/{her_case.number}/", {"compose": "reply", "canned": reply.pk}).text
    assert "Dear Cleo, all is well.</textarea>" in page


def test_unfilled_placeholder_never_leaves(ana, her_case, mailbox):
    sent = {"reply-key": "k", "reply-to": "cleo@example.org"}
    text = "Dear {{ customer.address }}"
    answer = ana.post(f"/desk/cases/{her_case.number}/reply/", sent | {"reply-text": text})
    assert answer.status_code == 422
    assert "in the place of {{customer.address}} first" in answer.text
    assert text in answer.text
    split = {"reply-text": "x", "reply-html": "<p>{{customer.<b>address</b>}}</p>"}
    assert ana.post(f"/desk/cases/{her_case.number}/reply/", sent | split).status_code == 422
    assert not Delivery.objects.exists()
    assert not Interaction.objects.filter(direction="outbound").exists()


def test_other_braces_leave_as_they_are(ana, her_case, mailbox):
    sent = {"reply-key": "k", "reply-to": "cleo@example.org", "reply-text": "Use {{ user.id }}"}
    ana.post(f"/desk/cases/{her_case.number}/reply/", sent)
    assert Delivery.objects.count() == 1


def test_lists_cost_the_same_queries_with_one_and_three_replies(ana, her_case, lamps):
    addresses = ["/desk/canned/", f"/desk/cases/{her_case.number}/canned/"]
    CannedReply.objects.create(name="1", text_en="1", team=lamps)
    one = [queries_of(ana, address) for address in addresses]
    for name in "23":
        CannedReply.objects.create(name=name, text_en=name, team=lamps)
    assert one == [queries_of(ana, address) for address in addresses]


FRAGMENT = {"HX-Request": "true"}


def pick_for_new(client, **said):
    address = reverse("desk:begin_canned", args=[uuid.uuid4()])
    return client.get(address, said, headers=FRAGMENT).text


def test_new_mail_says_what_is_not_known_before_somebody_is_chosen(ana):
    CannedReply.objects.create(name="Hi", text_en="Dear {{customer.name}}, {{agent.name}} here.")
    page = pick_for_new(ana)
    assert 'data-text="Dear {{customer.name}}, Ana here."' in page
    assert "write it yourself: {{customer.name}}" in page
    assert "write it yourself: {{customer.greeting}}" in page


def test_new_mail_is_filled_by_what_its_form_says(ana, cleo_case, lamps):
    Customer.objects.update(form_of_address="Ms Cleo")
    text = "{{customer.address}} · {{case.subject}} · {{team.name}} · {{case.number}}"
    CannedReply.objects.create(name="Hi", text_en=text)
    said = {"new-address_kind": "email", "new-address": " CLEO@example.org"}
    page = pick_for_new(ana, **said, **{"new-subject": "Your lamp", "new-team": lamps.pk})
    assert 'data-text="Ms Cleo · Your lamp · Lamps · {{case.number}}"' in page
    assert "Dear Ms Cleo," in page


def test_new_mail_tells_a_stranger_nothing_of_a_typed_address(foreigner, cleo_case):
    Customer.objects.update(form_of_address="Ms Hush", language="zh-hans")
    said = {"new-address_kind": "email", "new-address": "cleo@example.org", "new-name": "C"}
    page = pick_for_new(foreigner, **said, customer=cleo_case.customer_id)
    assert "Dear C," in page
    assert "Hush" not in page


@pytest.mark.parametrize("said", [{"new-team": "x"}, {"new-address_kind": "x"}, {"customer": "٣"}])
def test_new_mail_takes_any_rubbish_for_nothing(ana, said):
    assert "Greeting" in pick_for_new(ana, **{"new-address": "x"} | said)


def test_new_mail_begins_with_a_reply_without_scripts(ana, cleo_case):
    reply = CannedReply.objects.create(name="Hi", text_en="Dear {{customer.name}}, all is well.")
    draft = uuid.uuid4()
    asked = {"customer": cleo_case.customer_id}
    page = ana.get(reverse("desk:begin_canned", args=[draft]), asked).text
    link = f"{reverse('desk:begin', args=[draft])}?customer={cleo_case.customer_id}"
    link += f"&amp;language=en&amp;canned={reply.pk}"
    assert link in page
    form = ana.get(link.replace("&amp;", "&")).text
    assert "Dear Cleo, all is well.</textarea>" in form
    assert "cleo@example.org" in form


def test_mail_to_somebody_outside_greets_nobody_by_the_customers_name(ana, her_case, mailbox):
    Customer.objects.update(form_of_address="Ms Cleo")
    text = "{{customer.greeting}} our customer {{customer.name}} ({{customer.address}})"
    reply = CannedReply.objects.create(name="Hi", text_en=text)
    address = f"/desk/cases/{her_case.number}/canned/?for=forward"
    page = ana.get(address, headers=FRAGMENT).text
    assert 'data-text="Hello, our customer Cleo ({{customer.address}})"' in page
    assert "Dear Ms Cleo" not in page
    link = f"/desk/cases/{her_case.number}/forward/?for=forward&language=en&canned={reply.pk}"
    assert link.replace("&", "&amp;") in ana.get(address).text
    assert "Hello, our customer Cleo" in ana.get(link).text
