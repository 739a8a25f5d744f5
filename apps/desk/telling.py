"""What a toast says of something that leaves, and how it takes it back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.cases.models import Interaction
from apps.channels.enums import DeliveryState
from apps.channels.models import Delivery
from apps.desk.sending import undeliverable


def tell(
    request: HttpRequest, made: Interaction | None, said: str, *, to: Iterable[str] = ()
) -> None:
    """Say what was done, with the way to undo it, and to which addresses it may not come."""
    messages.success(request, said, extra_tags=_undo_tag(made))
    if bad := undeliverable(to):
        warning = _("%(addresses)s returned our last mail: it may not arrive.")
        messages.warning(request, warning % {"addresses": ", ".join(bad)})


def when_it_leaves(later: datetime | None = None) -> str:
    if later is None:
        return _("Goes out in ten seconds.")
    at = date_format(timezone.localtime(later), "Y-m-d H:i")
    return _("Goes out at %(time)s.") % {"time": at}


def _undo_tag(made: Interaction | None) -> str:
    """What tells the toast which delivery it can take back."""
    delivery = Delivery.objects.filter(interaction=made).first() if made else None
    held = delivery and delivery.state == DeliveryState.HELD
    return f"undo-{delivery.pk}" if delivery and held else ""
