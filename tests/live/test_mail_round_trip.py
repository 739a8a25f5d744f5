"""Real servers all the way: Postfix, Dovecot, PostgreSQL, Redis, Chromium, and the portal.

Zhang writes by SMTP; the mail is in the inbox within two seconds; Ana answers in the browser;
the answer lies in Zhang's own mailbox and what Zhang answers joins. A bounce of a mail to
nobody is attached to the message that failed.
"""

from __future__ import annotations

import email
import email.policy
import json
import statistics
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from tests.live.people import log_in, make_ana
from tests.services import Absent, skip_or_fail, wait_until
from tests.services.dovecot import Dovecot
from tests.services.portal import Portal, running_portal
from tests.services.postfix import Postfix, running_postfix

pytestmark = [
    pytest.mark.browser,
    pytest.mark.live,
    pytest.mark.postgres,
    pytest.mark.xdist_group("round trip"),
]

SERVICE, ZHANG, NOBODY = "service@test.local", "zhang@test.local", "nobody@test.local"
WITHIN_SECONDS = 2.0
WATCHED = """
from apps.channels.mail.models import MailboxState
print(MailboxState.objects.filter(last_success_at__isnull=False).count())
"""


def write(subject: str, text: str, *, sender: str = ZHANG, to: str = SERVICE, **headers) -> bytes:
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


@dataclass
class Office:
    """A portal whose account lies behind real mail servers."""

    portal: Portal
    dovecot: Dovecot
    postfix: Postfix
    token: str

    def send(self, raw: bytes, sender: str = ZHANG, to: str = SERVICE) -> None:
        self.postfix.send(raw, to, sender=sender)

    def ask(self, path: str):
        """What the API says."""
        request = urllib.request.Request(
            f"{self.portal.url}/api/v1/{path}", headers={"Authorization": f"Token {self.token}"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)["results"]

    def find(self, subject: str) -> list[str]:
        """The numbers of the cases of this subject."""
        return [case["number"] for case in self.ask("cases/") if case["subject"] == subject]

    def said_in(self, number: str) -> list[dict]:
        return list(self.ask(f"cases/{number}/interactions/"))

    def wait_for(self, subject: str) -> str:
        """Wait for a case and return its number."""
        wait_until(lambda: bool(self.find(subject)), f"the case {subject}", seconds=30)
        (number,) = self.find(subject)
        return number


@pytest.fixture(scope="module")
def postfix(dovecot: Dovecot) -> Iterator[Postfix]:
    try:
        with running_postfix(transport=f"lmtp:inet:127.0.0.1:{dovecot.lmtp}") as server:
            yield server
    except Absent as absent:
        skip_or_fail(absent)


@pytest.fixture(scope="module")
def office(
    tmp_path_factory: pytest.TempPathFactory,
    dovecot: Dovecot,
    postfix: Postfix,
    postgres_url: str,
    redis_url: str,
) -> Iterator[Office]:
    for user in ("service", "zhang"):
        dovecot.empty(user)
    variables = {
        "DATABASE_URL": postgres_url,
        "CELERY_BROKER_URL": redis_url,
        "CACHE_URL": redis_url.replace("redis://", "rediscache://").replace("/0", "/1"),
    }
    with running_portal(tmp_path_factory.mktemp("office") / "var", variables) as portal:
        assert portal.manage("flush", "--no-input").returncode == 0
        make_ana(portal)
        made = portal.manage(
            "account", "mail", "support", f"address={SERVICE}", f"incoming={dovecot.url()}",
            f"outgoing={postfix.url}", "team=Lamps", "default=1",
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        token = portal.manage("apitoken", "ana").stdout.decode().strip()
        wait_until(
            lambda: portal.manage("shell", "-v0", "-c", WATCHED).stdout.strip() == b"1",
            "the first look into the mailbox",
            seconds=60,
        )
        yield Office(portal, dovecot, postfix, token)


def in_inbox_after(office: Office, number: int) -> float:
    """Seconds from the moment Postfix has a mail to the moment Ana's inbox has its case."""
    subject = f"Bell {number}"
    office.send(write(subject, "铃铛不见了。", Message_ID=f"<bell-{number}@test.local>"))
    began = time.monotonic()
    office.wait_for(subject)
    return time.monotonic() - began


def test_mail_goes_round_through_real_servers(office, page):
    seconds = [in_inbox_after(office, number) for number in range(3)]
    assert statistics.median(seconds) <= WITHIN_SECONDS, seconds
    number = office.wait_for("Bell 0")

    log_in(page, office.portal)
    page.goto(f"{office.portal.url}/desk/inbox/?tab=unassigned")
    page.get_by_role("link", name="Bell 0").click()
    expect(page.locator(".thread")).to_contain_text("铃铛不见了")
    page.get_by_role("textbox", name="Answer to the customer").fill("A new bell is on its way.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".thread")).to_contain_text("A new bell is on its way")

    box = office.dovecot.mails
    wait_until(lambda: len(box("zhang")) == 1, "the answer in the mailbox", seconds=40)
    answer = email.message_from_bytes(box("zhang")[0], policy=email.policy.default)
    assert answer["References"] == answer["In-Reply-To"] == "<bell-0@test.local>"
    assert f"[{number}" in answer["Subject"]
    assert "A new bell is on its way" in answer.get_body(("plain",)).get_content()

    reply_to = answer["Reply-To"].addresses[0].addr_spec
    assert reply_to.startswith("service+")
    thanks = write(
        "Re: something else", "Thanks!", to=reply_to, Message_ID="<thanks@test.local>",
        In_Reply_To=answer["Message-ID"],
    )  # fmt: skip
    office.send(thanks, to=reply_to)
    wait_until(lambda: len(office.said_in(number)) == 3, "the answer that joins", seconds=30)
    assert office.said_in(number)[-1]["text"].strip() == "Thanks!"
    page.reload()
    expect(page.locator(".thread")).to_contain_text("Thanks!")
    assert [len(office.find(f"Bell {n}")) for n in range(3)] == [1, 1, 1]


def test_bounce_is_attached_to_the_message_that_failed(office, page):
    office.send(write("Nobody asks", "Hello?", sender=NOBODY), sender=NOBODY)
    number = office.wait_for("Nobody asks")
    log_in(page, office.portal)
    page.goto(f"{office.portal.url}/desk/cases/{number}/")
    page.get_by_role("textbox", name="Answer to the customer").fill("Who are you?")
    page.get_by_role("button", name="Send").click()

    def state() -> str:
        return office.said_in(number)[1]["delivery"]["state"]

    wait_until(lambda: len(office.said_in(number)) == 2, "the answer", seconds=30)
    wait_until(lambda: state() == "bounced", "the bounce", seconds=40)
    assert "5.1.1" in office.said_in(number)[1]["delivery"]["detail"]
    assert not [case for case in office.ask("cases/") if "Undelivered" in case["subject"]]
    page.goto(f"{office.portal.url}/desk/attention/")
    expect(page.locator("main")).to_contain_text(number)
