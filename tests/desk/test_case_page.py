from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.cases import domain, files
from apps.cases.models import Attachment, Case, CaseEvent, Interaction
from apps.channels.models import Account, Delivery
from tests.cast import make_interaction
from tests.desk.test_inbox import queries_of

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def squeezed(page: str) -> str:
    """A page without the formatter's line breaks."""
    return " ".join(page.split())


def page_of(case: Case) -> str:
    return reverse("desk:case", args=[case.number])


def bubbles(page: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'<article class="ix" id="ix(\d+)"', page)]


def fill(case: Case, count: int) -> None:
    now = timezone.now()
    Interaction.objects.bulk_create(
        Interaction(
            case=case,
            channel="email",
            direction="inbound",
            text=f"Word {number}",
            text_folded=f"Word {number}",
            received_at=now - timedelta(minutes=count - number),
        )
        for number in range(count)
    )


def attach(case: Case, content: bytes, content_type: str, name: str = "file") -> Attachment:
    stored = files.store(content, name=name, content_type=content_type)
    return Attachment.objects.create(
        interaction=case.interactions.first(),
        file=stored.path,
        name=name,
        content_type=content_type,
        size=stored.size,
        content_id="pic@mail",
    )


def test_case_page_tells_the_story_in_order(ana: Client, ana_agent: User, her_case: Case):
    domain.note(case_id=her_case.pk, actor=ana_agent, text="The lamp is in the hall.")
    domain.resolve_case(case_id=her_case.pk, actor=ana_agent)
    page = ana.get(page_of(her_case)).text
    parts = ["It flickers since this morning.", "The lamp is in the hall.", "offered the matter"]
    places = [page.index(part, page.index('role="log"')) for part in parts]
    assert places == sorted(places)
    assert 'data-kind="note"' in page


def test_htmx_gets_the_panes_of_the_case_alone(ana: Client, her_case: Case):
    part = ana.get(page_of(her_case), headers={"HX-Request": "true", "HX-Boosted": "true"})
    part = squeezed(part.text)
    assert '<section class="conv" id="conv"' in part
    assert re.search(r'<aside class="side" id="side"[^>]*hx-swap-oob="true"', part)
    assert 'id="list"' not in part
    assert "<html" not in part


def test_long_story_comes_in_pages_that_show_each_message_once(ana: Client, her_case: Case):
    fill(her_case, 120)
    address, seen = page_of(her_case), []
    for _ in range(5):
        page = ana.get(address).text
        seen = bubbles(page) + seen
        earlier = re.search(r'href="([^"]+\?before=\d+)"', page)
        if earlier is None:
            break
        address = earlier[1]
    keys = her_case.interactions.order_by("received_at", "pk").values_list("pk", flat=True)
    assert sorted(seen) == sorted(keys)
    assert len(seen) == 121


def test_earlier_messages_come_as_a_part(ana: Client, her_case: Case):
    fill(her_case, 60)
    page = ana.get(page_of(her_case)).text
    earlier = re.search(r'hx-get="([^"]+\?before=\d+)"', page)[1]
    part = ana.get(earlier, headers={"HX-Request": "true"}).text
    assert not set(bubbles(part)) & set(bubbles(page))
    assert "composer" not in part


def test_case_page_costs_the_same_queries_with_one_three_and_many_messages(
    ana: Client, ana_agent: User, her_case: Case
):
    first = queries_of(ana, page_of(her_case))
    fill(her_case, 2)
    three = queries_of(ana, page_of(her_case))
    fill(her_case, 200)
    for interaction in her_case.interactions.all()[:10]:
        CaseEvent.objects.create(
            case=her_case, kind="interaction_recorded", data={"interaction": interaction.pk}
        )
    assert first == three == queries_of(ana, page_of(her_case))
    her_case.interactions.update(sender_value="nobody@else.example")  # as after a merge
    assert first == queries_of(ana, page_of(her_case))


def test_newest_page_reads_no_more_than_it_shows(ana: Client, her_case: Case):
    fill(her_case, 300)
    with CaptureQueriesContext(connection) as captured:
        ana.get(page_of(her_case))
    reads = [one["sql"] for one in captured if 'FROM "cases_interaction"' in one["sql"]]
    assert reads
    assert all("LIMIT" in sql for sql in reads)


def test_customers_words_are_escaped_and_links_open_apart(
    ana: Client, ana_agent: User, her_case: Case
):
    make_interaction(her_case, text="<b>x</b> see https://example.org/?a=1&b=2, <img src=x>")
    page = ana.get(page_of(her_case)).text
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "<img src=x>" not in page
    link = (
        '<a href="https://example.org/?a=1&amp;b=2" target="_blank" '
        'rel="nofollow noopener noreferrer">'
    )
    assert link in page


def test_folded_message_opens_to_its_whole_text(ana: Client, her_case: Case):
    long = make_interaction(her_case, text="Yes.\n\n> Old words.", text_folded="Yes.")
    page = ana.get(page_of(her_case)).text
    whole = reverse("desk:interaction", args=[long.pk])
    assert "Old words." not in page
    assert f'hx-get="{whole}"' in page
    assert "Old words." in ana.get(whole, headers={"HX-Request": "true"}).text


