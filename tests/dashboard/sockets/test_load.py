"""Suite load (W-15): what `make load` does to the site with hundreds of clients, here with a few and without a clock.

The servers are the real ones, on real sockets; how late updates are is not asked here.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
import pytest_asyncio
from django.contrib.auth.models import User
from pytest_django import Settings

from dashboard.hub import Hub
from dashboard.protocol import codes
from dashboard.sockets.door import Limits
from dashboard.sockets.station import Station
from dashboard.sources import open_source
from feeds.clock import SystemClock
from omega_site.broadcast import Broadcast
from omega_site.port import bound
from tests.dashboard.conftest import Writer
from tests.dashboard.forgetful import Forgetful
from tests.dashboard.samples import NOON, price_state, trade
from tests.dashboard.sockets.talking import CLIENTS, door_to, new_token
from tests.load.crowd import TAPE, Crowd, Member, settled
from tests.load.frames import masked
from tests.load.line import ABNORMAL, SWITCHED, Door, connect
from tests.load.listener import Listener

pytestmark = pytest.mark.django_db(transaction=True)
Doors = Callable[[int], list[Door]]

HANDSHAKES = 50
LIMITS = Limits(HANDSHAKES, 32, 2000, 0, ())
PATIENCE_S = 10.0


@pytest.fixture
def tokens(transactional_db: None) -> list[str]:
    """Of ten users: none has more than eight sockets, also while the server has not noticed that some are gone."""
    return [new_token(User.objects.create_user(f"listener-{number}")) for number in range(10)]


@pytest.fixture
def port() -> Iterator[int]:
    """A free one of 127.0.0.1, held until the test is over: the server opens it once more, and nobody else may."""
    (held,) = bound("127.0.0.1", 0)
    yield held.getsockname()[1]
    held.close()


@pytest.fixture
def hub(request: pytest.FixtureRequest) -> Hub:
    """The site's own, where a test names no other."""
    kind: type[Hub] = getattr(request, "param", Hub)
    return kind(SystemClock(), open_source)


@pytest_asyncio.fixture
async def server(layer: None, port: int, hub: Hub, settings: Settings) -> AsyncIterator[Broadcast]:
    settings.WEBSOCKET_HOST, settings.WEBSOCKET_PORT, settings.WEBSOCKET_SSL_PORT = "127.0.0.1", port, 0
    station = Station(SystemClock(), hub)
    server = Broadcast(door_to(station, LIMITS), station.close_all)
    await server.start_server()
    yield server
    await server.stop_server()


@pytest.fixture
def doors(server: Broadcast, port: int, tokens: list[str]) -> Doors:
    """For so many clients, each at an address of its own."""
    addresses = (f"127.0.2.{number}" for number in range(1, 255))

    def made(number: int) -> list[Door]:
        headers = [{"Authorization": f"Bearer {tokens[seat % len(tokens)]}"} for seat in range(number)]
        return [Door(port, CLIENTS, each, next(addresses)) for each in headers]

    return made


@pytest_asyncio.fixture
async def crowd(doors: Doors) -> AsyncIterator[Crowd]:
    """Twenty clients who have the state."""
    crowd = Crowd()
    await crowd.open(doors(20), TAPE)
    yield crowd
    crowd.leave()


async def trade_on(writer: Writer, first: int, count: int = 1) -> float:
    """Trades one after the other, each with its price; when the last one came."""
    for number in range(first, first + count):
        last = trade(number, "64000.10", NOON + timedelta(milliseconds=number))
        await writer.log(last)
        await writer.show(price_state(last, NOON, number))
        await asyncio.sleep(0.005)
    return last.received_at.timestamp()


async def hear_everything(crowd: Crowd, writer: Writer, number: int) -> None:
    """After one trade more all are there, and at the same place; on their way there nothing was missing or repeated."""
    assert await settled(crowd, await trade_on(writer, number), PATIENCE_S) == 0
    assert [member for member in crowd.members if not member.is_there] == []
    assert len({str(member.listener.places) for member in crowd.members}) == 1
    assert [member for member in crowd.members if member.listener.holes] == []
    assert crowd.repeats == 0


