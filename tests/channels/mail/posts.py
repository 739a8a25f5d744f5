"""What mail services post, each in the form that its documentation shows, made by ourselves."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

URL = "/hooks/mail/support/mime"
BASIC = "hooks:long-enough"
KEY = "signing-key"
TO = "support@test.local"
# The body is in GBK and says so: re-encoding it would spoil it.
RAW = (
    b"From: Cleo <cleo@example.org>\r\nTo: support@test.local\r\nSubject: The bell\r\n"
    b"Message-ID: <m1@example.org>\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=gbk\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    + "铃铛坏了。\r\n".encode("gbk")
)
ASCII = RAW.split(b"MIME-Version")[0] + b"\r\nIt is broken.\r\n"
POSTAL_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
POSTAL_PUBLIC = base64.b64encode(
    POSTAL_KEY.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
).decode()
SECRETS = {
    "amazon-ses": f"{BASIC}@",
    "mailersend": f"?key={KEY}",
    "mailgun": f"?key={KEY}",
    "mailjet": f"{BASIC}@",
    "mandrill": f"{BASIC}@?key={KEY}",
    "postal": f"?key={quote(POSTAL_PUBLIC, safe='')}",
    "postmark": f"{BASIC}@",
    "sendgrid": f"{BASIC}@",
    "sparkpost": f"{BASIC}@",
}


def basic(words=BASIC):
    return {"Authorization": "Basic " + base64.b64encode(words.encode()).decode()}


def as_json(client, body, headers=None, content_type="application/json"):
    return client.post(URL, json.dumps(body), content_type=content_type, headers=headers)


def as_form(client, fields, headers=None):
    """A form in parts, each field byte for byte."""
    parts = []
    for name, value in fields.items():
        head = f'Content-Disposition: form-data; name="{name}"'
        if isinstance(value, tuple):
            head += f'; filename="{value[0]}"\r\nContent-Type: application/octet-stream'
        content = value[1] if isinstance(value, tuple) else value
        content = content if isinstance(content, bytes) else str(content).encode()
        parts.append(b"--edge\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n")
    body = b"".join(parts) + b"--edge--\r\n"
    return client.post(
        URL, body, content_type="multipart/form-data; boundary=edge", headers=headers
    )


def post_mailgun(client, raw, *, forged=False, **more):
    stamp, token = str(int(time.time())), "token-1"
    key = "guessed" if forged else KEY
    signature = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    form = {
        "recipient": TO,
        "sender": "cleo@example.org",
        "from": "Cleo <cleo@example.org>",
        "subject": "The bell",
        "timestamp": stamp,
        "token": token,
        "signature": signature,
        **({"body-mime": raw} if raw is not None else {}),
        **more,
    }
    return as_form(client, form)


def post_sendgrid(client, raw, *, forged=False, **more):
    envelope = {"to": [TO], "from": "cleo@example.org"}
    form = {"to": TO, "dkim": "{@example.org : pass}", "envelope": json.dumps(envelope), **more}
    if raw is not None:
        form["email"] = raw
    return as_form(client, form, basic("hooks:guessed") if forged else basic())


def post_postmark(client, raw, *, forged=False, **more):
    event = {
        "FromName": "Cleo",
        "From": "cleo@example.org",
        "FromFull": {"Email": "cleo@example.org", "Name": "Cleo", "MailboxHash": ""},
        "To": TO,
        "ToFull": [{"Email": TO, "Name": "", "MailboxHash": ""}],
        "CcFull": [],
        "BccFull": [],
        "OriginalRecipient": TO,
        "Subject": "The bell",
        "MessageID": "22c74902-a0c1-4511-804f2-341342852c90",
        "Date": "Fri, 20 Nov 2026 10:00:00 +0800",
        "TextBody": "It is broken.",
        "HtmlBody": "",
        "Headers": [{"Name": "Return-Path", "Value": "<cleo@example.org>"}],
        "Attachments": [],
        **({"RawEmail": raw.decode()} if raw is not None else {}),
        **more,
    }
    return as_json(client, event, basic("hooks:guessed") if forged else basic())


def post_amazon_ses(client, raw, *, forged=False, **more):
    event = {
        "notificationType": "Received",
        "mail": {"source": "cleo@example.org", "messageId": "d6iitobk", "destination": [TO]},
        "receipt": {
            "recipients": [TO],
            "spamVerdict": {"status": "PASS"},
            "action": {"type": "SNS", "topicArn": "arn:aws:sns:eu:1:t", "encoding": "BASE64"},
        },
        "content": base64.b64encode(raw).decode(),
    }
    notice = {
        "Type": "Notification",
        "MessageId": "n1",
        "TopicArn": "arn:aws:sns:us-east-1:1234567890:SES_Events",
        "Message": json.dumps(event),
        **more,
    }
    headers = {
        "X-Amz-Sns-Message-Type": notice["Type"],
        "X-Amz-Sns-Message-Id": "n1",
        **(basic("hooks:guessed") if forged else basic()),
    }
    return as_json(client, notice, headers, "text/plain; charset=UTF-8")


def post_mandrill(client, raw, *, forged=False, events=None):
    event = {
        "event": "inbound",
        "ts": 1_795_000_000,
        "msg": {"raw_msg": raw.decode(), "email": TO, "from_email": "cleo@example.org"},
    }
    body = json.dumps([event] if events is None else [*events, event])
    url = f"http://{BASIC}@localhost:8000{URL}"
    key = "guessed" if forged else KEY
    signature = hmac.new(key.encode(), f"{url}mandrill_events{body}".encode(), hashlib.sha1)
    signed = {"X-Mandrill-Signature": base64.b64encode(signature.digest()).decode()}
    form = f"mandrill_events={quote(body)}"
    kind = "application/x-www-form-urlencoded"
    return client.post(URL, form, content_type=kind, headers=basic() | signed)


def post_sparkpost(client, raw, *, forged=False, events=()):
    relayed = {
        "content": {
            "email_rfc822": base64.b64encode(raw).decode(),
            "email_rfc822_is_base64": True,
        },
        "msg_from": "cleo@example.org",
        "rcpt_to": TO,
        "protocol": "smtp",
        "webhook_id": "4839201967643219",
    }
    body = [*events, {"msys": {"relay_message": relayed}}, {"msys": {}}]
    return as_json(client, body, basic("hooks:guessed") if forged else basic())


def post_postal(client, raw, *, forged=False):
    event = {
        "id": 12345,
        "rcpt_to": TO,
        "mail_from": "cleo@example.org",
        "message": base64.b64encode(raw).decode(),
        "base64": True,
        "size": len(raw),
    }
    body = json.dumps(event).encode()
    signed = POSTAL_KEY.sign(b"another body" if forged else body, padding.PKCS1v15(), hashes.SHA1())
    headers = {"X-Postal-Signature": base64.b64encode(signed).decode()}
    return client.post(URL, body, content_type="application/json", headers=headers)


def post_mailersend(client, raw, *, forged=False):
    data = {
        "object": "message",
        "id": "ir-1",
        "recipients": {"rcptTo": [{"email": TO}], "to": {"raw": TO}},
        "sender": {"email": "cleo@example.org"},
        "raw": raw.decode(),
        "created_at": "2026-11-20T10:00:00.000000Z",
    }
    event = {"type": "inbound.message", "inbound_id": "i1", "data": data}
    body = json.dumps(event).encode()
    key = b"guessed" if forged else KEY.encode()
    headers = {"Signature": hmac.new(key, body, hashlib.sha256).hexdigest()}
    return client.post(URL, body, content_type="application/json", headers=headers)


def post_mailjet(client, _raw, *, forged=False):
    event = {
        "Sender": "cleo@example.org",
        "Recipient": TO,
        "Date": "20261120T100000",
        "From": "Cleo <cleo@example.org>",
        "Subject": "The bell",
        "Headers": {
            "From": "Cleo <cleo@example.org>",
            "To": TO,
            "Subject": "The bell",
            "Message-ID": "<m1@example.org>",
            "Received": ["by one", "by two"],
        },
        "Parts": [
            {
                "Headers": {"Content-Type": "text/plain; charset=utf-8"},
                "ContentRef": "Text-part",
            },
            {
                "Headers": {
                    "Content-Type": 'image/png; name="bell.png"',
                    "Content-Disposition": 'attachment; filename="bell.png"',
                },
                "ContentRef": "Attachment1",
            },
        ],
        "Text-part": "铃铛坏了。",
        "Attachment1": base64.b64encode(b"\x89PNG bell").decode(),
        "SpamAssassinScore": "0.1",
    }
    return as_json(client, event, basic("hooks:guessed") if forged else basic())


POSTS: dict[str, Callable[..., Any]] = {
    "amazon-ses": post_amazon_ses,
    "mailersend": post_mailersend,
    "mailgun": post_mailgun,
    "mailjet": post_mailjet,
    "mandrill": post_mandrill,
    "postal": post_postal,
    "postmark": post_postmark,
    "sendgrid": post_sendgrid,
    "sparkpost": post_sparkpost,
}
BYTES = ("amazon-ses", "mailgun", "postal", "sendgrid", "sparkpost")
TEXT = ("mailersend", "mandrill", "postmark")  # a JSON string: what is not ASCII is gone already
