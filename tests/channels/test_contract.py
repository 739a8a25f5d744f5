"""What every registered driver owes the core, whoever wrote it."""

from __future__ import annotations

import random

import pytest

from apps.cases.enums import Channel
from apps.channels import registry
from apps.channels.driver import (
    AccountView,
    BadSetting,
    Driver,
    DriverError,
    Incoming,
    Party,
    Unreadable,
)
from apps.customers.enums import IdentityKind
from tests.channels.pigeon import Pigeon

ACCOUNT = AccountView(id=1, name="support", address="support@example.com")
JUNK = [
    b"",
    b"\0",
    b"\n\n",
    b"\xff\xfe" * 500,
    b"{",
    b"From: ",
    b"Subject: x\r\n" * 5000,
    b"MM\0*" + b"\xff" * 64,
    b"%PDF-1.7\n",
    "你好".encode("gb18030"),
    b"\x1b$B" * 100,
    b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 2000,
    random.Random(7).randbytes(20_000),
]


def drivers():
    return [*registry.all_drivers(), Pigeon()]


@pytest.fixture(params=drivers(), ids=lambda driver: driver.slug)
def driver(request):
    return request.param


def test_driver_has_the_protocols_shape(driver):
    assert isinstance(driver, Driver)
    assert driver.slug
    assert driver.folder
    assert driver.identity_kind in IdentityKind.values
    assert driver.content_types
    assert all(kind == kind.lower() and "/" in kind for kind in driver.content_types)


def test_registered_drivers_are_found_by_slug_and_by_folder():
    for one in registry.all_drivers():
        assert registry.get(one.slug) is one
        assert registry.get(one.folder) is one
        assert one.slug in Channel.values
    with pytest.raises(registry.UnknownChannel):
        registry.get("smoke")


@pytest.mark.parametrize("raw", JUNK, ids=lambda raw: repr(raw[:12]))
def test_junk_is_read_or_unreadable(driver, raw):
    for content_type in (*driver.content_types, "application/octet-stream", ""):
        try:
            incoming = driver.parse(ACCOUNT, raw, content_type)
        except Unreadable as error:
            assert error.reason
        else:
            assert isinstance(incoming, Incoming)
            assert_clean(incoming)


def assert_clean(incoming):
    """Nothing crosses the border that a database or a page could fall over."""
    texts = [
        incoming.subject,
        incoming.text,
        incoming.text_folded,
        incoming.html,
        incoming.external_id,
        incoming.link,
        incoming.automatic,
        *incoming.references,
        *incoming.delivered_to,
    ]
    parties = [incoming.sender, *incoming.to, *incoming.cc]
    assert all(isinstance(party, Party) for party in parties)
    texts += [text for party in parties for text in (party.kind, party.value, party.name)]
    texts += [text for one in incoming.attachments for text in (one.name, one.content_type)]
    for text in texts:
        assert "\0" not in text
        text.encode()
    for line in (incoming.subject, incoming.external_id, incoming.sender.name):
        assert not set(line) & {"\r", "\n"}
    assert incoming.occurred_at is None or incoming.occurred_at.tzinfo is not None
    assert len(incoming.automatic) <= 40


def test_parsing_is_pure(driver):
    raw = JUNK[-1]

    def read():
        try:
            return driver.parse(ACCOUNT, raw, driver.content_types[0])
        except Unreadable as error:
            return error.reason

    assert read() == read()


def test_unknown_settings_are_refused_with_a_sentence(driver):
    with pytest.raises(BadSetting) as refusal:
        driver.clean_settings({"no such setting": "x"})
    assert refusal.value.name == "no such setting"
    assert refusal.value.reason


def test_settings_that_are_not_given_are_not_invented(driver):
    assert dict(driver.clean_settings({})) == {}


@pytest.mark.parametrize("driver", registry.all_drivers(), ids=lambda driver: driver.slug)
def test_account_without_a_server_says_so_when_checked(driver):
    with pytest.raises(DriverError) as refusal:
        driver.check(ACCOUNT)
    assert refusal.value.reason
