"""What a page would do in a browser, found out without any code of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from tests.hardening.hostile.kit import CALL

URLS = {"href", "src", "action", "formaction", "background", "poster", "data", "cite", "ping"}
RUNNING = re.compile(r"on|hx-|data-hx-|x-|@|:|v-|ng-|#|sse-|ws-|data-")
IDENTIFYING = {"id", "name", "class", "slot", "is", "usemap", "srcset", "srcdoc", "form"}
HARMLESS = re.compile(
    r"(?:https?://|mailto:|tel:|cid:|data:image/(?:png|jpeg|gif|webp);)", re.IGNORECASE
)
COMPUTED = re.compile(
    r"url|import|expression|image-set|var\(|behavio|binding|position|\\|/\*", re.IGNORECASE
)


class _Finder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.scripts: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data):
        if self.cdata_elem == "script":
            self.scripts.append(data)

    def handle_comment(self, data):
        self.elements.append(("!comment", {"text": data}))


def elements(html: str) -> list[tuple[str, dict[str, str]]]:
    finder = _Finder()
    finder.feed(html)
    finder.close()
    return finder.elements


def dangers(html: str) -> Iterator[str]:
    """Everything in a stored body that a browser, or a script of our pages, would act upon."""
    text = {"p", "div", "span", "a", "img", "table", "tbody", "tr", "td", "th", "ul", "ol", "li"}
    text |= {"b", "br", "details", "hr", "wbr", "blockquote", "pre", "summary", "caption"}
    for tag, attributes in elements(html):
        if tag not in text:
            yield f"<{tag}>"
        for name, value in attributes.items():
            if RUNNING.match(name) or name in IDENTIFYING:
                yield f"{tag} {name}"
            if name in URLS and not HARMLESS.match(value):
                yield f"{tag} {name}={value}"
            if name == "style" and COMPUTED.search(value):
                yield f"{tag} style={value}"


def runs(page: str) -> bool:
    """Whether a word of the mail stands where our own page would run it."""
    finder = _Finder()
    finder.feed(page)
    shown = {"title", "alt", "value", "content", "aria-label", "lang", "placeholder", "data-name"}
    values = [
        value
        for _tag, attributes in finder.elements
        for name, value in attributes.items()
        if name not in shown or name.startswith("on")
    ]
    return any(CALL in value for value in [*values, *finder.scripts])
