"""How much of real mail folds exactly right, and that no word is ever lost."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from tests.channels.mail.factory import mail, read
from tests.channels.mail.quotes import CASES
from tests.channels.mail.quotes.kit import Case
from tests.channels.mail.quotes.later import LATER

WORD = re.compile(r"[\w@.+-]*\w")


def incoming(case: Case):
    kind = "text/html" if case.html else "text/plain"
    return read(mail(case.body.replace("\n", "\r\n"), Content_Type=f"{kind}; charset=utf-8"))


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found += WORD.findall(data)


def words(case: Case) -> list[str]:
    if not case.html:
        return WORD.findall(case.body)
    parser = _Words()
    parser.feed(case.body)
    return parser.found


def wrong(cases: dict[str, Case]) -> list[str]:
    return [name for name, case in cases.items() if incoming(case).text_folded != case.visible]


def test_there_are_at_least_60_bodies():
    assert len({case.body for case in CASES.values()}) == len(CASES) >= 60


def test_visible_part_is_exactly_right_in_95_of_100():
    assert len(wrong(CASES)) <= len(CASES) * 0.05, wrong(CASES)


def test_bodies_that_no_rule_was_made_for_fold_mostly_right():
    assert wrong(LATER) == ["outlook_it", "wecom_app"]


@pytest.mark.parametrize("name", [*CASES, *LATER])
def test_full_body_keeps_every_word(name):
    case = (CASES | LATER)[name]
    assert first_lost(words(case), WORD.findall(incoming(case).text)) is None


def first_lost(written: list[str], kept: list[str]) -> str | None:
    """The first word that does not stand, as often and in this order, in what was kept."""
    rest = iter(kept)
    return next((word for word in written if word not in rest), None)


@pytest.mark.parametrize(
    ("kept", "lost"),
    [
        (["no", "light", "at", "all", "no", "light"], None),
        (["see", "no", "light", "at", "all", "no", "light", "there"], None),
        (["no", "light", "at", "all"], "no"),
        (["no", "lights", "at", "all", "no", "light"], "at"),
        (["light", "no", "at", "all", "no", "light"], "at"),
    ],
)
def test_a_lost_repetition_and_another_order_are_found(kept, lost):
    assert first_lost(["no", "light", "at", "all", "no", "light"], kept) == lost


def test_subject_of_a_forward_keeps_what_was_passed_on():
    head = "From: Tom\r\nSent: Friday\r\nTo: Cleo\r\nSubject: Lamp"
    body = f"See below.\r\n\r\n{head}\r\n\r\nIt is broken."
    assert "It is broken." in read(mail(body, Subject="FW: Lamp")).text_folded
    assert read(mail(body, Subject="RE: FW: Lamp")).text_folded == "See below."
    assert "It is broken." in read(mail(body, Subject="转发：台灯".encode())).text_folded


def test_address_that_somebody_else_might_mean_stays():
    body = "Please write to\r\n\r\nnew@example.org"
    assert read(mail(body)).text_folded == "Please write to\n\nnew@example.org"
    assert read(mail("Thanks!\r\n\r\ncleo@example.org")).text_folded == "Thanks!"
