"""What we remember of customers: noted, confirmed, retired."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.customers import signals, sources, wishes
from apps.customers.domain.standing import check_standing
from apps.customers.enums import PreferenceKind
from apps.customers.errors import NotYoursToKeep, PreferenceRetired
from apps.customers.models import Customer, Preference

if TYPE_CHECKING:
    from apps.accounts.models import User

# Of these a customer has one at a time: a new one ends the old one.
SINGLE = frozenset({PreferenceKind.CHANNEL, PreferenceKind.LANGUAGE, PreferenceKind.NO_VOICEMAIL})
MAX_TEXT, MAX_WHY, MAX_HELD = 500, 200, 100


@transaction.atomic
def note_preference(
    *,
    customer_id: int,
    actor: User,
    kind: str,
    value: str = "",
    text: str = "",
    source: int | None = None,
) -> Preference:
    """Remember something of a customer; what holds already in the same words is returned.

    ``source`` is the key of the interaction in which it was said. A channel, a language and
    "no voicemail" end the one before; a language becomes the customer's own, which automatic
    texts use.

    Raises NotYoursToKeep, CustomerMerged, or ValidationError with the field's name.
    """
    customer = _locked(customer_id, actor)
    checked = _check(kind, value, text)
    if source is not None and sources.customer_of(actor, source) != customer.pk:
        raise ValidationError({"source": _("This is no message of the customer's cases.")})
    held = list(customer.preferences.holding())
    for one in held:
        if (one.kind, one.value, one.text) == (kind, checked["value"], checked["text"]):
            return one
    if len(held) >= MAX_HELD:
        raise ValidationError(_("So much cannot be remembered. Retire what holds no longer."))
    if kind in SINGLE:
        _end([one.pk for one in held if one.kind == kind], actor)
    made = Preference.objects.create(
        customer=customer, kind=kind, source=source, noted_by=actor, **checked
    )
    if kind == PreferenceKind.LANGUAGE and customer.language != made.value:
        customer.language = made.value
        customer.save(update_fields=["language"])
    signals.preferences_changed.send(Customer, customer=customer)
    return made


@transaction.atomic
def confirm_preference(*, preference_id: int, actor: User) -> Preference:
    """Note that something still holds, as the customer said again.

    Raises NotYoursToKeep, CustomerMerged, PreferenceRetired or Preference.DoesNotExist.
    """
    preference = _locked_preference(preference_id, actor)
    preference.confirmed_by, preference.confirmed_at = actor, timezone.now()
    preference.save(update_fields=["confirmed_by", "confirmed_at"])
    signals.preferences_changed.send(Customer, customer=preference.customer)
    return preference


@transaction.atomic
def retire_preference(*, preference_id: int, actor: User, why: str = "") -> Preference:
    """Note that something holds no longer; it stays on record and acts no more.

    The customer's language stays as it is until another one is noted.
    Raises NotYoursToKeep, CustomerMerged, PreferenceRetired or Preference.DoesNotExist.
    """
    preference = _locked_preference(preference_id, actor)
    preference.retired_by, preference.retired_at = actor, timezone.now()
    preference.why_retired = why.strip()[:MAX_WHY]
    preference.save(update_fields=["retired_by", "retired_at", "why_retired"])
    signals.preferences_changed.send(Customer, customer=preference.customer)
    return preference


@transaction.atomic
def set_preferences(
    *, customer_id: int, actor: User, wanted: Collection[dict[str, Any]]
) -> Customer:
    """Make these all that we remember of a customer; the rest is retired.

    Each gives what ``note_preference`` takes, and raises what that raises.
    """
    customer = _locked(customer_id, actor)
    kept = [note_preference(customer_id=customer_id, actor=actor, **one).pk for one in wanted]
    others = customer.preferences.holding().exclude(pk__in=kept)
    _end(list(others.values_list("pk", flat=True)), actor)
    signals.preferences_changed.send(Customer, customer=customer)
    return customer


def follow_language(customer: Customer) -> None:
    """End what was remembered of another language than a locked customer now has."""
    others = customer.preferences.holding().filter(kind=PreferenceKind.LANGUAGE)
    _end(list(others.exclude(value=customer.language).values_list("pk", flat=True)), None)


def settle_language(into: Customer, moved: Collection[int]) -> dict[str, Any]:
    """Leave one truth of the language after preferences moved to a locked customer.

    A wish beats a guess, and of two wishes that of the customer who goes on. Returns what
    ``unsettle_language`` needs.
    """
    held = into.preferences.holding().filter(kind=PreferenceKind.LANGUAGE)
    theirs = [one for one in held if one.pk in moved]
    if len(theirs) < len(held):
        _end([one.pk for one in theirs], None)
        return {"ended": [one.pk for one in theirs]}
    if not theirs or theirs[-1].value == into.language:
        return {}
    kept = {"before": into.language, "after": theirs[-1].value}
    into.language = theirs[-1].value
    into.save(update_fields=["language"])
    return kept


def unsettle_language(into: Customer, kept: dict[str, Any]) -> None:
    """Take back what ``settle_language`` did, unless somebody has changed it since."""
    ended = Preference.objects.filter(pk__in=kept.get("ended", []), retired_by=None)
    ended.update(retired_at=None)
    if "after" in kept and into.language == kept["after"]:
        into.language = kept["before"]
        into.save(update_fields=["language"])


def _locked(customer_id: int, actor: User) -> Customer:
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=customer_id)
    if not Customer.objects.kept_by(actor).filter(pk=customer_id).exists():
        raise NotYoursToKeep
    check_standing(customer)
    return customer


def _locked_preference(preference_id: int, actor: User) -> Preference:
    """The preference, its customer locked: a merge may have moved it meanwhile."""
    customer = _locked(Preference.objects.get(pk=preference_id).customer_id, actor)
    preference = Preference.objects.select_for_update(of=("self",)).get(pk=preference_id)
    if preference.customer_id != customer.pk:
        return _locked_preference(preference_id, actor)
    if preference.retired_at is not None:
        raise PreferenceRetired
    preference.customer = customer
    return preference


def _check(kind: str, value: str, text: str) -> dict[str, str]:
    if kind not in PreferenceKind.values:
        wishes.normalise(kind, value)  # says which kinds there are
    try:
        normal = wishes.normalise(kind, value)
    except ValidationError as error:
        raise ValidationError({"value": error}) from error
    said = " ".join(text.split())
    if kind == PreferenceKind.OTHER and not said:
        raise ValidationError({"text": _("Write what we shall remember.")})
    if len(said) > MAX_TEXT:
        raise ValidationError(
            {"text": _("Write at most %(most)d characters.") % {"most": MAX_TEXT}}
        )
    return {"value": normal, "text": said}


def _end(keys: Collection[int], actor: User | None) -> None:
    if keys:
        ended = Preference.objects.holding().filter(pk__in=keys)
        ended.update(retired_at=timezone.now(), retired_by=actor)
