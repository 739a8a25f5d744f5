"""What an agent wrote with formatting: cleaned by its channel, with its text beside it."""

from __future__ import annotations

from html import unescape

from django.template.defaultfilters import linebreaksbr
from django.utils.html import strip_tags

from apps.cases import placeholders
from apps.channels import registry
from apps.channels.doors import Writing
from apps.channels.errors import Unfilled
from apps.channels.models import Account

# Between an agent's words and what follows them; no cleaned HTML holds a comment.
SIGNATURE = "<!-- signature -->"


def can_format(channel: str) -> bool:
    """Whether messages of this channel may hold HTML."""
    return registry.has(channel) and isinstance(registry.get(channel), Writing)


def prepare(channel: str, html: str) -> tuple[str, str]:
    """The HTML that may leave and its text; both "" where nothing is left of it."""
    if not (html.strip() and registry.has(channel)):
        return "", ""
    driver = registry.get(channel)
    if not isinstance(driver, Writing):
        return "", ""
    cleaned = driver.clean_written(html)
    return cleaned, driver.as_text(cleaned).strip() if cleaned else ""


def check_filled(text: str, html: str) -> None:
    """Raise Unfilled when a placeholder of a canned reply still stands in the words."""
    if names := placeholders.unfilled(f"{text} {unescape(strip_tags(html))}"):
        raise Unfilled(names)


def sign(html: str, signature: str, account: Account) -> str:
    """The author's own lines below the words, then the account's, formatted where it has such."""
    own = str(account.options.get("signature_html", ""))
    plain = signature.removesuffix(account.signature.strip()).strip() if own else signature
    chosen = (f"<p>-- <br>{as_html(plain)}</p>" if plain else "") + own
    return f"{html}{SIGNATURE}{chosen}" if html and chosen else html


def as_html(text: str) -> str:
    """Plain words as HTML says them."""
    return str(linebreaksbr(text, autoescape=True))


def unsigned(html: str) -> str:
    """The agent's own words, without the account's signature."""
    return html.partition(SIGNATURE)[0]
