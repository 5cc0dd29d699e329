"""What becomes of a frame's events."""

import logging
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
import pytest_asyncio

from feeds.connection.board import Board
from feeds.connection.intake import Intake
from feeds.connection.session import Received
from feeds.errors import BadFrame
from feeds.storage import latest
from feeds.storage.recorder import Recorder
from feeds.storage.redis import LiveStore
from feeds.types import Event, Notice, Quote
from tests.clock import ManualClock
from tests.feeds.connection.observer import Observer
from tests.feeds.connection.plans import feed_plan, venue_plan
from tests.feeds.samples import NOON, trade

BINANCE = venue_plan("binance")
HTX = venue_plan("htx", instruments={"btcusdt": "BTC-USDT"})


class Desk:
    """An intake with its board and its recorder."""

    def __init__(self, store: LiveStore, clock: ManualClock) -> None:
        self.board = Board("main", 1, clock)
        self.board.follow(feed_plan(BINANCE, HTX), NOON)
        self._recorder = Recorder(store, dict, clock)
        self._intake = Intake(self.board, self._recorder)
        self._observer = Observer(store)

    async def take(self, *events: Event, bad_frame: BadFrame | None = None) -> None:
        await self._intake.take(Received(list(events), NOON, is_connected=True, bad_frame=bad_frame), BINANCE)

    async def take_htx(self, *events: Event) -> None:
        await self._intake.take(Received(list(events), NOON, is_connected=True), HTX)

    async def logged(self) -> list[str]:
        await self._recorder.finish()
        return await self._observer.logged_ids()

    def rejected(self) -> int:
        state = self.board.take()[latest.feed_key("main")]
        assert isinstance(state, latest.FeedState)
        return sum(venue.rejected for venue in state.venues)


@pytest_asyncio.fixture
async def desk(redis_server: str, clock: ManualClock) -> AsyncIterator[Desk]:
    store = LiveStore(redis_server)
    yield Desk(store, clock)
    await store.close()


async def test_trades_are_logged_and_shown(desk: Desk) -> None:
    """F-12: under our name of the instrument."""
    await desk.take(trade(1), trade(2))
    shown = desk.board.take()[latest.price_key("BTC-USDT")]
    assert isinstance(shown, latest.PriceState)
    assert shown.trade_id == "2"
    assert await desk.logged() == ["1", "2"]


async def test_frame_that_tells_the_newest_first_is_logged_oldest_first(desk: Desk) -> None:
    """E26: HTX's order is turned round."""
    await desk.take_htx(trade(3, symbol="btcusdt"), trade(2, symbol="btcusdt"))
    assert await desk.logged() == ["2", "3"]


async def test_repeats_are_neither_logged_nor_counted_as_rejected(desk: Desk) -> None:
    """E25: venues repeat the last trades after a subscription."""
    await desk.take(trade(1))
    await desk.take(trade(1), trade(2))
    assert await desk.logged() == ["1", "2"]
    assert desk.rejected() == 0


@pytest.mark.parametrize(
    "refused", [trade(1, price="1000000.01"), trade(1, size="0"), trade(1, symbol="ETHUSDT")], ids=str
)
async def test_refused_trade_is_counted_and_dropped(desk: Desk, refused: Event) -> None:
    """F-13 E20: out of bounds, or of a symbol that nobody asked for."""
    await desk.take(refused, trade(2))
    assert await desk.logged() == ["2"]
    assert desk.rejected() == 1


async def test_bad_frame_is_counted_and_told(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """F-16: with its reason and an excerpt."""
    with caplog.at_level(logging.WARNING):
        await desk.take(bad_frame=BadFrame("json", '{"e":'))
    assert desk.rejected() == 1
    assert "json: '{\"e\":'" in caplog.text


async def test_quote_of_an_unknown_symbol_is_nothing(desk: Desk) -> None:
    """E20: it is not shown beside anybody's price."""
    one = Decimal(1)
    await desk.take(trade(1), Quote("ETHUSDT", one, one, one, one), Notice("bye"))
    shown = desk.board.take()[latest.price_key("BTC-USDT")]
    assert isinstance(shown, latest.PriceState)
    assert shown.bid is None
