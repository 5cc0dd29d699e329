"""One session of a feed over as many connections as it takes: a real exchange, a real Redis, and the real clock."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final, TypeVar

import pytest
import pytest_asyncio

from feeds.clock import SystemClock
from feeds.connection.board import Board
from feeds.connection.events import Announced, Connected, Ended, Event, Heard, Lost, Opened, PutOff
from feeds.connection.intake import Intake
from feeds.connection.ledger import Ledger
from feeds.connection.line import Around, Line
from feeds.connection.sampler import Sampler
from feeds.errors import ClosedByVenue, HandshakeRefused, Replaced, Silent
from feeds.pace import Rate
from feeds.queries import VenuePlan
from feeds.storage.allowance import Allowance
from feeds.storage.database import DatabaseThread
from feeds.storage.live import LiveStore
from feeds.storage.recorder import Recorder
from feeds.storage.spool import Spool
from feeds.venues.binance import Binance
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.feeds.connection.listener import PRICE, address
from tests.feeds.connection.observer import Observer
from tests.feeds.connection.plans import feed_plan, venue_plan
from tests.feeds.samples import NOON, nobody
from tests.waiting import wait_until

BTC, ETH = "BTC-USDT", "ETH-USDT"
NUMBER: Final = 7
KIND = TypeVar("KIND", bound=Event)


class Desk:
    """What every line of a test works with; `heard` is what the supervisor was told, in order."""

    def __init__(self, exchange: Exchange, store: LiveStore) -> None:
        clock = SystemClock()
        self.board = Board("main", 1, clock)
        self.board.follow(feed_plan(), NOON)
        self.board.lead("binance", "", NOON)
        self.recorder = Recorder(store, dict, clock, nobody, Spool("main"))
        self.allowance = Allowance(store, clock)
        self.heard: list[Event] = []
        self.observer = Observer(store)
        ledger = Ledger(DatabaseThread("desk"), store, self.allowance, clock, self.board.miss, self.board.fill)
        intake = Intake(self.board, self.recorder, Sampler(self.recorder, clock), ledger, clock)
        self._around = Around(intake, ledger, self.allowance, clock, self.heard.append)
        self._exchange = exchange

    def of(self, kind: type[KIND]) -> list[KIND]:
        return [event for event in self.heard if isinstance(event, kind)]

    def plan(self, *urls: str, connects: Rate | None = None) -> VenuePlan:
        """Two instruments at Binance."""
        plan = venue_plan("binance", instruments={"BTCUSDT": BTC, "ETHUSDT": ETH})
        plan = replace(plan, urls=urls or (address(self._exchange, "binance"),))
        return replace(plan, connects=connects) if connects else plan

    def begin(self, plan: VenuePlan, attempt: int = 0) -> tuple[Line, asyncio.Task[None]]:
        line = Line(NUMBER, plan, attempt, self._around)
        return line, asyncio.create_task(line.run())

    async def connect(self, plan: VenuePlan, connections: int) -> tuple[Line, asyncio.Task[None]]:
        """A line whose every connection has asked, and told of a trade."""
        line, task = self.begin(plan)
        await wait_until(lambda: sum(len(each.topics) for each in self._exchange.connections) == 4)
        assert len(self._exchange.connections) == connections
        self.trade(BTC)
        await wait_until(lambda: self.of(Heard))
        assert len(self.of(Connected)) == (1 if connections == 1 else 0)
        self.trade(ETH)
        await wait_until(lambda: self.of(Connected))
        return line, task

    def trade(self, instrument: str) -> None:
        self._exchange.trade("binance", instrument, PRICE)


@pytest_asyncio.fixture
async def both() -> AsyncIterator[Exchange]:
    """A still exchange with two instruments."""
    async with Exchange(market=RandomMarket(rate=0, instruments=(BTC, ETH), first_id=1000)) as exchange:
        yield exchange


@pytest_asyncio.fixture
async def desk(both: Exchange, redis_server: str) -> AsyncIterator[Desk]:
    store = LiveStore(redis_server)
    yield Desk(both, store)
    await store.close()


@pytest.fixture
def one_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection takes one symbol only."""
    monkeypatch.setattr(Binance, "symbols_per_session", 1)


async def ended(desk: Desk, task: asyncio.Task[None]) -> Ended:
    """The last word of a session, said once."""
    await asyncio.wait_for(task, 5.0)
    (end,) = desk.of(Ended)
    assert desk.heard[-1] is end
    return end


@pytest.mark.usefixtures("one_each")
async def test_parts_open_and_connect_as_one(desk: Desk) -> None:
    """F-10: opened when the last one is, connected when the last one has its data; what all say goes to one log."""
    line, task = await desk.connect(desk.plan(), connections=2)
    assert [event.session for event in desk.of(Opened)] == [event.session for event in desk.of(Connected)] == [NUMBER]
    assert isinstance(desk.heard[0], Opened)
    assert [(event.instrument, event.is_good) for event in desk.of(Heard)] == [(BTC, True), (ETH, True)]
    line.leave("enough")
    await ended(desk, task)
    await desk.recorder.finish()
    assert [trade.instrument for trade in await desk.observer.logged()] == [BTC, ETH]


@pytest.mark.usefixtures("one_each")
async def test_part_that_ends_ends_the_others(desk: Desk, both: Exchange) -> None:
    """F-10 E13: one end is told, with its reason; the other part is left politely, not forgotten."""
    _, task = await desk.connect(desk.plan(), connections=2)
    both.connections[0].hang_up()
    end = await ended(desk, task)
    assert (type(end.error), end.session, end.cool_off) == (ClosedByVenue, NUMBER, 0.0)
    await wait_until(lambda: not both.open_connections)
    assert both.connections[1].close_code == 1000


