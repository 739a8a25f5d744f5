"""Mails as customers send them, some of them answers, in a random order of arrival."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage, Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr
from html import escape
from random import Random

from contactcentre.simulate.texts import Writer

REPLIES = 0.3
CUSTOMERS = 200
START = datetime(2026, 11, 1, 8, tzinfo=UTC)


class Mailbag:
    """``mails`` are (thread, bytes) in order of arrival; a thread is one matter."""

    def __init__(self, number: int, seed: int = 1) -> None:
        self._rnd = Random(seed)
        self._writers = [Writer(language, self._rnd) for language in ("en", "zh-hans")]
        self._people = [self._person(n) for n in range(CUSTOMERS)]
        threads: list[list[str]] = []
        owners: list[int] = []
        self.mails: list[tuple[int, bytes]] = []
        for n in range(number):
            if threads and self._rnd.random() < REPLIES:
                thread = self._rnd.randrange(len(threads))
            else:
                thread = len(threads)
                threads.append([])
                owners.append(self._rnd.randrange(CUSTOMERS))
            self.mails.append((thread, self._mail(n, owners[thread], threads[thread])))
        self._rnd.shuffle(self.mails)

    def _person(self, number: int) -> tuple[Writer, str, str]:
        writer = self._writers[number % 2]
        return writer, writer.name(), f"person{number}@mailers.example"

    def _mail(self, number: int, owner: int, before: list[str]) -> bytes:
        writer, name, address = self._people[owner]
        own = f"{number}.{self._rnd.getrandbits(64):x}@mailers.example"
        mail = self._body(writer, writer.word_of_customer(), number)
        mail["From"] = formataddr((name, address), "utf-8")
        mail["To"] = "Support <support@kestrel-cycles.example>"
        mail["Subject"] = f"Re: {writer.subject()}" if before else writer.subject()
        mail["Date"] = format_datetime(START + timedelta(minutes=number))
        mail["Message-ID"] = f"<{own}>"
        if before:
            mail["In-Reply-To"] = f"<{before[-1]}>"
            mail["References"] = " ".join(f"<{one}>" for one in before[-10:])
        _trace(mail, number)
        before.append(own)
        return mail.as_bytes()

    def _body(self, writer: Writer, text: str, number: int) -> Message:
        kind = self._rnd.random()
        if kind < 0.35:
            charset = "gb18030" if writer.language == "zh-hans" and kind < 0.15 else "utf-8"
            return MIMEText(text, "plain", charset)
        if kind < 0.9:
            both = MIMEMultipart("alternative")
            both.attach(MIMEText(text, "plain", "utf-8"))
            both.attach(MIMEText(_html(text), "html", "utf-8"))
            return both
        mail = EmailMessage()
        mail.set_content(text)
        picture = self._rnd.randbytes(1500)
        mail.add_attachment(picture, maintype="image", subtype="jpeg", filename=f"{number}.jpg")
        return mail


def _html(text: str) -> str:
    lines = "".join(f'<p style="margin: 0 0 8px">{escape(line)}</p>' for line in text.split("\n"))
    return f"<html><head><style>p {{ color: #222 }}</style></head><body>{lines}</body></html>"


def _trace(mail: Message, number: int) -> None:
    """What servers on the way add."""
    for hop in range(3):
        mail["Received"] = (
            f"from mx{hop}.mailers.example (mx{hop}.mailers.example [192.0.2.{hop + 1}]) by"
            f" in{hop}.kestrel-cycles.example with ESMTPS id {number:08x}{hop};"
            " Sun, 01 Nov 2026 08:00:00 +0000"
        )
    mail["DKIM-Signature"] = "v=1; a=rsa-sha256; d=mailers.example; s=k1; b=" + "Zm9v" * 60
    mail["User-Agent"] = "Mailers/4.2"
