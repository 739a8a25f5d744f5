"""Icons come from one external sprite that browsers keep for ever."""

from __future__ import annotations

from functools import lru_cache

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString


@lru_cache(maxsize=512)
def icon_markup(name: str, classes: str = "") -> SafeString:
    """The markup of an icon (``frontend/icons.txt`` names them), with further classes."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        f"i {classes}".strip(),
        static("icons.svg"),
        name,
    )
