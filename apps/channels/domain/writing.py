"""What an agent wrote with formatting: cleaned by its channel, with its text beside it."""

from __future__ import annotations

from apps.channels import registry
from apps.channels.doors import Writing

# Between an agent's words and the account's signature; no cleaned HTML holds a comment.
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


def unsigned(html: str) -> str:
    """The agent's own words, without the account's signature."""
    return html.partition(SIGNATURE)[0]
