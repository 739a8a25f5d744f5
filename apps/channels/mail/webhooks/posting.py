"""From a request to raw mails: genuine, understood, and noted in the account's health."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.http import HttpRequest

from apps.channels.doors import NotGenuine
from apps.channels.driver import AccountView, BadSetting, Unreadable
from apps.channels.mail.envelope import with_envelope
from apps.channels.mail.mailbox.ledger import Ledger
from apps.channels.mail.webhooks.services import SERVICES, Service
from apps.channels.mail.webhooks.settings import KEYS, Hook, is_webhook, read
from apps.common.sentences import gettext as _

logger = logging.getLogger(__name__)

LARGEST_POST = 48 << 20


def read_post(account: AccountView, request: HttpRequest) -> Sequence[bytes]:
    """Take out the mails that the account's service posts; none where it only tries us.

    Raises NotGenuine, or Unreadable for what is genuine and cannot be understood, which
    then stands in the mailbox's health.
    """
    hook = _hook_of(account)
    service = SERVICES[hook.service]
    _read_body(request)
    view = _view(service, hook, request)
    try:
        view.run_validators(request)
    except Exception as error:  # what is no proof at all breaks the check itself
        logger.warning("%s: refused a post (%s)", account.name, type(error).__name__)
        raise NotGenuine from error
    ledger = Ledger(account.id)
    ledger.prepare()
    try:
        posts = [post for post in service.read(view, request) if post.raw]
    except Exception as error:
        logger.exception("%s: a post of %s was not understood", account.name, hook.service)
        why = getattr(error, "reason", type(error).__name__)
        reason = _(
            "What %(service)s posts is not understood (%(error)s). Let it post received mails in"
            " raw MIME."
        ) % {"service": hook.service, "error": why}
        ledger.complain(reason)
        raise Unreadable(reason) from error
    ledger.succeeded()
    return [with_envelope(post.raw, post.sender, post.recipients) for post in posts]


def _read_body(request: HttpRequest) -> None:
    """Keep the whole body, so that a form can be read twice. Raises NotGenuine.

    Django's own limit is for what people send; a mail of 25 MiB in Base64 is larger.
    """
    body = request.read(LARGEST_POST + 1)
    if len(body) > LARGEST_POST:
        logger.warning("refused a post of more than %d MiB", LARGEST_POST >> 20)
        raise NotGenuine
    request._body = body  # noqa: SLF001 - as its ``body`` does


def _hook_of(account: AccountView) -> Hook:
    if not is_webhook(account.incoming):
        raise NotGenuine
    try:
        return read(account.incoming)
    except BadSetting as error:
        raise NotGenuine from error


def _view(service: Service, hook: Hook, request: HttpRequest) -> Any:
    """django-anymail's view with the account's own secrets."""
    secrets: dict[str, Any] = {"webhook_secret": [hook.basic] if hook.basic else []}
    if name := KEYS[hook.service]:
        secrets[name] = hook.key
    if hook.service == "mandrill":
        secrets["webhook_url"] = _public_url(hook, request)
    return service.view(**secrets)


def _public_url(hook: Hook, request: HttpRequest) -> str:
    """Our address as Mandrill was given it and signs it, whatever stands in front of us."""
    base = urlsplit(settings.BASE_URL)
    user, _colon, password = hook.basic.partition(":")
    login = f"{quote(user)}:{quote(password)}@" if hook.basic else ""
    return f"{base.scheme}://{login}{base.netloc}{request.path}"
