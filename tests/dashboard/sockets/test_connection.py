"""W-15, suite connection: how one begins, is kept, comes back, and ends; who is counted meanwhile."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest
from django.contrib.auth.models import User

from dashboard.protocol import codes
from dashboard.sockets.client import ClientState
from dashboard.sockets.door import USER_SEATS, Door
from dashboard.sockets.station import Station
from tests.clock import ManualClock
from tests.dashboard.conftest import Visitor, Writer
from tests.dashboard.samples import trade
from tests.dashboard.sockets.talking import CLIENTS, Talk, browser, connected, headers_of, make_token, program
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_page_is_greeted_by_name(site: Door, visitor: Visitor, clock: ManualClock) -> None:
    """W-17: a session cookie and our origin are enough; the client learns its name, and how to come back."""
    async with browser(visitor, site) as talk:
        hello = await talk.next("hello")
    assert (hello["v"], hello["user"], hello["now"]) == (2, "ada", "2026-11-20T12:00:00Z")
    assert len(hello["client"]) >= 16
    assert hello["resume"]


async def test_a_program_brings_its_token_in_the_handshake(site: Door, visitor: Visitor) -> None:
    """W-17: and is whoever owns the token."""
    async with program(await make_token(visitor.user), site) as talk:
        assert (await talk.next("hello"))["user"] == "ada"


async def test_a_program_may_say_its_token_first(site: Door, visitor: Visitor, clock: ManualClock) -> None:
    """W-17: where headers cannot be set; then there are ten seconds, and no second try is needed."""
    token = await make_token(visitor.user)
    async with connected(site, CLIENTS, headers_of(origin=None)) as talk:
        await clock.advance(9)
        await talk.say("auth", token=token)
        assert (await talk.next("hello"))["user"] == "ada"
        await clock.advance(3)
        await talk.say("auth", token=token)
        assert (await talk.next("error"))["text"] == "You are logged in already."


async def test_a_page_of_ours_may_use_the_clients_socket(site: Door, visitor: Visitor) -> None:
    """W-17: with its session, like any other page."""
    async with connected(site, CLIENTS, headers_of(visitor)) as talk:
        assert (await talk.next("hello"))["user"] == "ada"


async def test_a_client_of_which_nothing_is_heard_has_to_go(
    site: Door, visitor: Visitor, station: Station, clock: ManualClock
) -> None:
    """W-08, C4: after 300 s, give or take 5, with a code and a reason."""
    async with browser(visitor, site) as talk:
        await talk.next("hello")
        await clock.advance(299)
        await talk.say("ping", id=1)
        await talk.next("pong", id=1)
        await clock.advance(299)
        assert station.registry.live() == 1
        await clock.advance(3)
        assert await talk.closed() == (4000, "Nothing was heard of you for 300 s.")


async def test_a_client_that_answers_is_not_idle(site: Door, visitor: Visitor, clock: ManualClock) -> None:
    """F-23: five minutes of pongs and nothing else keep the line."""
    async with browser(visitor, site) as talk:
        await talk.subscribe("price")
        await talk.next("snapshot")
        for _ in range(62):
            await clock.advance(5)
            await talk.answer()
        await talk.next("tick")


async def test_a_client_that_never_answers_is_closed(site: Door, visitor: Visitor, clock: ManualClock) -> None:
    """C3: nobody else tells whether it reads; ten seconds after a frame that it did not get it has to go."""
    async with browser(visitor, site) as talk:
        talk.is_answering = False
        await talk.subscribe("price")
        await talk.next("tick")
        await clock.advance(9)
        assert not talk.socket.future.done()
        await clock.advance(3)
        code, text = await talk.closed()
        assert code == 4008
        assert text.startswith("Too slow")


async def test_who_listens_late_is_not_late(site: Door, visitor: Visitor, clock: ManualClock) -> None:
    """C3: frames that came before the first tick could not be answered, and are not held against the client."""
    async with browser(visitor, site) as talk:
        await talk.next("hello")
        await clock.advance(60)
        await talk.subscribe("price")
        await clock.advance(2)
        await talk.next("tick")
        await clock.advance(2)
        await talk.say("ping", id=1)
        await talk.next("pong", id=1)


async def test_a_renewed_token_comes_every_minute(site: Door, visitor: Visitor, clock: ManualClock) -> None:
    """W-06: who is connected for longer than a token is good can still come back."""
    async with browser(visitor, site) as talk:
        hello = await talk.next("hello")
        for _ in range(6):
            await clock.advance(59)
            await talk.say("ping")
            await clock.advance(2)
            renewed = (await talk.next("renewal"))["resume"]
        async with browser(visitor, site) as again:
            await again.say("resume", token=hello["resume"])
            assert (await again.next("error"))["code"] == 4403
            await again.say("resume", token=renewed)
            assert (await again.next("resumed"))["client"] == hello["client"]


async def test_a_client_comes_back_under_its_name(site: Door, visitor: Visitor, station: Station) -> None:
    """W-06: cut off, it goes on with its counts; while it is away it is reconnecting."""
    async with browser(visitor, site) as talk:
        hello = await talk.next("hello")
        await talk.say("ping", id=1)
        await talk.say("nonsense")
        await talk.next("error")
        await talk.socket.send_input({"type": "websocket.disconnect", "code": 1006})
        await wait_until(lambda: not station.registry.live())
    assert [line.state for line in station.registry.lines()] == [ClientState.RECONNECTING]
    async with browser(visitor, site) as again:
        await again.say("resume", id=5, token=hello["resume"])
        resumed = await again.next("resumed", id=5)
        assert (resumed["client"], resumed["errors"]) == (hello["client"], 1)
        (line,) = station.registry.lines()
        assert (line.id, line.state, line.error_count) == (hello["client"], ClientState.CONNECTED, 1)
        assert line.message_count == resumed["messages"] >= 2


async def test_a_client_has_one_socket(site: Door, visitor: Visitor, station: Station) -> None:
    """W-06: the one that it came back on; the older one is closed, however alive it seems."""
    async with browser(visitor, site) as old, browser(visitor, site) as new:
        hello = await old.next("hello")
        await new.say("resume", token=hello["resume"])
        assert (await new.next("resumed"))["client"] == hello["client"]
        assert (await old.closed())[0] == codes.REPLACED
        await old.socket.disconnect()
        assert [line.state for line in station.registry.lines()] == [ClientState.CONNECTED]
        assert station.registry.live() == 1


async def test_a_client_is_known_while_it_is_connected(
    site: Door, visitor: Visitor, station: Station, clock: ManualClock
) -> None:
    """W-01, W-02, W-12: state, times and counts, which grow; who said goodbye is gone one cycle later (W-11)."""
    async with browser(visitor, site) as talk:
        await talk.subscribe("price")
        (before,) = station.registry.lines()
        await clock.advance(1)
        await talk.say("ping", id=1)
        await talk.next("pong", id=1)
        await talk.say("nonsense")
        await talk.next("error", id=None)
        (line,) = station.registry.lines()
        assert (line.state, line.kind, line.username, line.address) == ("connected", "dashboard", "ada", "unknown")
        assert line.last_message_at == line.last_error_at == clock.now()
        assert (line.error_count, line.message_count > before.message_count) == (1, True)
        assert any("price" in topic for topic in line.topics)
    assert station.registry.live() == 0
    await clock.advance(3)
    assert station.registry.lines() == []


@pytest.mark.parametrize("code", [1000, 1001, 1005, 1006])
async def test_nothing_is_left_of_a_client_that_went(site: Door, visitor: Visitor, station: Station, code: int) -> None:
    """W-11, C4: no seat, no login that is looked after, nothing in the hub, whatever it ended with."""
    async with browser(visitor, site) as talk:
        await talk.subscribe("price", "positions")
        assert (station.registry.live(), len(site.seats), USER_SEATS.taken(visitor.user.pk)) == (1, 1, 1)
        await talk.socket.send_input({"type": "websocket.disconnect", "code": code})
        await wait_until(talk.socket.future.done)
    assert (station.registry.live(), len(site.seats), USER_SEATS.taken(visitor.user.pk)) == (0, 0, 0)


@pytest.mark.parametrize("stays_ms", [0, 2, 5, 10, 20])
async def test_a_client_that_leaves_at_any_moment_ends_at_once(
    site: Door, visitor: Visitor, writer: Writer, stays_ms: int
) -> None:
    """W-11: in the middle of a database call too."""
    talk = Talk(site, "/ws/dashboard/", headers_of(visitor))
    await talk.socket.connect(timeout=5)
    await talk.say("subscribe", topics=[{"topic": "price"}, {"topic": "positions"}])
    await asyncio.sleep(stays_ms / 1000)
    began = asyncio.get_running_loop().time()
    await talk.socket.disconnect(timeout=5)
    assert asyncio.get_running_loop().time() - began < 1
    assert USER_SEATS.taken(visitor.user.pk) == 0


async def test_a_server_that_cancels_leaves_nothing_behind(site: Door, visitor: Visitor, station: Station) -> None:
    """W-11: daphne cancels what does not end soon enough."""
    talk = Talk(site, "/ws/dashboard/", headers_of(visitor))
    await talk.socket.connect(timeout=5)
    await talk.subscribe("price")
    talk.socket.future.cancel()
    await asyncio.wait([talk.socket.future])
    assert (station.registry.live(), len(site.seats), USER_SEATS.taken(visitor.user.pk)) == (0, 0, 0)


async def test_a_user_has_eight_sockets(site: Door, visitor: Visitor) -> None:
    """C8: over both endpoints and all addresses; the ninth is told so, and a seat that is given up is free."""
    token = await make_token(visitor.user)
    other = await User.objects.acreate(username="bob")
    async with AsyncExitStack() as stack:
        pages: list[Any] = [await stack.enter_async_context(browser(visitor, site)) for _ in range(4)]
        pages += [await stack.enter_async_context(program(token, site)) for _ in range(4)]
        for talk in pages:
            await talk.next("hello")
        async with browser(visitor, site) as ninth:
            assert await ninth.closed() == (4429, "You have too many open connections. Close one first.")
        async with program(await make_token(other), site) as theirs:
            await theirs.next("hello")
        await pages[0].socket.disconnect()
        async with browser(visitor, site) as again:
            await again.next("hello")
    assert USER_SEATS.taken(visitor.user.pk) == 0


async def test_a_client_that_answers_gets_what_comes(
    site: Door, visitor: Visitor, writer: Writer, clock: ManualClock
) -> None:
    """C3: a minute of pongs, and the line is as good as new."""
    async with browser(visitor, site) as talk:
        await talk.subscribe("trades")
        await talk.next("snapshot")
        for _ in range(12):
            await clock.advance(5)
            await talk.answer()
        await writer.log(trade(1, "10"))
        await talk.next("trades", is_snapshot=False)
