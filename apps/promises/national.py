"""Public holidays of countries, from the ``holidays`` library.

It is loaded when it is asked for: it is large, and only seeding and forms need it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

# Languages of pages, as the library names them.
LANGUAGES = {"en": "en_US", "zh-hans": "zh_CN"}


class NoSuchCountry(ValueError):
    """A code that the library does not know; ``str()`` is translated and names what it knows."""


@dataclass(frozen=True, slots=True)
class Year:
    """The public holidays of a year, by date, and weekend days on which people work for them.

    ``is_official`` is False when the year's decree is not in the library: see ``read_year``.
    """

    holidays: dict[date, str]
    workdays: list[date]
    is_official: bool


def library_version() -> str:
    """The installed version, without loading the library."""
    return version("holidays")


def check_country(country: str, subdivision: str = "") -> None:
    """Raise NoSuchCountry unless the library knows both codes (ISO 3166)."""
    import holidays

    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known:
        raise NoSuchCountry(
            _("“%(code)s” is no country. Write a code such as CN or DE.") % {"code": country}
        )
    if subdivision and subdivision not in known[country]:
        words = _("“%(code)s” is no part of %(country)s. There are: %(known)s")
        names = {"code": subdivision, "country": country, "known": ", ".join(known[country])}
        raise NoSuchCountry(words % names)


def read_year(country: str, subdivision: str, year: int) -> Year:
    """Public holidays of one year, named in the language of the page where that is known.

    Some countries move days by a decree for each year (China, Hungary, Vietnam): of a year
    without one the library tells the holidays by rule alone, and nothing of days that are moved
    or worked in return. It holds such decrees as a table by year, so a year after the last of
    them is not official. Nor is one in which it calls dates an estimate (moon sightings).

    Raises NoSuchCountry.
    """
    import holidays

    check_country(country, subdivision)
    found: Any = holidays.country_holidays(
        country, subdiv=subdivision or None, years=year, language=_language(country)
    )
    days = {day: name for day, name in sorted(found.items()) if day.year == year}
    workdays = sorted(day for day in found.weekend_workdays if day.year == year)
    return Year(days, workdays, _is_decreed(found, year) and not _is_estimated(found, days))


def _language(country: str) -> str | None:
    import holidays

    wanted = LANGUAGES.get((translation.get_language() or "").lower())
    known = holidays.list_localized_countries(include_aliases=False).get(country, [])
    return wanted if wanted in known else None


def _is_decreed(found: Any, year: int) -> bool:
    decrees = getattr(found, "special_public_holidays", {})
    return not found.has_substituted_holidays or year <= max(decrees, default=year)


def _is_estimated(found: Any, days: dict[date, str]) -> bool:
    label = found.tr(getattr(found, "estimated_label", "") or "").replace("%s", "").strip(" ()（）")
    return bool(label) and any(label in name for name in days.values())
