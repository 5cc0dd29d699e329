"""What becomes of a frame's events."""

import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Final

import msgspec
import pytest
import pytest_asyncio

from feeds.connection.rejection import KEPT
from feeds.errors import BadFrame, Corrupt
from feeds.storage.live import LiveStore
from feeds.types import Event, Notice, Quote
from tests.clock import ManualClock
from tests.feeds.connection.desk import HTX, Desk, binance_frame
from tests.feeds.samples import NOON, trade

GARBAGE = BadFrame("json", '{"e":')


@pytest_asyncio.fixture
async def desk(redis_server: str, clock: ManualClock) -> AsyncIterator[Desk]:
    store = LiveStore(redis_server)
    yield Desk(store, clock)
    await store.close()


def quote(symbol: str = "BTCUSDT", bid: int = 1, ask: int = 2) -> Quote:
    return Quote(symbol, Decimal(bid), Decimal(1), Decimal(ask), Decimal(1))


async def test_trades_are_logged_and_shown(desk: Desk) -> None:
    """F-12: under our name of the instrument."""
    await desk.take(trade(1), trade(2))
    shown = desk.price()
    assert shown
    assert shown.trade_id == "2"
    assert await desk.logged() == ["1", "2"]


async def test_frame_that_tells_the_newest_first_is_logged_oldest_first(desk: Desk) -> None:
    """E26: HTX's order is turned round."""
    await desk.take(trade(3, symbol="btcusdt"), trade(2, symbol="btcusdt"), venue=HTX)
    assert await desk.logged() == ["2", "3"]
    assert desk.venue("htx").quarantined == {}


async def test_repeats_are_not_logged_and_are_counted_apart(desk: Desk) -> None:
    """E25: venues repeat the last trades after a subscription; that is no fault."""
    await desk.take(trade(1))
    await desk.take(trade(1), trade(2))
    assert await desk.logged() == ["1", "2"]
    venue = desk.venue()
    assert (venue.rejected, venue.quarantined, venue.repeated) == ({}, {}, 1)


@pytest.mark.parametrize(
    ("refused", "reason"),
    [
        (trade(1, price="1000000.01"), "price_bounds"),
        (trade(1, size="0"), "size_bounds"),
        (trade(1, symbol="ETHUSDT"), "symbol"),
        (quote("ETHUSDT"), "symbol"),
        (quote(bid=3), "crossed"),
    ],
    ids=str,
)
async def test_what_is_refused_is_counted_by_its_reason_and_dropped(desk: Desk, refused: Event, reason: str) -> None:
    """F-13 E20: out of bounds, crossed, or of a symbol that nobody asked for."""
    await desk.take(trade(1), refused, trade(2))
    assert await desk.logged() == ["1", "2"]
    assert desk.venue().rejected == {reason: 1}
    shown = desk.price()
    assert shown is None or shown.bid is None


@pytest.mark.parametrize("ahead", [timedelta(seconds=5.1), timedelta(seconds=-60.1), timedelta(days=3650)])
async def test_trade_whose_time_cannot_be_true_is_logged_and_never_shown(desk: Desk, ahead: timedelta) -> None:
    """F-14 E27: it is in quarantine, and the price neither shows it nor waits for its time to come."""
    odd = msgspec.structs.replace(trade(1, price="1.00"), traded_at=NOON + ahead)
    await desk.take(odd, odd, trade(2))
    shown = desk.price()
    assert shown
    assert shown.trade_id == "2"
    assert [(each.trade_id, each.quarantine) for each in await desk.logged_trades()] == [("1", "clock"), ("2", "")]
    assert desk.venue().quarantined == {"clock": 1}


async def test_late_trade_is_logged_and_not_shown(desk: Desk) -> None:
    """E26: neither the price nor its time goes back to an older id."""
    await desk.take(trade(2), trade(1))
    shown = desk.price()
    assert shown
    assert shown.trade_id == "2"
    assert desk.board.seen_at("binance") == NOON
    assert [(each.trade_id, each.quarantine) for each in await desk.logged_trades()] == [("2", ""), ("1", "order")]


