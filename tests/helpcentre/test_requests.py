"""What the customer reads on the page of their request, and what they say there."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.cases import domain, files, guards
from apps.cases.enums import Status
from apps.cases.models import Attachment, Case, Interaction
from apps.channels.enums import DeliveryState
from apps.channels.models import Delivery
from apps.helpcentre.models import Press
from apps.notifications.models import Notification
from apps.promises.domain import make_promise
from apps.promises.models import Promise
from tests.cast import make_case, make_customer, make_interaction
from tests.helpcentre.conftest import enter, page_of

MINE = [{"kind": "email", "value": "cleo@example.org", "name": "Cleo"}]
THEIRS = [{"kind": "email", "value": "maker@example.net", "name": "Maker"}]


@pytest.fixture
def inside(cleo_case, browser) -> Client:
    enter(browser, cleo_case)
    return browser


def page(browser, case):
    answer = browser.get(page_of(case))
    assert answer.status_code == 200
    return answer.content.decode()


def say(browser, case, text, key="k1", **more):
    return browser.post(f"{page_of(case)}write/", {"text": text, "key": key, **more})


def resolve(case, actor):
    domain.resolve_case(case_id=case.pk, actor=actor)


def test_page_tells_who_looks_after_it_and_how_it_stands(cleo_case, inside, ana_agent):
    assert "Received" in page(inside, cleo_case)
    domain.take_case(case_id=cleo_case.pk, actor=ana_agent)
    shown = page(inside, cleo_case)
    assert "Being worked on" in shown
    assert "Ana looks after this" in shown
    resolve(cleo_case, ana_agent)
    shown = page(inside, cleo_case)
    assert "Solved: tell us if it works" in shown
    assert "Does it work for you?" in shown


def test_form_of_address_greets(cleo_case, inside):
    cleo_case.customer.form_of_address = "杨女士"
    cleo_case.customer.save()
    assert re.search(r'<span\s+lang="zh-Hans">杨女士</span>', page(inside, cleo_case))


def internal_things(case, ana, ben):
    """Everything in a case that is not its customer's, each with a word of its own."""
    domain.note(case_id=case.pk, actor=ana, text="Secret-note", mentions=[ben])
    make_interaction(case, text="Secret-aside", visibility="internal")
    out = {"direction": "outbound", "author": ana}
    make_interaction(case, text="Secret-supplier", recipients=THEIRS, **out)
    theirs = {"sender_kind": "email", "sender_value": "maker@example.net"}
    make_interaction(case, text="Secret-answer", sender_name="Secret-name", **theirs)
    make_interaction(case, text="Secret-call", channel="phone", **out)
    make_interaction(case, text="Secret-robot", automatic="auto-submitted")
    held = make_interaction(case, text="Secret-held", recipients=MINE, **out)
    gone = make_interaction(case, text="Secret-undone", recipients=MINE, **out)
    return held, gone


def test_nothing_internal_is_shown(cleo_case, inside, ana_agent, ben_agent, mailbox):
    held, gone = internal_things(cleo_case, ana_agent, ben_agent)
    states = ((held, DeliveryState.HELD), (gone, DeliveryState.CANCELLED))
    for number, (one, state) in enumerate(states):
        Delivery.objects.create(
            interaction=one, account=mailbox, message_id=f"{number}", state=state
        )
    Case.objects.filter(pk=cleo_case.pk).update(need="Secret-need", priority="urgent")
    cleo_case.customer.about = "Secret-about"
    cleo_case.customer.save()
    tagged = cleo_case.tags.create(name="Secret-tag")
    assert tagged
    domain.assign_case(
        case_id=cleo_case.pk, actor=ana_agent, owner=ben_agent, note="Secret-handover"
    )
    shown = page(inside, cleo_case)
    assert "Secret" not in shown
    assert "We called you" in shown
    Delivery.objects.update(state=DeliveryState.SENT)
    shown = page(inside, cleo_case)
    assert "Secret-held" in shown  # guards the test above: once it has left it is theirs
    assert shown.count("Secret") == 2


