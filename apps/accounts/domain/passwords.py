"""Forgotten passwords: asking is the same for every address, and the worker does the rest."""

from __future__ import annotations

import logging
from datetime import timedelta

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.accounts import links, system_mail
from apps.accounts.models import PasswordRequest, User

logger = logging.getLogger(__name__)

FORGET_AFTER = timedelta(hours=1)
MAX_REQUESTS = 50


def ask_for_password(*, email: str, language: str = "") -> None:
    """Note that an address asks for a new password, whether or not it is anybody's."""
    PasswordRequest.objects.create(email=email, language=language)


def answer_password_requests() -> int:
    """Send a link to everybody who asked and has an account; returns how many mails.

    Any number of workers may do so at once: whoever deletes a request answers it. While no
    mail can leave, requests wait for an hour.
    """
    PasswordRequest.objects.filter(asked_at__lt=timezone.now() - FORGET_AFTER).delete()
    sent = 0
    for request in PasswordRequest.objects.order_by("pk")[:MAX_REQUESTS]:
        try:
            sent += _answer(request)
        except system_mail.NoWay as error:
            logger.warning("password links wait: %s", error)
            break
    return sent


@transaction.atomic
def _answer(request: PasswordRequest) -> int:
    claimed, _rows = PasswordRequest.objects.filter(pk=request.pk).delete()
    if not claimed:
        return 0
    people = User.objects.filter(email__iexact=request.email, is_active=True)
    found = [user for user in people if user.has_usable_password()]
    for user in found:
        with translation.override(user.language or request.language or settings.LANGUAGE_CODE):
            system_mail.send(_compose(user))
    return len(found)


def _compose(user: User) -> system_mail.Message:
    link = links.absolute(
        "account_reset_password_from_key",
        uidb36=user_pk_to_url_str(user),
        key=default_token_generator.make_token(user),
    )
    hours = settings.PASSWORD_RESET_TIMEOUT // 3600
    text = "\n\n".join(
        [
            _("Hello %(name)s,") % {"name": user.name},
            _("somebody asked for a new password for your log-in “%(login)s”. Choose it here:")
            % {"login": user.username},
            link,
            _("The link works once, for %(hours)d hours.") % {"hours": hours},
            _("If that was not you, do nothing: your password stays as it is."),
        ]
    )
    subject = _("Choose a new password")
    return system_mail.Message(user.email, user.name, subject, f"{text}\n")