def test_html_of_a_mail_stands_in_a_frame_of_its_own(ana: Client, her_case: Case):
    picture = attach(her_case, PNG, "image/png")
    body = '<p style="color:red">Hi</p><img src="cid:pic@mail"><img src="https://x.example/t.png">'
    mail = her_case.interactions.first()
    Interaction.objects.filter(pk=mail.pk).update(html=body)
    whole = squeezed(ana.get(reverse("desk:interaction", args=[mail.pk]), {"original": 1}).text)
    address = reverse("desk:interaction_html", args=[mail.pk])
    frame = ana.get(address)
    policy = frame["Content-Security-Policy"]
    assert f'src="{address}" sandbox="allow-same-origin"' in whole
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    assert "default-src 'none'" in policy
    assert "img-src 'self' data:;" in f"{policy};"
    assert "script-src" not in policy
    assert "sandbox allow-same-origin" in policy
    assert f'src="{reverse("desk:attachment", args=[picture.pk])}?view=1"' in frame.text
    assert frame["Referrer-Policy"] == "no-referrer"
    assert ana.get(address, {"images": 1})["Content-Security-Policy"] == policy


def test_remote_images_come_with_the_answer_to_a_press_alone(ana: Client, her_case: Case):
    mail = her_case.interactions.first()
    address = reverse("desk:interaction_html", args=[mail.pk])
    remote = '<img src="https://x.example/t.png">'
    for body, offered in ((remote, True), ('<img src="cid:pic@mail"><a href="https://x">', False)):
        Interaction.objects.filter(pk=mail.pk).update(html=body)
        page = ana.get(reverse("desk:interaction", args=[mail.pk]), {"original": 1}).text
        assert ("Show remote images" in page) is offered
        assert "without encryption" not in page
    Interaction.objects.filter(pk=mail.pk).update(html=remote.replace("https", "http"))
    page = ana.get(reverse("desk:interaction", args=[mail.pk]), {"original": 1}).text
    assert "without encryption" in page
    assert "Show remote images" not in page
    before = ana.get(address)["Content-Security-Policy"]
    asked = ana.post(address)
    policy = asked["Content-Security-Policy"]
    assert f"{policy};".replace("img-src 'self' data: https:;", "img-src 'self' data:;") == (
        f"{before};"
    )
    assert policy != before
    assert asked["Referrer-Policy"] == "no-referrer"
    assert ana.get(address)["Content-Security-Policy"] == before


@pytest.mark.parametrize(
    ("content", "claimed", "shown_as"),
    [
        (PNG, "image/png", "image/png"),
        (PNG, "text/html", "image/png"),
        (b"<script>1</script>", "image/png", ""),
        (b"<svg onload=1>", "image/svg+xml", ""),
        (b"%PDF-1.7", "application/pdf", "application/pdf"),
        (b"GIF89a", "application/x-anything", "image/gif"),
    ],
)
def test_file_is_shown_by_its_content_and_else_only_kept(
    ana: Client, her_case: Case, content: bytes, claimed: str, shown_as: str
):
    one = attach(her_case, content, claimed, name="红 灯.html")
    address = reverse("desk:attachment", args=[one.pk])
    kept, seen = ana.get(address), ana.get(address, {"view": 1})
    assert kept["Content-Type"] == "application/octet-stream"
    assert kept["Content-Disposition"].startswith("attachment; ")
    assert seen["Content-Type"] == (shown_as or "application/octet-stream")
    assert seen["Content-Disposition"].startswith("inline" if shown_as else "attachment")
    for answer in (kept, seen):
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert answer.content == content


def test_note_never_shows_recipients_and_delivery_tells_its_fate(
    ana: Client, ana_agent: User, her_case: Case, mailbox: Account
):
    said = make_interaction(her_case, direction="outbound", author=ana_agent, text="We come.")
    delivery = Delivery.objects.create(
        interaction=said, account=mailbox, message_id="<1@portal>", state="failed", detail="550 no"
    )
    page = ana.get(page_of(her_case)).text
    assert "Not sent" in page
    assert "550 no" in page
    assert reverse("desk:delivery", args=[delivery.pk, "retry"]) in page
    Delivery.objects.filter(pk=delivery.pk).update(state="sent", sent_at=timezone.now(), detail="")
    page = ana.get(page_of(her_case)).text
    assert "Not sent" not in page
    assert "Sent <time" in page


def test_follower_gets_a_note_composer_alone(
    foreigner: Client, stranger: User, ana_agent: User, her_case: Case
):
    domain.follow_case(case_id=her_case.pk, actor=ana_agent, follower=stranger)
    page = foreigner.get(page_of(her_case)).text
    assert 'name="note-text"' in page
    assert 'name="reply-text"' not in page
    assert "/take/" not in page


def test_older_case_is_linked_only_for_who_may_open_it(
    ana: Client, her_case: Case, case_factory, pumps
):
    older = case_factory(her_case.customer, team=pumps)
    Case.objects.filter(pk=her_case.pk).update(previous=older)
    page = ana.get(page_of(her_case)).text
    assert older.number not in page
    assert page_of(older) not in page


def test_whoever_else_a_mail_was_sent_to_is_named(ana, her_case):
    us, friend = ({"kind": "email", "value": f"{name}@example.net"} for name in ("us", "friend"))
    make_interaction(her_case, text="To you alone.", recipients=[us])
    address = reverse("desk:case", args=[her_case.number])
    assert "us@example.net" not in ana.get(address).text
    make_interaction(her_case, text="To both of you.", recipients=[us, friend])
    assert "to us@example.net, friend@example.net" in ana.get(address).text
