"""Every answer carries a policy: pages, errors, redirects, files, and the admin's own."""

from __future__ import annotations

import pytest
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.middleware.csp import get_nonce
from django.test import Client
from django.urls import include, path

from contactcentre.urls import urlpatterns as real_addresses

HEADER = "Content-Security-Policy"


def crash(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a fault of the test's own")


def suspicious(_request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("a fault of the test's own")


def nonce(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(get_nonce(request)))


urlpatterns = [
    path("nonce", nonce),
    path("crash", crash),
    path("bad", suspicious),
    path("", include(real_addresses)),
]


@pytest.fixture
def client() -> Client:
    """A browser that gets error pages instead of exceptions."""
    return Client(raise_request_exception=False)


@pytest.mark.django_db
@pytest.mark.urls("tests.house.test_policy")
@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/healthz", 200),
        ("/accounts/login/", 200),
        ("/accounts/password/change/", 302),
        ("/no-such-page", 404),
        ("/bad", 400),
        ("/crash", 500),
        ("/static/vendor/SHA256SUMS", 200),
    ],
)
def test_answer_of_every_kind_has_the_strict_policy(
    client: Client, target: str, status: int
) -> None:
    answer = client.get(target)
    assert answer.status_code == status
    policy = answer.headers[HEADER]
    for part in ("frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
def test_answer_to_a_foreign_host_has_the_policy(client: Client) -> None:
    answer = client.get("/accounts/login/", headers={"host": "evil.example"})
    assert (answer.status_code, HEADER in answer.headers) == (400, True)


@pytest.mark.django_db
def test_answer_to_a_post_without_token_has_the_policy() -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {})
    assert (answer.status_code, HEADER in answer.headers) == (403, True)


@pytest.mark.urls("tests.house.test_policy")
def test_page_twice_has_two_nonces(client: Client) -> None:
    pages = [client.get("/nonce") for _ in range(2)]
    nonces = [page.content.decode() for page in pages]
    assert nonces[0] != nonces[1]
    for page, expected in zip(pages, nonces, strict=True):
        policy = page.headers[HEADER]
        assert f"script-src 'self' 'nonce-{expected}'" in policy
        assert f"style-src 'self' 'nonce-{expected}'" in policy


@pytest.mark.django_db
def test_admin_has_the_policy_that_unfold_needs(client: Client, admin_client: Client) -> None:
    for visitor in (client, admin_client):
        policy = visitor.get("/admin/").headers[HEADER]
        assert "script-src 'self' 'unsafe-eval'" in policy
        assert "style-src 'self' 'unsafe-inline'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script-src 'self' 'unsafe-inline'" not in policy


def test_what_is_not_there_is_our_own_page_with_debug_too(settings, client):
    settings.DEBUG = True
    page = client.get("/nowhere/")
    assert page.status_code == 404
    assert "There is nothing here" in page.text
    assert "URLconf" not in page.text
    assert client.get("/api/v1/nowhere/")["Content-Type"].startswith("application/problem+json")
