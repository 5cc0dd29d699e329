"""W-15, suite error: clients that misbehave, servers that break, and what either is told."""

import asyncio
import logging
from contextlib import AsyncExitStack
from typing import Any

import pytest

from dashboard.hub import Hub
from dashboard.sockets.client import ClientState
from dashboard.sockets.door import Door
from dashboard.sockets.station import Station
from dashboard.sources import open_source
from feeds.clock import SystemClock
from tests.clock import ManualClock
from tests.dashboard.conftest import Visitor
from tests.dashboard.sockets.talking import PAGES, browser, door_to, headers_of, make_token, program
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


async def test_the_third_bad_frame_is_the_last(site: Door, visitor: Visitor, station: Station) -> None:
    """C6: two are answered with what was wrong; then the socket is closed, and the client is in error."""
    async with browser(visitor, site) as talk:
        for frame in ("hello?", '{"type":"pong","more":1}'):
            await talk.socket.send_to(text_data=frame)
            assert (await talk.next("error"))["text"].startswith("This is no command: ")
        await talk.socket.send_to(text_data="[]")
        code, text = await talk.closed()
        assert (code, text.endswith("That was one bad frame too many.")) == (1008, True)
    assert [(line.state, line.error_count) for line in station.registry.lines()] == [(ClientState.ERROR, 3)]


@pytest.mark.parametrize("size", [4097, 16 * 1024 + 1, 2**20 + 1])
async def test_a_frame_that_is_too_big_closes_the_socket(site: Door, visitor: Visitor, size: int) -> None:
    """C5, W-05: 4096 bytes are enough for anything that a page has to say."""
    async with browser(visitor, site) as talk:
        await talk.socket.send_to(text_data=" " * size)
        assert await talk.closed() == (1009, "A frame may have 4096 bytes.")


async def test_bytes_count_not_letters(site: Door, visitor: Visitor) -> None:
    """C5: the bound is of what travels."""
    async with browser(visitor, site) as talk:
        await talk.socket.send_to(text_data="\u20ac" * 1366)
        assert (await talk.closed())[0] == 1009
    async with browser(visitor, site) as talk:
        await talk.socket.send_to(bytes_data=b"\x00" * 4097)
        assert (await talk.closed())[0] == 1009


async def test_a_program_may_say_more_at_a_time(site: Door, visitor: Visitor) -> None:
    """C5: 16 KiB, as it publishes too."""
    async with program(await make_token(visitor.user), site) as talk:
        await talk.socket.send_to(text_data='{"type":"ping","id":1}' + " " * (16 * 1024 - 22))
        await talk.next("pong", id=1)
        await talk.socket.send_to(text_data=" " * (16 * 1024 + 1))
        assert await talk.closed() == (1009, "A frame may have 16384 bytes.")


async def test_a_client_that_talks_too_much_is_closed(site: Door, visitor: Visitor, clock: ManualClock) -> None:
    """C7: twenty frames at once, two in each second after that, and no more."""
    async with browser(visitor, site) as talk:
        for number in range(20):
            await talk.say("ping", id=number)
        await talk.next("pong", id=19)
        await clock.advance(1)
        for number in (20, 21):
            await talk.say("ping", id=number)
            await talk.next("pong", id=number)
        await talk.say("ping")
        assert await talk.closed() == (1008, "More than 20 frames in 10 s.")


async def test_after_the_end_nothing_is_heard(site: Door, visitor: Visitor, station: Station) -> None:
    """C7: what a client says between our good-bye and its own costs nothing."""
    async with browser(visitor, site) as talk:
        for _ in range(200):
            await talk.say("ping")
        await talk.closed()
        await wait_until(talk.socket.input_queue.empty)
        assert [line.message_count for line in station.registry.lines()] == [20]


class Broken(Exception):
    """Something that nobody has thought of."""


async def test_a_reader_that_breaks_is_told_of_and_begins_anew(
    visitor: Visitor, redis_server: str, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """C6: the client is told that it was us, without a trace of it, and may come back at once; we have the trace."""
    caplog.set_level(logging.ERROR)
    is_broken = True

    def open_or_break(*args: Any) -> Any:
        if is_broken:
            raise Broken("secret of the house")
        return open_source(*args)

    site = door_to(Station(clock, hub=Hub(SystemClock(), open_or_break)))
    async with browser(visitor, site) as talk:
        await talk.say("subscribe", topics=[{"topic": "price"}])
        assert await talk.closed() == (1011, "The live feed of this server broke. Connect again.")
    assert "secret of the house" not in "".join(talk.frames)
    assert "secret of the house" in caplog.text
    is_broken = False
    async with browser(visitor, site) as again:
        await again.subscribe("price")
        await again.next("snapshot")


async def test_a_client_that_takes_nothing_not_even_a_good_bye(
    site: Door, visitor: Visitor, station: Station, clock: ManualClock
) -> None:
    """C3: a server may wait for ever for a closed window; then the consumer goes without it, and nothing is left."""
    said = [{"type": "websocket.connect"}]

    async def receive() -> dict[str, Any]:
        return said.pop() if said else await asyncio.Future()

    async def send(event: dict[str, Any]) -> None:
        if event["type"] != "websocket.accept":
            await asyncio.Future()

    scope = {"type": "websocket", "path": PAGES, "headers": headers_of(visitor), "client": ["1.1.1.1", 1]}
    serving = asyncio.ensure_future(site(scope, receive, send))
    await wait_until(station.registry.live)
    for client in station.registry.sockets():
        client.close(4001, "An operator closed this connection.")
    await clock.advance(4)
    await asyncio.wait_for(serving, 1)
    assert (station.registry.live(), len(site.seats)) == (0, 0)


async def test_an_operator_may_close_a_connection(site: Door, visitor: Visitor, station: Station) -> None:
    """W-02: who is disconnected is told by whom, and is not waited for."""
    async with browser(visitor, site) as talk:
        hello = await talk.next("hello")
        station.registry.disconnect(hello["client"])
        assert await talk.closed() == (4001, "An operator closed this connection.")
    assert [line.state for line in station.registry.lines()] == [ClientState.DISCONNECTED]


async def test_all_are_told_when_the_server_goes(site: Door, visitor: Visitor, station: Station) -> None:
    """W-14: 1001 for everybody, and they may come back elsewhere."""
    async with AsyncExitStack() as stack:
        talks = [await stack.enter_async_context(browser(visitor, site)) for _ in range(3)]
        for talk in talks:
            await talk.subscribe("price")
        closing = asyncio.ensure_future(station.registry.close_all(1001, "The server is going down."))
        for talk in talks:
            assert await talk.closed() == (1001, "The server is going down.")
            await talk.socket.disconnect()
        assert await closing == 0