def test_words_of_another_customer_who_was_merged_in_are_not_shown(cleo_case, inside, root):
    zoes = make_case(make_customer("Zoe"), team=cleo_case.team, text="Secret-words")
    make_interaction(zoes, text="", channel="phone", sender_kind="", sender_value="")
    domain.merge_case(case_id=zoes.pk, into_id=cleo_case.pk, actor=root)
    shown = page(inside, cleo_case)
    assert "Secret" not in shown
    assert "You called us" not in shown


def test_page_costs_the_same_for_three_messages_as_for_one(
    cleo_case, inside, django_assert_num_queries, ana_agent
):
    page(inside, cleo_case)
    with django_assert_num_queries(15) as one:
        page(inside, cleo_case)
    for _time in range(2):
        make_interaction(cleo_case, text="More.")
        make_interaction(
            cleo_case, text="An answer.", direction="outbound", author=ana_agent, recipients=MINE
        )
    with django_assert_num_queries(len(one.captured_queries)):
        page(inside, cleo_case)


def test_list_costs_the_same_for_three_requests_as_for_one(
    cleo_case, signed_in, django_assert_num_queries
):
    browser = signed_in(cleo_case)
    browser.get("/help/requests/")
    with django_assert_num_queries(2) as one:
        browser.get("/help/requests/")
    for _time in range(2):
        make_case(cleo_case.customer)
    with django_assert_num_queries(len(one.captured_queries)):
        assert browser.get("/help/requests/").content.decode().count("req-a") == 3


def test_message_becomes_an_interaction_and_waits_for_us(cleo_case, inside, ana_agent):
    make_interaction(cleo_case, text="Hm", direction="outbound", author=ana_agent, recipients=MINE)
    cleo_case.refresh_from_db()
    assert cleo_case.waiting_since is None
    answer = say(inside, cleo_case, "  Still <b>dark</b>.\r\nReally. ")
    assert answer.headers["Location"] == page_of(cleo_case)
    said = cleo_case.interactions.latest("pk")
    assert (said.channel, said.direction, said.visibility) == ("web", "inbound", "public")
    assert (said.text, said.author) == ("Still <b>dark</b>.\nReally.", None)
    assert (said.sender_kind, said.sender_value) == ("email", "cleo@example.org")
    cleo_case.refresh_from_db()
    assert cleo_case.waiting_since is not None
    shown = page(inside, cleo_case)
    assert "Still &lt;b&gt;dark&lt;/b&gt;." in shown
    assert "Your message is with us" in shown


def test_second_press_says_nothing_twice(cleo_case, inside):
    for _press in range(2):
        assert say(inside, cleo_case, "Once.").status_code == 302
    assert cleo_case.interactions.filter(text="Once.").count() == 1
    say(inside, cleo_case, "Once.", key="k2")
    assert cleo_case.interactions.filter(text="Once.").count() == 2


def test_file_is_kept_and_given_back_as_a_download(cleo_case, inside):
    upload = SimpleUploadedFile("lamp.html", b"<script>1</script>", content_type="text/html")
    say(inside, cleo_case, "See the file.", attachments=upload)
    kept = Attachment.objects.get()
    address = reverse("helpcentre:file", args=[cleo_case.number, kept.pk])
    assert address in page(inside, cleo_case)
    answer = inside.get(address)
    assert answer.content == b"<script>1</script>"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_file_of_a_repeated_press_is_not_left_behind(cleo_case, inside):
    files.store(b"x", name="x.txt", content_type="text/plain")
    kept = len(_stored())
    for _press in range(2):
        upload = SimpleUploadedFile("lamp.txt", b"dark", content_type="text/plain")
        say(inside, cleo_case, "See.", attachments=upload)
    assert len(_stored()) == kept + 1


