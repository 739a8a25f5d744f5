"""The portal's own mail to its people: by the default mail account, through the same outbox."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from apps.accounts import system_mail
from apps.channels import nudges, tokens
from apps.channels.models import Account, Delivery, SystemMail
from apps.channels.models.delivery import PATIENCE

CHANNEL = "email"


@transaction.atomic
def queue_system_mail(mail: system_mail.Message) -> None:
    """Put a mail without a case into the outbox, inside the caller's transaction.

    It leaves by the default mail account, and in the same way on every attempt; raises
    ``system_mail.NoWay`` where there is none.
    """
    account = Account.objects.enabled().filter(channel=CHANNEL, is_default=True).first()
    if account is None:
        raise system_mail.NoWay
    now = timezone.now()
    delivery = Delivery.objects.create(
        account=account,
        message_id=tokens.new_message_id(account.address.rpartition("@")[2]),
        automatic=True,
        created_at=now,
        next_attempt_at=now,
        expires_at=now + PATIENCE,
    )
    SystemMail.objects.create(
        delivery=delivery,
        address=mail.address,
        name=mail.name,
        subject=mail.subject,
        text=mail.text,
    )
    nudges.after_commit_deliver(delivery.pk)