async def test_bad_frame_is_counted_told_and_kept(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """F-16 E21: with its reason, and an excerpt that people can look at."""
    with caplog.at_level(logging.WARNING):
        await desk.take(Notice("bye"), bad_frame=GARBAGE)
    assert desk.venue().rejected == {"json": 1}
    assert "json: '{\"e\":'" in caplog.text
    (kept,) = await desk.kept()
    assert (kept.venue, kept.reason, kept.excerpt, kept.received_at) == ("binance", "json", "'{\"e\":'", NOON)


async def test_rejected_trade_is_kept_as_it_was_said(desk: Desk) -> None:
    """F-13: every digit of it, in ASCII."""
    await desk.take(trade(1, price="1000000.010", symbol="BTCUSDT"), trade(1, symbol="Ⅻ<b>"))
    stray, too_high = await desk.kept()
    assert too_high.excerpt.startswith('\'{"symbol":"BTCUSDT","trade_id":"1","price":"1000000.010",')
    assert '"symbol":"\\u216b<b>"' in stray.excerpt


async def test_flood_of_garbage_is_counted_whole_and_kept_in_part(
    desk: Desk, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """E21: of 100 bad frames in a second 20 are kept and told; after it there is room again."""
    with caplog.at_level(logging.WARNING):
        for _ in range(100):
            await desk.take(bad_frame=GARBAGE)
    assert desk.venue().rejected == {"json": 100}
    assert len(await desk.kept()) == len(caplog.records) == KEPT.count
    await clock.advance(KEPT.within)
    await desk.take(bad_frame=GARBAGE)
    assert len(await desk.kept()) == KEPT.count + 1


async def test_fifth_foreign_symbol_ends_the_session(desk: Desk) -> None:
    """E20: 0 wrong rows, and what else that frame said is still taken."""
    for number in range(4):
        await desk.take(trade(number, symbol="ETHUSDT"))
    with pytest.raises(Corrupt, match="foreign symbols 5 times"):
        await desk.take(trade(4, symbol="ETHUSDT"), trade(5))
    assert await desk.logged() == ["5"]
    assert desk.venue().rejected == {"symbol": 5}


async def test_next_session_is_judged_by_what_it_sends_itself(desk: Desk) -> None:
    """E20: the venue gets another chance after its wait."""
    with pytest.raises(Corrupt):
        await desk.take(*(trade(number, symbol="ETHUSDT") for number in range(5)))
    await desk.take(trade(5), trade(6, symbol="ETHUSDT"))
    assert await desk.logged() == ["5"]


async def test_session_of_bad_frames_ends_within_five_seconds(desk: Desk, clock: ManualClock) -> None:
    """E21: every second frame is garbage; one venue's garbage is not another's."""
    for number in range(5):
        await desk.take(trade(number))
        await desk.take(bad_frame=GARBAGE)
        await clock.advance(1.0)
    await desk.take(trade(1, symbol="btcusdt"), bad_frame=GARBAGE, venue=HTX)
    with pytest.raises(Corrupt, match="5 of 9 frames in 5 s could not be understood"):
        await desk.take(bad_frame=GARBAGE)


HOSTILE_PRICES: Final[tuple[object, ...]] = (
    *("0", "-1", "1000000.01", "NaN", "Infinity", "abc", "1e999", "1e1000000", "٣", " 1\n", "1_000", "0x1", ""),
    *("0." + "1" * 40, "1" * 13, 76000.1, 76000, None, True, [], {}),
)


@pytest.mark.parametrize("price", HOSTILE_PRICES, ids=repr)
async def test_price_that_is_none_leaves_no_row(desk: Desk, price: object) -> None:
    """F-13 E24: from the frame to the log nothing takes it; it is counted, and the next trade is taken."""
    await desk.hear(binance_frame(1, price), binance_frame(2, "1000000"))
    assert await desk.logged() == ["2"]
    assert sum(desk.venue().rejected.values()) == 1


@pytest.mark.parametrize("scale", [1 / 1000, 1000, 1_000_000], ids=["seconds", "microseconds", "nanoseconds"])
async def test_time_in_another_unit_is_never_live(desk: Desk, scale: float) -> None:
    """E27: seconds, micro- or nanoseconds in the place of milliseconds make no price."""
    frame = msgspec.json.decode(binance_frame(1))
    frame["data"]["T"] = int(frame["data"]["T"] * scale)
    await desk.hear(msgspec.json.encode(frame).decode())
    assert desk.price() is None
    assert sum(desk.venue().rejected.values()) + sum(desk.venue().quarantined.values()) == 1