def _stored():
    storage = files.attachment_storage()
    return [
        f"{folder}/{name}"
        for folder in storage.listdir("")[0]
        for name in storage.listdir(folder)[1]
    ]


def test_file_of_a_note_is_not_given(cleo_case, inside, ana_agent):
    stored = files.store(b"x", name="n.txt", content_type="text/plain")
    domain.note(case_id=cleo_case.pk, actor=ana_agent, text="n", attachments=[stored])
    hidden = Attachment.objects.get()
    address = reverse("helpcentre:file", args=[cleo_case.number, hidden.pk])
    assert inside.get(address).status_code == 404
    nowhere = reverse("helpcentre:file", args=[cleo_case.number, 10**6])
    assert inside.get(nowhere).status_code == 404


@pytest.mark.parametrize("text", ["", "   ", "x" * 20_001])
def test_refused_message_comes_back_as_it_was_typed(cleo_case, inside, text):
    answer = say(inside, cleo_case, text)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert text in answer.content.decode()
    assert 'value="k1"' in answer.content.decode()
    assert cleo_case.interactions.count() == 1


def test_yes_closes_the_request_by_the_customers_own_word(cleo_case, inside, ana_agent):
    resolve(cleo_case, ana_agent)
    for _press in range(2):
        inside.post(f"{page_of(cleo_case)}works/")
    cleo_case.refresh_from_db()
    assert cleo_case.status == Status.CLOSED
    told = cleo_case.events.filter(kind__in=["case_confirmed", "case_closed"])
    assert [(one.kind, one.actor) for one in told] == [
        ("case_confirmed", None),
        ("case_closed", None),
    ]
    shown = page(inside, cleo_case)
    assert "You told us that it works" in shown
    assert "We are glad that it works" in shown


def test_yes_while_something_is_owed_keeps_the_request_open(
    cleo_case, inside, ana_agent, monkeypatch
):
    monkeypatch.setattr(
        guards, "_guards", [lambda _case, _outcome: ["Secret sentence for agents."]]
    )
    resolve(cleo_case, ana_agent)
    for _press in range(2):
        inside.post(f"{page_of(cleo_case)}works/")
    cleo_case.refresh_from_db()
    assert cleo_case.status == Status.RESOLVED
    assert cleo_case.events.filter(kind="case_confirmed").count() == 1
    shown = page(inside, cleo_case)
    assert "We still owe you one thing" in shown
    assert "Secret" not in shown


def test_yes_is_taken_before_anything_was_offered(cleo_case, inside, ana_agent):
    Case.objects.filter(pk=cleo_case.pk).update(owner=ana_agent)
    shown = page(inside, cleo_case)
    assert "You can tell us any time." in shown
    assert "Not yet" not in shown
    for _press in range(2):
        inside.post(f"{page_of(cleo_case)}works/")
    cleo_case.refresh_from_db()
    assert (cleo_case.status, cleo_case.waiting_since) == (Status.CLOSED, None)
    assert cleo_case.events.get(kind="case_closed").data == {"outcome": "confirmed"}
    assert not Promise.objects.owed().filter(case=cleo_case).exists()
    assert Notification.objects.get(kind="confirmed").recipient == ana_agent
    assert "You can tell us any time." not in page(inside, cleo_case)


def test_yes_before_anything_was_offered_is_noted_where_something_is_owed(
    cleo_case, inside, ana_agent
):
    Case.objects.filter(pk=cleo_case.pk).update(owner=ana_agent)
    due = timezone.now() + timedelta(hours=1)
    make_promise(
        case_id=cleo_case.pk, actor=ana_agent, kind="progress_update", due_at=due, text="Parts"
    )
    for _press in range(2):
        inside.post(f"{page_of(cleo_case)}works/")
    cleo_case.refresh_from_db()
    assert not cleo_case.is_ended
    assert cleo_case.events.filter(kind="case_confirmed").count() == 1
    assert Notification.objects.get(kind="confirmed").count == 1
    assert "stays open until we have done" in page(inside, cleo_case)


