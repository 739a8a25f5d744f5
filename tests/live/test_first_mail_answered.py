"""The main job end to end: a mail comes in, is answered in the browser, leaves by real SMTP.

The portal runs as its own processes, the browser is Chromium, the mail server is real.
"""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.live.people import log_in, make_ana
from tests.services import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.live]

ZOE = "Zoe Rider <zoe@rider.example>"
QUESTION = """\
From: Zoe Rider <zoe@rider.example>
To: support@lamps.example
Subject: The bell is gone
Message-ID: <first@rider.example>
Date: Sat, 21 Nov 2026 10:00:00 +0800

My bell is gone since yesterday. 铃铛不见了。
"""


def mail(subject, body, sender=ZOE, to="support@lamps.example", **headers):
    lines = [f"From: {sender}", f"To: {to}", f"Subject: {subject}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\n".join(lines) + f"\n\n{body}\n").encode()


def receive(portal, *raws):
    """Hand mails to intake as a mail server would; what it says of each, in order."""
    files = [portal.folder / f"mail-{number}.eml" for number, _raw in enumerate(raws)]
    for file, raw in zip(files, raws, strict=True):
        file.write_bytes(raw)
    done = portal.manage("receive", "mail", "--account", "support", *map(str, files))
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def settled(portal, smtp_relay):
    """A portal with a team, an agent and a mail account whose server is real."""
    make_ana(portal)
    made = portal.manage(
        "account", "mail", "support", "address=support@lamps.example",
        f"outgoing={smtp_relay.url}", "team=Lamps", "default=1",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return portal


def test_mail_is_answered_in_the_browser_and_arrives(settled, smtp_relay, page):
    (first,) = receive(settled, QUESTION.encode())
    assert (first["state"], first["duplicate"]) == ("accepted", False)

    log_in(page, settled)
    page.goto(f"{settled.url}/desk/inbox/?tab=unassigned")
    page.get_by_role("link", name="The bell is gone").click()
    expect(page.locator(".thread")).to_contain_text("铃铛不见了")
    composer = page.get_by_role("textbox", name="Answer to the customer")
    composer.fill("Dear Zoe, a new bell is on its way.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".thread")).to_contain_text("a new bell is on its way")

    wait_until(lambda: bool(smtp_relay.to("zoe@rider.example")), "the answer's arrival", seconds=30)
    (arrived,) = smtp_relay.to("zoe@rider.example")
    answer = arrived.message
    assert answer["In-Reply-To"] == "<first@rider.example>"
    assert answer["References"] == "<first@rider.example>"
    assert answer["Subject"].startswith("Re: The bell is gone [CC-")
    assert "support@lamps.example" in answer["From"]
    assert answer["Reply-To"].startswith("support+cc")
    assert "a new bell is on its way" in answer.get_body().get_content()
    page.reload()
    expect(page.locator(".thread")).to_contain_text("Sent")

    own_id = answer["Message-ID"]
    thanks = mail(
        "Re: whatever", "Thanks!", Message_ID="<second@rider.example>", In_Reply_To=own_id
    )
    joined, repeated, stranger, subject_only, plus = receive(
        settled,
        thanks,
        thanks,
        mail("Re: The bell is gone", "Me too", "Eve <eve@other.example>", In_Reply_To=own_id),
        mail("The bell is gone", "Same words", Message_ID="<3@rider.example>"),
        mail("New words", "By address", to=answer["Reply-To"], Message_ID="<4@rider.example>"),
    )
    assert (joined["case"], joined["duplicate"]) == (first["case"], False)
    assert repeated == joined | {"duplicate": True}
    assert len({stranger["case"], subject_only["case"], first["case"]}) == 3
    assert plus["case"] == first["case"]

    page.reload()
    expect(page.locator(".thread")).to_contain_text("Thanks!")
    expect(page.locator(".thread")).not_to_contain_text("Me too")
    assert len(smtp_relay.to("zoe@rider.example")) == 1
    assert not smtp_relay.to("eve@other.example")
