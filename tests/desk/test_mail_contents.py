"""What a mail carries, as the case page shows it: pictures, invitations, mails, winmail.dat."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import translation

from apps.cases.models import Attachment, Interaction
from apps.desk import invitations
from tests.common.test_meetings import OUTLOOK
from tests.hardening.hostile.kit import bundle, entity, letter
from tests.hardening.post import office, take
from tests.hardening.test_winmail import file, stream

__all__ = ["office"]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n\r\nSee the rest."


def shown(client, result) -> str:
    page = client.get(reverse("desk:case", args=[result.case]))
    assert page.status_code == 200
    return page.content.decode()


@pytest.mark.parametrize(
    ("written", "identifier"),
    [
        ("pic@x", "pic@x"),
        ("Pic@X", "pic@x"),
        ("pic%40x", "pic@x"),
        ("a&amp;b@x", "a&b@x"),
        ("图@x", "图@x"),
    ],
)
def test_picture_of_the_mail_stands_in_its_frame(office, ana, written, identifier):
    html = f"<p>See <img src='cid:{written}'></p>"
    mail = bundle(
        [
            entity("text/html; charset=utf-8", html),
            entity("image/png; name=a.png", PNG, f"Content-ID: <{identifier}>"),
        ],
        kind="related",
    )
    result = take(office, mail)
    picture = Attachment.objects.get(interaction=result.interaction)
    assert picture.inline
    frame = ana.get(reverse("desk:interaction_html", args=[result.interaction])).content.decode()
    source = re.search(r'src="([^"]+)"', frame)[1]
    assert source == f"{reverse('desk:attachment', args=[picture.pk])}?view=1"
    assert ana.get(source)["Content-Type"] == "image/png"


def test_picture_that_did_not_come_asks_nobody(office, ana):
    result = take(office, letter("<img src='cid:gone@x'>a", Content_Type="text/html"))
    frame = ana.get(reverse("desk:interaction_html", args=[result.interaction])).content.decode()
    assert 'src="data:,"' in frame


def invitation(calendar: str = OUTLOOK) -> bytes:
    return bundle([PLAIN, entity("text/calendar; method=REQUEST; charset=utf-8", calendar)])


def test_invitation_is_read_in_the_readers_zone(office, ana, ana_agent):
    result = take(office, invitation())
    for zone, when in (("Asia/Shanghai", "10:00–11:30"), ("Europe/Berlin", "03:00–04:30")):
        ana_agent.timezone = zone
        ana_agent.save()
        page = shown(ana, result)
        assert f"Monday 23 November 2026, {when} ({zone})" in re.sub(r"\s+", " ", page)
    ana_agent.language = "zh-hans"
    ana_agent.save()
    assert "2026年11月23日 星期一 03:00" in re.sub(r"\s+", " ", shown(ana, result))
    for word in (
        "安装, 一楼",
        "上海市南京路1号",
        "Miller, Cleo",
        "Ana, ben@example.com",
        "invitation.ics",
    ):
        assert word in page


def test_broken_invitation_is_a_file(office, ana):
    page = shown(ana, take(office, invitation("BEGIN:VEVENT\nDTSTART:x")))
    assert "invitation.ics" in page
    assert "Organiser" not in page


@pytest.mark.parametrize("moment", ["DTSTART:99991231T235959Z", "DTSTART;VALUE=DATE:00010101"])
def test_invitation_of_an_absurd_day_is_a_file(office, ana, moment):
    page = shown(ana, take(office, invitation(f"BEGIN:VEVENT\nSUMMARY:Ball\n{moment}")))
    assert "invitation.ics" in page
    assert "Ball" not in page


def test_page_opens_a_few_calendars_of_a_mail(office, ana, monkeypatch):
    kind = "text/calendar; charset=utf-8; name=day{}.ics"
    mail = bundle([PLAIN, *(entity(kind.format(n), OUTLOOK) for n in range(40))])
    opened = []
    real = invitations.read_meeting
    monkeypatch.setattr(invitations, "read_meeting", lambda text: opened.append(text) or real(text))
    page = shown(ana, take(office, mail))
    assert len(opened) == page.count("安装, 一楼") == invitations.SHOWN_CALENDARS
    assert all(f"day{n}.ics" in page for n in range(40))


def test_page_reads_a_bounded_length_of_calendars(office, ana, monkeypatch):
    long = OUTLOOK.replace("BEGIN:VEVENT", "X-NOTE:x\r\n" * 6000 + "BEGIN:VEVENT")
    results = [take(office, invitation(long.replace("一楼", f"{n}楼"))) for n in range(8)]
    case = Interaction.objects.get(pk=results[0].interaction).case
    Interaction.objects.update(case=case)
    opened = []
    real = invitations.read_meeting
    monkeypatch.setattr(
        invitations, "read_meeting", lambda text: opened.append(len(text)) or real(text)
    )
    shown(ana, results[0])
    assert 0 < sum(opened) <= invitations.MAX_READ


def test_invitation_whose_file_is_gone_breaks_no_page(office, ana):
    result = take(office, invitation())
    Attachment.objects.get().file.delete(save=False)
    shown(ana, result)


def test_words_of_an_invitation_are_no_markup(office, ana):
    page = shown(ana, take(office, invitation(OUTLOOK.replace("安装", "<b onclick=x>"))))
    assert "<b onclick" not in page
    assert "&lt;b onclick" in page


def test_mail_that_is_only_an_invitation_has_words(office):
    mail = letter(OUTLOOK.encode(), Content_Type="text/calendar; charset=utf-8; method=REQUEST")
    word = Interaction.objects.get(pk=take(office, mail).interaction)
    assert word.text.startswith("安装, 一楼\n2026-11-23 10:00 – 2026-11-23 11:30")
    assert Attachment.objects.get().name == "invitation.ics"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_words_of_a_cancelled_invitation_say_so_in_its_own_language(office, language):
    bare = OUTLOOK.replace("安装\\, 一楼", "Visit").replace("上海市南京路\r\n 1号", "1 Street")
    for calendar, words in ((OUTLOOK, "已取消：安装, 一楼"), (bare, "Cancelled: Visit")):
        gone = calendar.replace("METHOD:REQUEST", "METHOD:CANCEL")
        mail = letter(gone.encode(), Content_Type="text/calendar; charset=utf-8; method=CANCEL")
        with translation.override(language):
            word = Interaction.objects.get(pk=take(office, mail).interaction)
        assert word.text.startswith(words)


def test_mail_that_only_carries_another_shows_its_words(office, ana):
    inner = (
        b"From: Tom <tom@x.example>\r\nSubject: Lamp\r\nDate: Fri, 20 Nov 2026 10:00:00 +0800\r\n"
    )
    inner += b"Content-Type: text/html\r\n\r\n<p>The <b>ballast</b> is gone.</p>"
    result = take(office, bundle([b"Content-Type: message/rfc822\r\n\r\n" + inner]))
    word = Interaction.objects.get(pk=result.interaction)
    assert "From: Tom <tom@x.example>" in word.text_folded
    assert word.text_folded.endswith("The ballast is gone.")
    assert "Lamp.eml" in shown(ana, result)


def test_files_of_winmail_are_on_the_page(office, ana):
    data = stream(file("计划.docx", b"plan"), file("b.txt", b"two"))
    page = shown(ana, take(office, bundle([PLAIN, entity("application/ms-tnef", data)])))
    assert "计划.docx" in page
    assert "winmail.dat" not in page


@pytest.mark.parametrize(
    "named",
    [
        "filename*=utf-8''%E5%8F%91%E7%A5%A8.pdf",
        "filename*0*=utf-8''%E5%8F%91; filename*1*=%E7%A5%A8; filename*2=.pdf",
        "filename*=gb2312''%B7%A2%C6%B1.pdf",
        'filename="=?gb2312?B?t6LGsQ==?=.pdf"',
    ],
)
def test_name_in_any_form_is_on_the_page(office, ana, named):
    disposition = f"Content-Disposition: attachment; {named}"
    page = shown(
        ana, take(office, bundle([PLAIN, entity("application/pdf", b"%PDF-1", disposition)]))
    )
    assert "发票.pdf" in page


def test_files_beyond_the_bound_are_told(office, ana):
    file = b"Content-Type: text/plain; name=f.txt\r\n\r\nx"
    page = shown(ana, take(office, bundle([PLAIN, *[file] * 520])))
    told = "22 further files came with a message: they stand only in the mail as it arrived"
    assert told in page
