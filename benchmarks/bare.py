"""The bare limits that figures are told in.

B is a minimal Django view with session: who is logged in, one query, 50 rows in a template.
L is "parse with the standard library and one INSERT in its own transaction", one process.
"""

from __future__ import annotations

import email
import time
from collections.abc import Sequence
from email import policy

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.test import Client

from apps.accounts.models import User
from apps.cases.models import Case

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
PAGE = Engine().from_string(
    "<!doctype html><title>Cases</title><p>{{ user.username }}</p><table>{% for case in cases %}"
    "<tr><td>{{ case.pk }}<td>{{ case.subject }}<td>{{ case.status }}<td>{{ case.snippet }}"
    "<td>{{ case.last_activity_at }}</tr>{% endfor %}</table>"
)


def fifty_rows(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return HttpResponse(status=403)
    cases = list(Case.objects.order_by("-pk")[:50])
    return HttpResponse(PAGE.render(Context({"cases": cases, "user": request.user})))


def client(user: User, *, bare: bool) -> Client:
    """A logged-in client: through all of our middleware, or through the minimum alone."""
    made = Client(SERVER_NAME="localhost")
    made.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    ours = settings.MIDDLEWARE
    settings.MIDDLEWARE = MIDDLEWARE if bare else ours
    try:
        made.handler.load_middleware()
    finally:
        settings.MIDDLEWARE = ours
    return made


def intake_rate(raws: Sequence[bytes]) -> float:
    """L: mails a second."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS bare_mail"
            " (id text, sender text, subject text, at text, body text)"
        )
    began = time.perf_counter()
    for raw in raws:
        _parse_and_insert(raw)
    return len(raws) / (time.perf_counter() - began)


def _parse_and_insert(raw: bytes) -> None:
    mail = email.message_from_bytes(raw, policy=policy.default)
    part = mail.get_body(("plain", "html"))
    values = [str(mail[name] or "") for name in ("Message-ID", "From", "Subject", "Date")]
    values.append(part.get_content() if part else "")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO bare_mail VALUES (%s, %s, %s, %s, %s)", values)
