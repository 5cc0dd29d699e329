"""The last believed quote of each second goes to the log: one of each instrument at each venue."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest
import pytest_asyncio

from feeds.connection import sampler
from feeds.connection.sampler import SECOND_S
from feeds.storage import recorder
from feeds.storage.live import LiveStore
from feeds.storage.logged import LoggedQuote
from feeds.types import Quote
from tests.clock import ManualClock
from tests.feeds.connection.desk import HTX, Desk
from tests.feeds.connection.observer import Observer
from tests.feeds.connection.running import running
from tests.feeds.samples import NOON, quote, trade
from tests.waiting import wait_for, wait_until

MILLISECOND = timedelta(milliseconds=1)


@pytest_asyncio.fixture
async def desk(redis_server: str, clock: ManualClock) -> AsyncIterator[Desk]:
    store = LiveStore(redis_server)
    yield Desk(store, clock)
    await store.close()


@asynccontextmanager
async def sampling(desk: Desk) -> AsyncIterator[None]:
    running = asyncio.create_task(desk.sampler.run())
    await asyncio.sleep(0)
    yield
    running.cancel()


async def sampled(desk: Desk) -> list[LoggedQuote]:
    """What is logged when the feed stops now."""
    desk.sampler.finish()
    return await desk.logged_quotes()


async def bids(desk: Desk) -> list[str]:
    return [str(each.bid) for each in await desk.logged_quotes()]


async def test_last_quote_of_a_second_is_logged_whole(desk: Desk) -> None:
    """6.1 F-12: every digit, both clocks; a later one of the second takes the place of an earlier one."""
    quoted_at = NOON + 980 * MILLISECOND
    await desk.take(quote("1.10", "1.20"), received_at=NOON + 10 * MILLISECOND)
    await desk.take(quote("1.30", "1.400", quoted_at), received_at=NOON + 990 * MILLISECOND)
    await desk.take(quote("1.50", "1.60"), received_at=NOON + 1000 * MILLISECOND)
    first, second = await sampled(desk)
    assert (first.venue, first.instrument, str(first.bid), str(first.ask)) == ("binance", "BTC-USDT", "1.30", "1.400")
    assert (str(first.bid_size), str(first.ask_size)) == ("1.50", "0.250")
    assert (first.quoted_at, first.received_at, first.second_at) == (quoted_at, NOON + 990 * MILLISECOND, NOON)
    assert (str(second.bid), second.quoted_at) == ("1.50", None)


async def test_each_venue_has_a_sample_of_its_own(desk: Desk) -> None:
    """6.1: what one says takes nothing from another."""
    await desk.take(quote("1.10"), received_at=NOON)
    await desk.take(msgspec.structs.replace(quote("1.20"), symbol="btcusdt"), venue=HTX, received_at=NOON)
    assert [(each.venue, str(each.bid)) for each in await sampled(desk)] == [("binance", "1.10"), ("htx", "1.20")]


async def test_second_is_logged_once_it_is_over_though_nothing_follows(desk: Desk, clock: ManualClock) -> None:
    """6.1: and not again in the seconds without a quote."""
    async with sampling(desk):
        await desk.take(quote("1.10"), received_at=clock.now())
        assert await bids(desk) == []
        for _ in range(3):
            await clock.advance(SECOND_S)
            await wait_until(lambda: clock.sleepers == 1)
        assert await bids(desk) == ["1.10"]


async def test_end_waits_for_no_room(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """6.1: nobody makes any, and the journal, the ledger and the lease come after it."""
    monkeypatch.setattr(recorder, "CAPACITY", 1)
    await desk.take(quote("1.10"), received_at=NOON)
    await desk.take(msgspec.structs.replace(quote("1.20"), symbol="btcusdt"), venue=HTX, received_at=NOON)
    assert [str(each.bid) for each in await sampled(desk)] == ["1.10"]
    assert "1 quotes that the recorder had no room for" in caplog.text


async def test_what_waits_for_the_recorder_is_bounded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """6.1: quotes go on while nothing takes them."""
    monkeypatch.setattr(sampler, "MOST_WAITING", 2)
    for second in range(4):
        await desk.take(quote(f"1.{second}"), received_at=NOON + timedelta(seconds=second))
    assert [str(each.bid) for each in await sampled(desk)] == ["1.0", "1.1"]


async def test_what_was_dropped_is_told_once_when_it_is_over(
    desk: Desk, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """6.1: how many quotes an episode cost, and not a word for each of them."""
    monkeypatch.setattr(sampler, "MOST_WAITING", 2)
    monkeypatch.setattr(recorder, "CAPACITY", 1)
    async with sampling(desk):
        for second in range(6):
            await desk.take(quote(f"1.{second}"), received_at=clock.now())
            await clock.advance(SECOND_S)
        assert not caplog.records
        monkeypatch.setattr(recorder, "CAPACITY", 10)
        assert await bids(desk) == ["1.0"]
        await wait_until(lambda: clock.sleepers == 1)
        assert [record.getMessage() for record in caplog.records] == [
            "2 quotes were dropped: 2 others waited for the recorder"
        ]
        assert await bids(desk) == ["1.0", "1.1", "1.2"]


async def test_what_was_dropped_is_told_at_the_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """6.1: also where nothing made room before."""
    monkeypatch.setattr(sampler, "MOST_WAITING", 2)
    for second in range(4):
        await desk.take(quote(f"1.{second}"), received_at=NOON + timedelta(seconds=second))
    desk.sampler.finish()
    assert [record.getMessage() for record in caplog.records] == [
        "2 quotes were dropped: 2 others waited for the recorder"
    ]


@pytest.mark.parametrize(
    "doubted",
    [
        quote("1.30", "1.20"),
        quote("1.30", "1.40", NOON - timedelta(seconds=61)),
        quote("200.00", "201.00"),
        msgspec.structs.replace(quote(), symbol="ETHUSDT"),
    ],
)
async def test_quote_that_is_not_believed_is_no_sample(desk: Desk, doubted: Quote) -> None:
    """F-14: crossed, of another time, far from its venue's price, of another symbol."""
    await desk.take(trade(1, price="1.15"), quote("1.10", "1.20"), doubted)
    assert [str(each.bid) for each in await sampled(desk)] == ["1.10"]


async def test_quote_that_doubts_the_last_price_is_a_sample(desk: Desk) -> None:
    """6.1: the market moved on without a trade; it is what stands in the book."""
    await desk.take(trade(1, price="1.00"), quote("1.04", "1.05"))
    assert [each.bid for each in await sampled(desk)] == [Decimal("1.04")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("lively")
async def test_running_feed_logs_quotes_of_its_venues(observer: Observer) -> None:
    """6.1: of the one that leads and of a standby; what is not over when it stops, too."""
    async with running():

        async def look() -> bool | None:
            return len({each.venue for each in await observer.quotes()}) >= 2 or None

        await wait_for(look)
    kept = await observer.quotes()
    assert len({(each.venue, each.instrument, each.second_at) for each in kept}) == len(kept)
