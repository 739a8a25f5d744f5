"""Merging, undoing and splitting in Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import Team, User
from apps.cases.models import Case
from apps.customers.models import Customer
from tests.cast import make_case, make_customer, make_interaction
from tests.e2e.inside import come_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cases(lamps: Team, ana_agent: User) -> list[Case]:
    cleo = make_customer("Cleo", email="cleo@example.org")
    words = {"The lamp flickers": "It flickers.", "The lamp again": "It went out."}
    return [
        make_case(cleo, team=lamps, owner=ana_agent, subject=subject, text=text)
        for subject, text in words.items()
    ]


@pytest.fixture
def desk(page: Page, live_server, ana_agent: User, cases: list[Case]) -> Page:
    come_in(page, live_server.url, "ana")
    return page


def choose(desk: Page, deed: str) -> None:
    desk.get_by_label("More actions").click()
    desk.get_by_role("link", name=deed).click()


def test_case_is_merged_and_the_merge_undone(desk: Page, cases: list[Case]):
    first, second = cases
    desk.get_by_role("link", name="The lamp again").click()
    expect(desk.locator("#conv h1")).to_have_text("The lamp again")
    choose(desk, "Merge…")
    desk.get_by_label(f"{first.number} The lamp flickers").check()
    desk.get_by_role("button", name="Merge").click()
    desk.wait_for_url(f"**/desk/cases/{first.number}/")
    expect(desk.locator(".thread")).to_contain_text("It went out.")
    expect(desk.locator(".thread")).to_contain_text(f"You merged {second.number} into this case")
    expect(desk.locator("#side")).to_contain_text(second.number)
    expect(desk.locator("#rows a.case")).to_have_count(1)
    desk.locator("#toasts").get_by_role("button", name="Undo").click()
    desk.wait_for_url(f"**/desk/cases/{second.number}/")
    expect(desk.locator(".thread")).to_contain_text("It went out.")
    expect(desk.locator("#rows a.case")).to_have_count(2)
    assert Case.objects.get(pk=second.pk).merged_into is None


def test_merged_case_leads_on_and_can_be_taken_back(desk: Page, cases: list[Case], live_server):
    first, second = cases
    desk.goto(f"{live_server.url}/desk/cases/{second.number}/")
    choose(desk, "Merge…")
    desk.get_by_label("Number of another case").fill(first.number)
    desk.get_by_role("button", name="Merge").click()
    desk.wait_for_url(f"**/desk/cases/{first.number}/")
    desk.locator("#side").get_by_role("link", name=second.number).click()
    desk.wait_for_url(f"**/desk/cases/{second.number}/")
    expect(desk.locator("#conv")).to_contain_text("it goes on in another one")
    expect(desk.locator("#composer")).to_have_count(0)
    desk.get_by_role("button", name="Undo the merge").click()
    expect(desk.locator("#composer")).to_be_visible()
    expect(desk.locator(".thread")).to_contain_text("It went out.")


def test_message_is_split_off(desk: Page, cases: list[Case]):
    first, _second = cases
    make_interaction(first, text="The door sticks, too.", subject="The door")
    desk.get_by_role("link", name="The lamp flickers").click()
    choose(desk, "Split off…")
    desk.get_by_label("The door sticks, too.").check()
    desk.get_by_role("button", name="Split").click()
    expect(desk.locator("#conv h1")).to_have_text("The door")
    expect(desk.locator(".thread")).to_contain_text("The door sticks, too.")
    expect(desk.locator("#side")).to_contain_text(first.number)


def test_customers_are_merged_and_parted(desk: Page, cases: list[Case], live_server):
    twin = make_customer("Cleo", email="cleo.s@example.org")
    cleo = cases[0].customer
    desk.goto(f"{live_server.url}/desk/customers/{cleo.pk}/")
    hint = desk.locator(".said-on")
    expect(hint).to_contain_text("cleo.s@example.org")
    hint.get_by_role("button", name="Merge").click()
    expect(desk.locator("#toasts")).to_contain_text("One customer now.")
    assert Customer.objects.get(pk=twin.pk).merged_into == cleo
    desk.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(desk.locator("#toasts")).to_contain_text("The merge is undone.")
    assert Customer.objects.get(pk=twin.pk).merged_into is None
