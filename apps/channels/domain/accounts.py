"""Setting accounts up."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Team
from apps.channels import options, registry
from apps.channels.domain import health
from apps.channels.driver import BadSetting, Driver, UnknownSetting
from apps.channels.models import Account

COLUMNS = ("address", "incoming", "outgoing")
TEXTS = ("display_name", "signature")
OWN = ("team", "default", "enabled", *TEXTS, *options.CLEANERS)


@transaction.atomic
def save_account(*, channel: str, name: str, values: Mapping[str, str]) -> tuple[Account, bool]:
    """Create or update an account from words; what is not given stays as it is.

    ``channel`` is a driver's slug or folder. ``team`` is a team's name (empty for none),
    ``default`` and ``enabled`` are 1 or 0; every other key is for the driver to judge.
    Returns the account and whether it is new. Raises UnknownChannel or BadSetting.
    """
    driver = registry.get(channel)
    account, created = Account.objects.get_or_create(channel=driver.slug, name=_clean_name(name))
    rest = dict(values)
    _set_own(account, rest)
    for key, value in _clean_rest(driver, rest).items():
        if key in COLUMNS:
            setattr(account, key, value)
        else:
            account.options[key] = value
    if account.is_default:
        others = Account.objects.filter(channel=driver.slug, is_default=True)
        others.exclude(pk=account.pk).update(is_default=False)
    account.unreachable_since, account.checked_at = None, None
    _check(account)
    account.save()
    if account.is_enabled:
        health.release_waiting(account)
    return account, created


def _clean_rest(driver: Driver, values: Mapping[str, str]) -> Mapping[str, str]:
    """Let the driver judge what is its own; whoever misspells a key is told all that exist."""
    try:
        return driver.clean_settings(values)
    except UnknownSetting as error:
        reason = _("There is no such setting of an account. Settings: %(known)s")
        known = ", ".join(dict.fromkeys((*error.known, *OWN)))
        raise BadSetting(error.name, reason % {"known": known}) from error


def _clean_name(name: str) -> str:
    if not name:
        raise BadSetting("name", _("Give the account a name."))
    try:
        cleaned: str = Account._meta.get_field("name").clean(name, None)  # noqa: SLF001 - public API
    except ValidationError as error:
        raise BadSetting("name", " ".join(error.messages)) from error
    return cleaned


def _check(account: Account) -> None:
    """Ask the model for what no column would take; raises BadSetting with the first fault."""
    try:
        account.full_clean()
    except ValidationError as error:
        field, reasons = next(iter(error.message_dict.items()))
        raise BadSetting(field, " ".join(reasons)) from error


def _set_own(account: Account, values: dict[str, str]) -> None:
    """Take out of ``values`` and set what means the same for every channel."""
    if "team" in values:
        account.team = _find_team(values.pop("team"))
    if "default" in values:
        account.is_default = options.read_switch("default", values.pop("default"))
    if "enabled" in values:
        account.is_enabled = options.read_switch("enabled", values.pop("enabled"))
    for key in options.CLEANERS.keys() & values.keys():
        account.options[key] = options.clean_option(key, values.pop(key))
    for key in TEXTS:
        if key in values:
            setattr(account, key, values.pop(key))


def _find_team(name: str) -> Team | None:
    if not name:
        return None
    team = Team.objects.filter(name=name).first()
    if team is None:
        known = ", ".join(Team.objects.values_list("name", flat=True)) or "–"
        raise BadSetting("team", _("There is no such team. Teams: %(known)s") % {"known": known})
    return team