@pytest.mark.parametrize(
    ("words", "kept"), [("It hums.", "It hums."), ("", "It does not work yet.")]
)
def test_not_yet_takes_the_request_up_again(cleo_case, inside, ana_agent, words, kept):
    resolve(cleo_case, ana_agent)
    path = f"{page_of(cleo_case)}not-yet/"
    for _press in range(2):
        inside.post(path, {"not-yet-text": words, "not-yet-key": "n1"})
    cleo_case.refresh_from_db()
    assert (cleo_case.status, cleo_case.reopened_count) == (Status.OPEN, 1)
    assert cleo_case.waiting_since is not None
    assert cleo_case.interactions.filter(text=kept, channel="web").count() == 1
    assert "We have taken it up again" in page(inside, cleo_case)


def test_words_long_after_the_end_begin_a_linked_request(cleo_case, browser, ana_agent, mailbox):
    resolve(cleo_case, ana_agent)
    domain.close_case(case_id=cleo_case.pk, actor=ana_agent)
    Case.objects.filter(pk=cleo_case.pk).update(closed_at=timezone.now() - timedelta(days=15))
    enter(browser, cleo_case)
    answer = say(browser, cleo_case, "Dark again.")
    new = Case.objects.latest("pk")
    assert answer.headers["Location"] == page_of(new)
    assert (new.previous, new.customer, new.team) == (cleo_case, cleo_case.customer, cleo_case.team)
    assert "Dark again." in page(browser, new)
    say(browser, cleo_case, "Dark again.")  # the visit is in the new one now
    assert Case.objects.count() == 2


def test_words_of_a_visit_that_ended_lead_to_the_entry(cleo_case, browser):
    answer = say(browser, cleo_case, "Is it <lost>?")
    assert answer.status_code == 401
    shown = answer.content.decode()
    assert "Nothing was sent" in shown
    assert "Is it &lt;lost&gt;?</textarea>" in shown
    start = f"/help/?number={cleo_case.number}&ended=1"
    assert f'href="{start.replace("&", "&amp;")}"' in shown
    assert "nothing was sent" in browser.get(start).content.decode()
    assert not Interaction.objects.filter(text__contains="lost").exists()


def test_press_needs_the_forms_token(cleo_case, browser):
    enter(browser, cleo_case)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    assert say(strict, cleo_case, "Forged.").status_code == 403


def test_visitors_without_a_cookie_read_their_own_language(cleo_case, browser):
    cleo_case.customer.language = "zh-hans"
    cleo_case.customer.save()
    assert "给我们留言" in enter(browser, cleo_case)
    browser.cookies["django_language"] = "en"
    assert "Write to us" in page(browser, cleo_case)


def test_colleague_sees_the_page_without_its_forms(cleo_case, ana_agent, stranger):
    path = reverse("helpcentre:preview", args=[cleo_case.number])
    resolve(cleo_case, ana_agent)
    browser = Client()
    assert browser.get(path).status_code == 302
    browser.force_login(stranger)
    assert browser.get(path).status_code == 404
    browser.force_login(ana_agent)
    shown = browser.get(path).content.decode()
    assert "The lamp flickers" in shown
    assert f"http://localhost:8000{page_of(cleo_case)}" in shown
    assert "/help/in/" not in shown
    assert "/works/" not in shown
    assert "/write/" not in shown


def test_colleague_turns_the_links(cleo_case, ana_agent, inside):
    browser = Client()
    browser.force_login(ana_agent)
    browser.post(reverse("helpcentre:turn", args=[cleo_case.number]))
    assert inside.get(page_of(cleo_case)).status_code == 302


def test_old_presses_are_forgotten(cleo_case, inside):
    from apps.helpcentre.domain import writing

    say(inside, cleo_case, "Once.")
    writing.forget_old(at=timezone.now() + writing.KEPT)
    assert not Press.objects.exists()
