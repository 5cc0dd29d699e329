"""How far each venue's clock is, asked at an exchange that goes by the test's clock."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
import pytest_asyncio

from feeds.connection.offset import ASK_APART_S, ASK_EVERY_S, Offset
from feeds.connection.rest import RestClient
from feeds.storage.allowance import Allowance
from feeds.storage.live import LiveStore
from feeds.venues import REGISTRY
from tests.clock import ManualClock
from tests.exchange.server import Exchange
from tests.waiting import wait_until


@dataclass
class Office:
    """Runs an Offset against the exchange of the hour, and keeps what it tells."""

    clock: ManualClock
    store: LiveStore
    url: str = ""
    ahead: float = 0.0
    connected: list[str] = field(default_factory=list)
    told: list[tuple[str, float]] = field(default_factory=list)
    asked: list[tuple[str, float]] = field(default_factory=list)

    def time(self) -> datetime:
        return self.clock.now() + timedelta(seconds=self.ahead)

    def client_of(self, code: str) -> RestClient:
        self.asked.append((code, self.clock.monotonic()))
        path = REGISTRY[code].rest.url.removeprefix("https://").partition("/")[2]
        return RestClient(REGISTRY[code], f"{self.url}/{code}/{path}", Allowance(self.store, self.clock), self.clock)

    def offset(self) -> Offset:
        return Offset(lambda: self.connected, self.client_of, lambda *skew: self.told.append(skew), self.clock)

    async def pass_time(self, seconds: float) -> None:
        """Time goes on in steps, and whoever is asked answers in between."""
        for _ in range(int(seconds / ASK_APART_S)):
            await wait_until(lambda: self.clock.sleepers)
            await self.clock.advance(ASK_APART_S)
        await wait_until(lambda: self.clock.sleepers)


@pytest_asyncio.fixture
async def office(clock: ManualClock) -> AsyncIterator[Office]:
    store = LiveStore("redis://127.0.0.1:9")
    office = Office(clock, store)
    async with Exchange(clock=office.time) as exchange:
        office.url = exchange.url
        yield office
    await store.close()


@pytest_asyncio.fixture
async def offset(office: Office) -> AsyncIterator[Offset]:
    offset = office.offset()
    running = asyncio.create_task(offset.run())
    yield offset
    running.cancel()


async def test_connected_venue_is_asked_within_seconds(office: Office, offset: Offset) -> None:
    """V-16 E27: and what it says is told, to the millisecond."""
    office.ahead = 3600.0
    assert offset.skew("binance") is None
    office.connected = ["binance"]
    await office.pass_time(2 * ASK_APART_S)
    ((venue, ahead),) = office.told
    assert venue == "binance"
    assert ahead == pytest.approx(3600.0, abs=0.001)
    assert offset.skew("binance") == pytest.approx(3600.0, abs=0.001)


async def test_each_is_asked_every_five_minutes_and_never_two_at_once(office: Office, offset: Offset) -> None:
    """V-16: three venues, ten minutes, two questions each, two seconds apart at least; idle ones are left alone."""
    office.connected = ["binance", "htx", "kraken"]
    await office.pass_time(2 * ASK_EVERY_S - 10)
    times = [at for _, at in office.asked]
    assert sorted(code for code, _ in office.asked) == ["binance", "binance", "htx", "htx", "kraken", "kraken"]
    assert all(later - earlier >= ASK_APART_S for earlier, later in zip(times, times[1:], strict=False))


async def test_venue_that_reconnects_is_not_asked_again_at_once(office: Office, offset: Offset) -> None:
    """V-16: a venue that comes and goes costs no more of its budget than one that stays."""
    for _ in range(20):
        office.connected = ["okx"]
        await office.pass_time(ASK_APART_S)
        office.connected = []
        await office.pass_time(ASK_APART_S)
    assert len(office.asked) == 1


async def test_of_a_venue_that_does_not_answer_nothing_is_known(office: Office, offset: Offset) -> None:
    """V-16: what it said before is no longer believed; the others are asked as ever."""
    office.connected = ["bybit", "gateio"]
    await office.pass_time(3 * ASK_APART_S)
    assert offset.skew("bybit") is not None
    url, office.url = office.url, "http://127.0.0.1:9"
    await office.pass_time(ASK_EVERY_S)
    assert (offset.skew("bybit"), offset.skew("gateio")) == (None, None)
    office.url = url
    await office.pass_time(ASK_EVERY_S)
    assert len(office.told) == 4