@pytest.mark.usefixtures("one_each")
async def test_part_that_cannot_be_had_ends_the_others(desk: Desk, both: Exchange) -> None:
    """F-10: half of a session is none; it never says that it is open."""
    plan = desk.plan()
    both.faults.set("binance", "refuse", status=503)
    _, task = desk.begin(plan)
    assert isinstance((await ended(desk, task)).error, HandshakeRefused)
    assert len(desk.heard) == 1


@pytest.mark.usefixtures("one_each")
async def test_all_parts_are_left_politely(desk: Desk, both: Exchange) -> None:
    """W2: each sees 1000; what it said before it heard of that is taken."""
    line, task = await desk.connect(desk.plan(), connections=2)
    for instrument in (BTC, ETH, BTC, ETH):
        desk.trade(instrument)
    line.leave("surplus: better venues deliver")
    line.leave("once more")
    end = await ended(desk, task)
    assert (type(end.error), str(end.error)) == (Replaced, "surplus: better venues deliver")
    assert [connection.close_code for connection in both.connections] == [1000, 1000]
    await desk.recorder.finish()
    assert len(await desk.observer.logged_ids()) == len(both.ledger) == 6


async def test_silent_session_is_cut(desk: Desk, both: Exchange) -> None:
    """E7: without waiting for an answer to a goodbye; the end says that it was silence."""
    line, task = await desk.connect(desk.plan(), connections=1)
    line.cut("no market data for 3.0 s")
    line.leave("the feed stops")
    end = await ended(desk, task)
    assert (type(end.error), str(end.error)) == (Silent, "no market data for 3.0 s")


async def test_line_that_was_left_before_it_began_leaves_nothing_behind(desk: Desk, both: Exchange) -> None:
    """W2: a feed that stops while it connects."""
    line, task = desk.begin(desk.plan())
    line.leave("the feed stops")
    assert isinstance((await ended(desk, task)).error, Replaced)
    await wait_until(lambda: not both.open_connections)


@pytest.mark.usefixtures("one_each")
async def test_session_that_the_limit_does_not_allow_is_put_off_whole(desk: Desk, both: Exchange) -> None:
    """E5: three connections a minute are one session of two parts; it says for how long, and asks nobody."""
    plan = desk.plan(connects=Rate(3, 60.0))
    line, task = await desk.connect(plan, connections=2)
    desk.heard.clear()
    _, second = desk.begin(plan)
    await asyncio.wait_for(second, 5.0)
    (put_off,) = desk.of(PutOff)
    assert (len(desk.heard), put_off.session, put_off.is_ban) == (1, NUMBER, False)
    assert put_off.reason == "its limit of connections is reached"
    assert 55.0 < put_off.seconds <= 60.0
    assert len(both.connections) == 2
    line.leave("enough")
    await ended(desk, task)


async def test_banned_venue_is_put_off_with_what_it_said(desk: Desk, both: Exchange) -> None:
    """E4 E5: the first session hears the ban and ends with its seconds; the next one asks nobody."""
    both.faults.set("binance", "refuse", status=403)
    _, task = desk.begin(desk.plan())
    assert (await ended(desk, task)).cool_off == 600.0
    desk.heard.clear()
    _, second = desk.begin(desk.plan())
    await asyncio.wait_for(second, 5.0)
    (put_off,) = desk.of(PutOff)
    assert put_off.is_ban
    assert "403" in put_off.reason
    assert 590.0 < put_off.seconds <= 600.0
    assert len(both.attempts) == 1


async def test_each_attempt_is_made_at_the_next_address(desk: Desk, both: Exchange) -> None:
    """F-08: venues have several; after the last one comes the first."""
    here = address(both, "binance")
    plan = desk.plan(f"{here}?one", f"{here}?two")
    both.faults.set("binance", "refuse", status=503)
    for attempt in range(3):
        await asyncio.wait_for(desk.begin(plan, attempt)[1], 5.0)
    assert [attempt.path.rpartition("?")[2] for attempt in both.attempts] == ["one", "two", "one"]


async def test_notice_of_the_venue_is_told(desk: Desk, both: Exchange) -> None:
    """E17: that it will close this session, in its words; the session goes on."""
    line, task = await desk.connect(desk.plan(), connections=1)
    both.faults.set("binance", "notice")
    await wait_until(lambda: desk.of(Announced))
    assert desk.of(Announced)[0].session == NUMBER
    assert not task.done()
    line.leave("renewed")
    await ended(desk, task)


async def test_instrument_that_the_venue_refuses_is_told_by_our_name(redis_server: str) -> None:
    """E19: with its reason; the other one connects the session."""
    async with Exchange(market=RandomMarket(rate=0, instruments=(BTC, ETH), unlisted=[("bybit", ETH)])) as exchange:
        store = LiveStore(redis_server)
        desk = Desk(exchange, store)
        plan = replace(desk.plan(address(exchange, "bybit")), code="bybit", name="Bybit")
        line, task = desk.begin(plan)
        await wait_until(lambda: desk.of(Lost))
        exchange.trade("bybit", BTC, PRICE)
        await wait_until(lambda: desk.of(Connected))
        assert [(lost.session, lost.instrument) for lost in desk.of(Lost)] == [(NUMBER, ETH)]
        assert "ETHUSDT" in desk.of(Lost)[0].reason
        line.leave("enough")
        await ended(desk, task)
        await store.close()