async def test_everybody_hears_every_trade_in_order(crowd: Crowd, writer: Writer) -> None:
    """C1, C2: nothing is lost, nothing comes twice, and no price goes back."""
    await trade_on(writer, 1, 30)
    await hear_everything(crowd, writer, 31)


async def test_reader_that_stops_is_cut_and_nobody_else_is(crowd: Crowd, doors: Doors, writer: Writer) -> None:
    """C3: what a client does not take is bounded, and the bound is its own."""
    (slow,) = await Crowd().open(doors(1), TAPE)
    assert slow.line is not None
    slow.line.transport.pause_reading()
    for number in range(0, 8000, 1000):
        await writer.log(*(trade(each, "64000.10") for each in range(number, number + 999)))
        await hear_everything(crowd, writer, number + 999)
    slow.line.transport.resume_reading()
    await asyncio.wait_for(slow.line.ended.wait(), PATIENCE_S)
    # Who reads on in time is told why.
    assert slow.line.code in (codes.TOO_SLOW, ABNORMAL)


async def test_flood_of_frames_is_closed_and_the_others_hear_everything(
    crowd: Crowd, doors: Doors, writer: Writer
) -> None:
    """C7: ten thousand frames of one client."""
    line = await connect(doors(1)[0], Listener(TAPE))
    line.transport.write(masked(b'{"type":"ping"}') * 10_000)
    await hear_everything(crowd, writer, 1)
    await asyncio.wait_for(line.ended.wait(), PATIENCE_S)


async def test_flood_of_handshakes_is_refused_and_the_others_hear_everything(
    crowd: Crowd, doors: Doors, writer: Writer
) -> None:
    """C8: of one address only so many are let in; clients of other addresses notice nothing."""
    (stranger,) = doors(1)
    lines = await asyncio.gather(
        *(connect(replace(stranger, headers={}), Listener(TAPE)) for _ in range(3 * HANDSHAKES))
    )
    answers = Counter(line.status for line in lines)
    await hear_everything(crowd, writer, 1)
    for line in lines:
        line.cut()
    assert set(answers) == {SWITCHED, 429}
    assert answers[SWITCHED] <= LIMITS.sockets_per_address


async def test_everybody_is_back_after_the_server_was_started_anew(
    crowd: Crowd, server: Broadcast, writer: Writer
) -> None:
    """C9: all at once; what they had last is of a server that is gone, so each is told that the state follows."""
    await hear_everything(crowd, writer, 1)
    await server.stop_server()
    assert {member.line.code for member in crowd.members if member.line} == {codes.GOING_AWAY}
    await server.start_server()
    await asyncio.gather(*(member.come() for member in crowd.members))
    await hear_everything(crowd, writer, 2)


async def suffer(crowd: Crowd, writer: Writer) -> None:
    """Sixty trades, while each is cut off five times and comes back at once."""
    chance = Random(10)

    async def come_and_go(member: Member) -> None:
        for _ in range(5):
            await asyncio.sleep(chance.random() / 10)
            assert member.line is not None
            member.line.cut()
            await member.line.ended.wait()
            await member.come()
            assert member.is_there, crowd.describe([member])

    await hear_everything(crowd, writer, 1)
    await asyncio.gather(trade_on(writer, 2, 60), *map(come_and_go, crowd.members))


async def test_clients_that_are_cut_off_miss_nothing(crowd: Crowd, writer: Writer) -> None:
    """C10: whoever comes back with its last place gets exactly what came since then."""
    await suffer(crowd, writer)
    await hear_everything(crowd, writer, 62)
    assert sum((member.listener.recovered for member in crowd.members), Counter[bool]()) == {True: 5 * 20}


@pytest.mark.parametrize("hub", [Forgetful], indirect=True)
async def test_server_that_replays_nothing_is_caught(crowd: Crowd, writer: Writer) -> None:
    """C10: the proof above is one, and so is that of `make load`, which counts the same."""
    await suffer(crowd, writer)
    assert sum(member.listener.holes for member in crowd.members) > 0
