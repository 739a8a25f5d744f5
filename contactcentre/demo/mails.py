"""Customers' mails as a server would hand them over."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from html import escape

from contactcentre.demo.files import attachment
from contactcentre.demo.script import Step

MACHINE_HEADERS = {
    "list": {"List-Id": "<weekly.cargobikeweekly.example>", "Precedence": "list"},
    "auto-generated": {"Auto-Submitted": "auto-generated"},
}


def compose(
    step: Step, *, sender: tuple[str, str], to: str, subject: str, at: datetime, answers: str = ""
) -> bytes:
    """One mail, bytes and all; ``answers`` is the Message-ID that it replies to."""
    name, address = sender
    mail = EmailMessage(policy=SMTP)
    mail["From"] = formataddr((name, address))
    mail["To"] = to
    if step.cc:
        mail["Cc"] = ", ".join(step.cc)
    mail["Subject"] = subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{at:%Y%m%d.%H%M%S}.{address}>"
    if answers:
        mail["In-Reply-To"] = mail["References"] = f"<{answers}>"
    for header, value in MACHINE_HEADERS.get(step.machine, {}).items():
        mail[header] = value
    mail.set_content(step.text + "\n")
    if step.html:
        mail.add_alternative(_as_html(step.text), subtype="html")
    for file in step.attach:
        content_type, body = attachment(file)
        main, sub = content_type.split("/")
        mail.add_attachment(body, maintype=main, subtype=sub, filename=file)
    return mail.as_bytes()


def unreadable(at: datetime) -> bytes:
    """Something on the mail port that names no sender."""
    headers = f"Date: {format_datetime(at)}\r\nSubject: scan 0017\r\n"
    return f"{headers}\r\n\x01\x02 scan 0017\r\n".encode()


def _as_html(text: str) -> str:
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n"))
    return (
        '<html><body style="font-family: Georgia, serif; color: #3b2f25">'
        '<table cellpadding="8"><tr><td style="background-color: #f3e3c3">'
        '<img src="https://images.tallis-bakery.example/loaf.png" alt="Tallis Bakery" width="64">'
        f"</td><td>{paragraphs}</td></tr></table></body></html>"
    )
