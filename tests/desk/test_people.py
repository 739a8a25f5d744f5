from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User


def test_theme_is_a_cookie_and_a_wish_of_the_person(ana: Client, ana_agent: User):
    answer = ana.post(reverse("desk:theme"), {"theme": "dark"})
    ana_agent.refresh_from_db()
    assert answer.cookies["theme"].value == "dark"
    assert ana_agent.theme == "dark"
    assert 'data-theme="dark"' in ana.get("/desk/inbox/").text


def test_theme_works_before_the_log_in_and_takes_no_nonsense(client: Client, db: None):
    client.post(reverse("desk:theme"), {"theme": "dark"})
    assert 'data-theme="dark"' in client.get("/accounts/login/").text
    client.cookies["theme"] = '"><script>'
    assert "<script>" not in client.get("/accounts/login/").text


def test_language_changes_pages_before_and_after_the_log_in(
    client: Client, ana: Client, ana_agent: User
):
    for browser, address in ((client, "/accounts/login/"), (ana, "/desk/inbox/")):
        browser.post(reverse("desk:language"), {"language": "zh-hans"})
        assert '<html lang="zh-Hans"' in browser.get(address).text
    ana_agent.refresh_from_db()
    assert ana_agent.language == "zh-hans"


def test_language_leads_back_to_our_own_pages_only(client: Client):
    for referer, target in (
        ("http://testserver/desk/inbox/", "http://testserver/desk/inbox/"),
        ("https://evil.example/", "/"),
    ):
        answer = client.post(
            reverse("desk:language"), {"language": "en"}, headers={"Referer": referer}
        )
        assert answer["Location"] == target


def test_profile_saves_name_language_zone_and_theme(ana: Client, ana_agent: User):
    values = {
        "display_name": "Ana B",
        "language": "en",
        "timezone": "Europe/Madrid",
        "theme": "light",
    }
    assert ana.post(reverse("desk:profile"), values).status_code == 302
    ana_agent.refresh_from_db()
    assert {name: getattr(ana_agent, name) for name in values} == values


def test_profile_that_follows_the_browser_answers_in_its_language(ana_agent: User, at_desk):
    browser = at_desk(ana_agent, **{"Accept-Language": "zh-CN,zh;q=0.9"})
    page = browser.post(
        reverse("desk:profile"), {"display_name": "Ana", "language": ""}, follow=True
    )
    assert [str(message) for message in page.context["messages"]] == ["已保存。"]


def test_wrong_profile_comes_back_and_changes_nothing(ana: Client, ana_agent: User):
    answer = ana.post(reverse("desk:profile"), {"display_name": "Typed", "timezone": "Mars/Base"})
    ana_agent.refresh_from_db()
    assert answer.status_code == 422
    assert "Typed" in answer.text
    assert ana_agent.display_name == "Ana"


def test_times_are_told_in_the_persons_zone(ana: Client, ana_agent: User, her_case):
    first = her_case.interactions.get()
    first.received_at = first.received_at.replace(year=2026, month=1, day=5, hour=23, minute=30)
    first.save()
    for zone, clock in (("Asia/Shanghai", ">07:30<"), ("Europe/Madrid", ">00:30<")):
        User.objects.filter(pk=ana_agent.pk).update(timezone=zone)
        assert clock in ana.get(reverse("desk:case", args=[her_case.number])).text


def test_administration_is_linked_for_staff_alone(ana: Client, root: User, at_desk):
    assert 'href="/admin/"' not in ana.get("/desk/inbox/").text
    assert 'href="/admin/"' in at_desk(root).get("/desk/inbox/").text


def test_errors_have_pages_of_their_own(ana: Client):
    missing = ana.get("/desk/nothing/")
    assert missing.status_code == 404
    assert "There is nothing here" in missing.text


def test_csrf_failure_has_a_page_of_its_own(ana_agent: User):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ana_agent)
    answer = strict.post(reverse("desk:theme"), {"theme": "dark"})
    assert answer.status_code == 403
    assert "This page has grown old" in answer.text


@pytest.mark.parametrize(
    ("came_from", "goes_to"),
    [
        ("/desk/search/?q=lamp", "/desk/search/?q=lamp"),
        ("/desk/cases/CC-000001/reply/", "/"),
        ("/desk/attention/bulk/", "/"),
        ("/desk/theme/", "/"),
        ("/nowhere/", "/"),
        ("//evil.example/", "/"),
    ],
)
def test_language_leads_back_to_a_page_and_never_to_a_press(
    ana: Client, came_from: str, goes_to: str
):
    referer = came_from if came_from.startswith("//") else f"http://testserver{came_from}"
    answer = ana.post("/desk/language/", {"language": "en"}, headers={"Referer": referer})
    assert answer["Location"].removeprefix("http://testserver") == goes_to


def test_address_that_only_takes_presses_leads_to_a_page(ana: Client):
    for address in ("/desk/theme/", "/desk/language/", "/desk/attention/bulk/"):
        assert ana.get(address, follow=True).status_code == 200
