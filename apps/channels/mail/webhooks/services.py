"""What each service posts, as django-anymail knows it: proof, raw mails, envelopes.

django-anymail parses and re-decodes; here the mail is taken out byte for byte wherever the
service posts it whole. What comes in pieces (parsed fields) is put together by django-anymail.
"""

from __future__ import annotations

import hashlib
import json
import logging
import warnings
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from email import policy
from io import BytesIO
from typing import Any

from anymail.exceptions import AnymailNotSupportedWarning
from anymail.inbound import AnymailInboundMessage
from anymail.webhooks import (
    amazon_ses,
    mailersend,
    mailgun,
    mailjet,
    mandrill,
    postal,
    postmark,
    sendgrid,
    sparkpost,
)
from anymail.webhooks.base import AnymailCoreWebhookView
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParser

from apps.channels.driver import Unreadable
from apps.common.sentences import gettext as _

logger = logging.getLogger(__name__)

LARGEST_MAIL = 64 << 20
RECEIVED = "Received"


@dataclass(frozen=True, slots=True)
class Post:
    """One mail as it was posted; ``sender`` is None where the service does not say."""

    raw: bytes
    sender: str | None = None
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """``view`` is django-anymail's; ``read`` takes out what a genuine request holds."""

    view: type[AnymailCoreWebhookView]
    read: Callable[[Any, HttpRequest], Iterable[Post]]


def _rebuilt(view: Any, request: HttpRequest) -> Iterator[Post]:
    """Put mails together from parsed fields; the same fields give the same bytes again."""
    for event in view.parse_events(request):
        message = event.message
        _name_boundaries(message)
        to = message.envelope_recipient
        raw = message.as_bytes(policy=policy.SMTP)
        yield Post(raw, message.envelope_sender, (to,) if to else ())


def _name_boundaries(message: AnymailInboundMessage) -> None:
    """Boundaries that follow from the content, not from chance."""
    digest = hashlib.sha256(repr(message.items()).encode("utf-8", "replace"))
    parts = list(message.walk())
    for part in parts:
        if not part.is_multipart():
            digest.update(repr(part.items()).encode("utf-8", "replace"))
            content: Any = part.get_payload(decode=True)
            digest.update(content or b"")
    for number, part in enumerate(parts):
        if part.get_content_maintype() == "multipart":
            part.set_boundary(f"=_{digest.hexdigest()[:40]}_{number}")


def _form_bytes(request: HttpRequest, name: str) -> bytes | None:
    """A field byte for byte: read as Latin-1, in which every byte is a character."""
    if request.content_type == "multipart/form-data":
        kept_apart = [MemoryFileUploadHandler(request)]  # the request's own are used up
        whole = BytesIO(request.body)
        form, _files = MultiPartParser(request.META, whole, kept_apart, "latin-1").parse()
    else:
        form = QueryDict(request.body, encoding="latin-1")
    value = form.get(name)
    return None if value is None else str(value).encode("latin-1")


def _mailgun(view: Any, request: HttpRequest) -> Iterable[Post]:
    raw = _form_bytes(request, "body-mime")
    if raw is None:
        return _rebuilt(view, request)
    form = request.POST
    return [Post(raw, form.get("sender"), _some(form.get("recipient")))]


def _sendgrid(view: Any, request: HttpRequest) -> Iterable[Post]:
    raw = _form_bytes(request, "email")
    if raw is None or "headers" in request.POST:
        return _rebuilt(view, request)
    envelope = json.loads(request.POST.get("envelope") or "{}")
    return [Post(raw, envelope.get("from"), tuple(envelope.get("to", ())))]


def _postmark(view: Any, request: HttpRequest) -> Iterable[Post]:
    event = json.loads(request.body)
    if "RawEmail" not in event:
        return _rebuilt(view, request)
    first: dict[str, str] = next(iter(event.get("Headers", ())), {})
    known = str(first.get("Name", "")).lower() == "return-path"
    sender = str(first["Value"]).strip("<> ") if known else None
    return [Post(_encode(event["RawEmail"]), sender, _some(event.get("OriginalRecipient")))]


