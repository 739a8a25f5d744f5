"""Mail about what somebody has not read: numbers, kinds and links, no word of anybody's."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from apps.accounts import links, system_mail
from apps.accounts.models import User
from apps.notifications.domain.wishes import next_mail
from apps.notifications.enums import Kind, Place, Rhythm
from apps.notifications.models import Notification, Wish

logger = logging.getLogger(__name__)

AT_ONCE = 200
MAX_CASES = 50
# Whoever is at the desk mostly reads it before that.
GRACE = timedelta(minutes=2)
LOOK_AGAIN = timedelta(minutes=1)
NO_WAY_PAUSE = timedelta(minutes=15)


def send_digests(*, at: datetime) -> int:
    """Write to everybody whose mail is due and who has something unread; returns how many.

    Any number of passes may run at once: whoever moves a person's next mail on writes it, in
    the same transaction, so a pass that dies has written nothing.
    """
    sent = 0
    for user_id, due in _due(at):
        try:
            sent += _send_one(user_id, due, at)
        except Exception:
            logger.exception("no digest for person %s", user_id)
    return sent


def _due(at: datetime) -> list[tuple[int, datetime]]:
    lines = Notification.objects.unread().unmailed().wanted(Place.MAIL)
    ripe = lines.filter(recipient=OuterRef("user_id"), since__lte=at - GRACE)
    wishes = Wish.objects.filter(next_mail_at__lte=at, user__is_active=True)
    wishes = wishes.filter(Q(mail=Rhythm.DAILY) | Exists(ripe)).order_by("next_mail_at")
    found = wishes.values_list("user_id", "next_mail_at")[:AT_ONCE]
    return [(user_id, due) for user_id, due in found if due is not None]


@transaction.atomic
def _send_one(user_id: int, due: datetime, at: datetime) -> int:
    wish = Wish.objects.select_related("user").get(user=user_id)
    user = wish.user
    following = next_mail(wish, user, at=at) if wish.mail != Rhythm.NEVER else None
    claim = Wish.objects.filter(user=user_id, next_mail_at=due)
    if not claim.update(next_mail_at=following):
        return 0  # another pass was quicker
    lines = list(
        Notification.objects.visible_to(user).unread().unmailed().wanted(Place.MAIL)
        .select_for_update(of=("self",)).select_related("case").order_by("case_id", "kind")
    )  # fmt: skip
    if not lines or not user.email:
        _look_again(wish, at + (LOOK_AGAIN if user.email else NO_WAY_PAUSE))
        return 0
    try:
        with translation.override(user.language or settings.LANGUAGE_CODE):
            system_mail.send(_compose(user, lines))
    except system_mail.NoWay as error:
        logger.warning("a digest waits: %s", error)
        Wish.objects.filter(user=user_id).update(next_mail_at=at + NO_WAY_PAUSE)
        return 0
    Notification.objects.filter(pk__in=[one.pk for one in lines]).update(mailed_at=F("at"))
    return 1


def _look_again(wish: Wish, soon: datetime) -> None:
    """Nothing was to be said: what comes next need not wait for the whole pause."""
    if wish.mail != Rhythm.DAILY:
        Wish.objects.filter(user=wish.user_id).update(next_mail_at=soon)


def _compose(user: User, lines: Sequence[Notification]) -> system_mail.Message:
    by_case: dict[str, list[Notification]] = defaultdict(list)
    for line in lines:
        by_case[line.case.number].append(line)
    parts = [
        _("Hello %(name)s,") % {"name": user.name},
        ngettext(
            "you have not read yet what happened in %(count)d case:",
            "you have not read yet what happened in %(count)d cases:",
            len(by_case),
        )
        % {"count": len(by_case)},
        *(_say(number, some) for number, some in list(by_case.items())[:MAX_CASES]),
    ]
    if (beyond := len(by_case) - MAX_CASES) > 0:
        more = ngettext("and %(count)d more case.", "and %(count)d more cases.", beyond)
        parts.append(more % {"count": beyond})
    parts += [
        _("All of it: %(link)s") % {"link": links.absolute("desk:notifications")},
        _("You asked for this mail. How often it comes, or that it ends, is set here: %(link)s")
        % {"link": f"{links.absolute('desk:profile')}#notifications"},
    ]
    subject = ngettext(
        "News in %(count)d case of yours", "News in %(count)d cases of yours", len(by_case)
    ) % {"count": len(by_case)}
    text = "\n\n".join(parts)
    return system_mail.Message(user.email, user.name, subject, f"{text}\n")


def _say(number: str, lines: Sequence[Notification]) -> str:
    kinds = pgettext("between the items of a list", ", ").join(map(_kind, lines))
    link = links.absolute("desk:case", number=number)
    return _("%(number)s: %(what)s") % {"number": number, "what": kinds} + f"\n{link}"


def _kind(line: Notification) -> str:
    label = str(Kind(line.kind).label)
    if line.count == 1:
        return label
    return _("%(kind)s (%(count)d)") % {"kind": label, "count": line.count}
