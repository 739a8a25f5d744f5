"""The stream end to end, from the verb to what a browser reads."""

from __future__ import annotations

import asyncio
import threading
from urllib.parse import urlencode

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.test import Client

from apps.accounts.models import User
from apps.cases import domain
from apps.live.hub import PER_USER, QUEUE, Stream
from apps.live.models import Event
from apps.live.reading import write_place
from tests.cast import make_case, make_interaction
from tests.stream.conftest import Browser, cookies_of, in_loop, opened

pytestmark = pytest.mark.django_db(transaction=True)

SECURE = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cache-control": "no-store, no-transform",
}


@async_to_sync
async def ask(events, cookies="", **changes):
    browser = Browser(events, cookies, **changes)
    await browser.finish()
    return browser


def secured(browser):
    return {name: browser.headers.get(name) for name in SECURE}


def test_stranger_without_session_is_refused_with_policy(events, db):
    browser = ask(events, "sessionid=made-up")
    assert (browser.status, secured(browser)) == (401, SECURE)


def test_inactive_person_is_refused(events, ana_agent):
    cookies = cookies_of(ana_agent)
    User.objects.filter(pk=ana_agent.pk).update(is_active=False)
    assert ask(events, cookies).status == 401


def test_other_methods_are_refused_with_policy(events, ana_agent):
    browser = ask(events, cookies_of(ana_agent), method="POST")
    assert (browser.status, browser.headers["allow"], secured(browser)) == (405, "GET", SECURE)


def test_address_below_the_stream_is_not_found(events, ana_agent):
    browser = ask(events, cookies_of(ana_agent), path="/events/x/", raw_path=b"/events/x/")
    assert browser.status == 404
    assert browser.headers["content-security-policy"]


@in_loop
async def test_change_of_a_case_reaches_its_team_and_nobody_else(
    events, lamps, ana_agent, stranger
):
    async with opened(events, ana_agent) as ana, opened(events, stranger) as other:
        assert (ana.status, secured(ana)) == (200, SECURE)
        assert ana.headers["content-type"] == "text/event-stream; charset=utf-8"
        case = await sync_to_async(make_case)(team=lamps)
        assert await ana.heard() == [f"case {case.pk}"]
        await sync_to_async(domain.take_case)(case_id=case.pk, actor=ana_agent)
        assert await ana.heard() == [f"case {case.pk}"]
        assert await other.hears_nothing()


@in_loop
async def test_case_that_leaves_a_team_is_told_as_its_list(
    events, lamps, pumps, ana_agent, sam_supervisor, stranger
):
    case = await sync_to_async(make_case)(team=lamps)
    async with opened(events, ana_agent) as ana, opened(events, stranger) as other:
        ana.parts, other.parts = asyncio.Queue(), asyncio.Queue()
        await sync_to_async(domain.assign_case)(
            case_id=case.pk, actor=sam_supervisor, owner=None, team=pumps
        )
        assert await ana.heard() == [f"queue {lamps.pk}"]
        assert await other.heard() == [f"case {case.pk}"]
        assert await ana.hears_nothing()


@in_loop
async def test_rolled_back_change_is_never_told(events, lamps, ana_agent):
    from django.db import transaction

    def fail():
        with pytest.raises(RuntimeError), transaction.atomic():
            make_case(team=lamps)
            raise RuntimeError

    async with opened(events, ana_agent) as ana:
        await sync_to_async(fail)()
        assert await ana.hears_nothing()


@in_loop
async def test_browser_that_comes_back_hears_what_it_missed(events, lamps, ana_agent, stranger):
    case = await sync_to_async(make_case)(team=lamps)
    before = await Event.objects.alatest("pk")
    await Event.objects.all().aupdate(at=before.at.replace(year=2020))
    await sync_to_async(make_interaction)(case)
    header = [("last-event-id", write_place(before.pk))]
    async with opened(events, ana_agent, headers=header) as ana:
        assert f"case {case.pk}" in ana.hello
    query = f"after={write_place(before.pk)}".encode()
    async with opened(events, stranger, query_string=query) as other:
        assert set(other.hello) == {"hello"}


@in_loop
@pytest.mark.parametrize("place", ["", "17", "no place", "é", "x" * 5000])
async def test_browser_that_was_away_too_long_starts_anew(events, lamps, ana_agent, place):
    await sync_to_async(make_case)(team=lamps)
    query = urlencode({"after": place or write_place(999_999)}).encode()
    async with opened(events, ana_agent, query_string=query) as ana:
        assert "reset" in ana.hello


@in_loop
async def test_logging_out_ends_the_stream(events, ana_agent):
    client = Client()
    await sync_to_async(client.force_login)(ana_agent)
    browser = Browser(events, f"sessionid={client.cookies['sessionid'].value}")
    await browser.heard()
    async with opened(events, ana_agent) as elsewhere:
        await sync_to_async(client.post)("/accounts/logout/")
        assert await browser.heard() == ["end"]
        await browser.finish()
        assert await elsewhere.hears_nothing()


@in_loop
async def test_deactivation_ends_every_stream(events, ana_agent):
    def deactivate():
        ana_agent.is_active = False
        ana_agent.save()

    async with opened(events, ana_agent) as one, opened(events, ana_agent) as two:
        await sync_to_async(deactivate)()
        assert await one.heard() == ["end"]
        assert await two.heard() == ["end"]


@in_loop
async def test_session_that_runs_out_ends_the_stream(events, ana_agent, settings):
    settings.SESSION_COOKIE_AGE = 1
    async with opened(events, ana_agent) as ana:
        assert await ana.heard() == ["end"]


@in_loop
async def test_streams_of_one_person_are_limited(events, ana_agent, ben_agent):
    cookies = await sync_to_async(cookies_of)(ana_agent)
    browsers = [Browser(events, cookies) for _ in range(PER_USER)]
    for browser in browsers:
        await browser.heard()
    late = Browser(events, cookies)
    await late.finish()
    assert (late.status, late.headers["retry-after"]) == (429, "30")
    async with opened(events, ben_agent) as ben:
        assert ben.status == 200
    for browser in browsers:
        await browser.close()
    async with opened(events, ana_agent) as again:
        assert again.status == 200


@in_loop
async def test_end_of_the_server_ends_the_streams(events, ana_agent):
    async with opened(events, ana_agent) as ana:
        await events.end()
        await ana.finish()
        late = Browser(events, await sync_to_async(cookies_of)(ana_agent))
        await late.finish()
        assert late.status == 429


@in_loop
async def test_hub_rests_when_nobody_listens(events, ana_agent):
    before = threading.active_count()
    async with opened(events, ana_agent):
        assert "live_0" in [thread.name for thread in threading.enumerate()]
    for _ in range(50):
        if "live_0" not in [thread.name for thread in threading.enumerate()]:
            break
        await asyncio.sleep(0.1)
    assert threading.active_count() <= before + 1
    assert not events.hub.streams


@in_loop
async def test_who_cannot_keep_up_is_told_to_start_anew():
    stream = Stream(1)
    for number in range(QUEUE):
        stream.offer(b"data: case %d\n\n" % number)
    stream.offer(b"data: case 1000\n\n")
    assert stream.queue.qsize() == 1
    assert await stream.queue.get() == b"data: reset\n\n"