def _each(events: Iterable[Any], read: Callable[[Any], Post | None]) -> Iterator[Post]:
    """Read the mails of a batch; one that cannot be read must not stop its neighbours, so it
    is kept as it came and ends in quarantine.
    """
    for event in events:
        try:
            post = read(event)
        except Exception:
            logger.exception("a posted event was not understood")
            post = Post(json.dumps(event).encode())
        if post:
            yield post


def _mandrill(_view: Any, request: HttpRequest) -> Iterable[Post]:
    def read(event: Any) -> Post | None:
        if event["event"] != "inbound":
            return None
        message = event["msg"]
        return Post(_encode(message["raw_msg"]), None, _some(message.get("email")))

    return _each(json.loads(request.POST["mandrill_events"]), read)


def _sparkpost(_view: Any, request: HttpRequest) -> Iterable[Post]:
    def read(event: Any) -> Post | None:
        if not event["msys"]:  # the service tries whether we answer
            return None
        relayed = event["msys"]["relay_message"]
        content = relayed["content"]
        mail = content["email_rfc822"]
        raw = b64decode(mail) if content["email_rfc822_is_base64"] else _encode(mail)
        return Post(raw, relayed.get("msg_from"), _some(relayed.get("rcpt_to")))

    return _each(json.loads(request.body), read)


def _postal(_view: Any, request: HttpRequest) -> Iterable[Post]:
    event = json.loads(request.body)
    mail = event["message"]
    raw = b64decode(mail) if event.get("base64") is True else _encode(mail)
    return [Post(raw, event.get("mail_from"), _some(event.get("rcpt_to")))]


def _mailersend(_view: Any, request: HttpRequest) -> Iterable[Post]:
    data = json.loads(request.body)["data"]
    named = data.get("recipients", {}).get("rcptTo", ())
    to = tuple(one["email"] for one in named)
    return [Post(_encode(data["raw"]), data.get("sender", {}).get("email"), to)]


def _amazon_ses(view: Any, request: HttpRequest) -> Iterable[Post]:
    notice = json.loads(request.body)
    if notice["Type"] != "Notification":
        view.parse_events(request)  # confirms the subscription
        return []
    if not str(notice["Message"]).startswith("{"):  # says that the topic is set up
        return []
    event = json.loads(notice["Message"])
    if event.get("notificationType") != RECEIVED:
        raise Unreadable(_("Amazon SES posts notices of mails sent; post those received."))
    receipt = event["receipt"]
    action, source = receipt["action"], event["mail"].get("source")
    if action["type"] == "S3":
        raw = _bounded(view.fetch_s3_chunks(action["bucketName"], action["objectKey"]))
    elif action.get("encoding") == "BASE64":
        raw = b64decode(event["content"])
    else:
        raw = _encode(event["content"])
    sender = None if source is None else source.strip("<> ")
    return [Post(raw, sender, tuple(receipt.get("recipients", ())))]


def _bounded(chunks: Iterable[bytes]) -> bytes:
    whole = bytearray()
    for chunk in chunks:
        whole += chunk
        if len(whole) > LARGEST_MAIL:
            reason = _("Larger than %(size)d MiB.") % {"size": LARGEST_MAIL >> 20}
            raise Unreadable(reason)
    return bytes(whole)


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _some(address: str | None) -> tuple[str, ...]:
    return (address,) if address else ()


warnings.filterwarnings("ignore", category=AnymailNotSupportedWarning)  # of SendGrid
SERVICES = {
    "amazon-ses": Service(amazon_ses.AmazonSESInboundWebhookView, _amazon_ses),
    "mailersend": Service(mailersend.MailerSendInboundWebhookView, _mailersend),
    "mailgun": Service(mailgun.MailgunInboundWebhookView, _mailgun),
    "mailjet": Service(mailjet.MailjetInboundWebhookView, _rebuilt),
    "mandrill": Service(mandrill.MandrillCombinedWebhookView, _mandrill),
    "postal": Service(postal.PostalInboundWebhookView, _postal),
    "postmark": Service(postmark.PostmarkInboundWebhookView, _postmark),
    "sendgrid": Service(sendgrid.SendGridInboundWebhookView, _sendgrid),
    "sparkpost": Service(sparkpost.SparkPostInboundWebhookView, _sparkpost),
}
