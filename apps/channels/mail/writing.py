"""HTML that an agent wrote, as it leaves: a few plain elements and pictures of its own.

What is pasted into an editor comes from anywhere, so it is cleaned as what comes by mail, and
then cut down: no style, no class, and no picture but those that travel in the mail itself. So
a mail of ours fetches nothing when it is opened.
"""

from __future__ import annotations

import nh3

from apps.channels.mail.cleaning import clean_html

_TAGS = {
    *("a", "b", "blockquote", "br", "code", "del", "div", "em", "h1", "h2", "h3", "hr", "i", "img"),
    *("li", "ol", "p", "pre", "s", "span", "strong", "sub", "sup", "table", "tbody", "td", "th"),
    *("thead", "tr", "u", "ul"),
}
_ATTRIBUTES = {
    "*": {"dir", "lang"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}


def _own_pictures(_tag: str, attribute: str, value: str) -> str | None:
    return None if attribute == "src" and not value.startswith("cid:") else value


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    attribute_filter=_own_pictures,
    url_schemes={"http", "https", "mailto", "tel", "cid"},
    url_relative="deny",
    link_rel=None,
)


def clean_written(source: str) -> str:
    """Return what may leave; "" when nothing remains that anybody could see."""
    cleaned = str(_CLEANER.clean(clean_html(source))).replace("<img>", "").strip()
    shown = nh3.clean(cleaned, tags={"img"}, attributes={"img": {"src"}}, url_schemes={"cid"})
    return cleaned if shown.replace("&nbsp;", " ").replace("\xa0", " ").strip() else ""
