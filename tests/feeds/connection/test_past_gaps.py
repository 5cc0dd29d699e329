"""Gaps inside of a past that is fetched: repaired by proof alone, and no trade counts twice."""

from collections import deque
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from feeds.admin.backfill import _of_gap
from feeds.market.gap import Mark
from feeds.models import Backfill, Candle, Gap
from feeds.storage import past
from feeds.storage.database import DatabaseThread
from feeds.storage.live import LiveStore
from feeds.types import Side, as_trade
from tests.exchange.dialects import DIALECTS
from tests.exchange.market import Trade
from tests.exchange.server import Exchange
from tests.feeds.connection.backfills import PAST, START, fetched, run, tape, wish

pytestmark = pytest.mark.django_db(transaction=True)


def told_of(exchange: Exchange, venue: str) -> deque[Trade]:
    """What its REST has."""
    tape = exchange.market.tape(venue, DIALECTS[venue].symbol("BTC-USDT"))
    assert tape
    return tape.trades


def gap_in(venue: str, after: Trade, before: Trade) -> Gap:
    """One that was given up."""
    return Gap.objects.create(
        venue_id=venue,
        instrument_id="BTC-USDT",
        after_id=str(after.trade_id),
        after_at=after.traded_at,
        before_id=str(before.trade_id),
        before_at=before.traded_at,
        reason="silent",
        status=Gap.Status.UNREPAIRABLE,
        noticed_at=START,
    )


async def fetch_gap(gap: Gap, database: DatabaseThread) -> Backfill:
    """As the admin asks for it; the row when it is over."""

    row = await database.run(_of_gap, gap)
    await database.run(row.save)
    assert await run(gap.venue_id)
    await database.run(row.refresh_from_db)
    await database.run(gap.refresh_from_db)
    return row


@pytest.mark.parametrize("venue", PAST)
async def test_gaps_inside_are_repaired_and_their_bars_are_due(
    exchange: Exchange, store: LiveStore, database: DatabaseThread, venue: str
) -> None:
    """E33: one that was given up, with what it brought; one that is only half inside stays as it is."""
    trades = tape(exchange, venue, 300)
    inside = await database.run(gap_in, venue, trades[100], trades[150])
    half = await database.run(gap_in, venue, trades[190], trades[250])
    row = await database.run(wish, venue, 90, 200)
    assert await run(venue)
    for each in (inside, half, row):
        await database.run(each.refresh_from_db)
    assert (inside.status, inside.filled, inside.note) == ("repaired", 49, "")
    assert (half.status, half.filled, row.state) == ("unrepairable", 0, "done")
    due = Candle.objects.filter(venue=venue, is_due=True, start_at__gte=inside.after_at - timedelta(minutes=1))
    assert await database.run(due.count) >= 1


@pytest.mark.parametrize("left", [0, 30, 160])
@pytest.mark.parametrize("venue", PAST)
async def test_gap_is_repaired_by_an_answer_with_both_of_its_ends_alone(
    exchange: Exchange, store: LiveStore, database: DatabaseThread, venue: str, left: int
) -> None:
    """E33: an empty answer, or one that begins in the middle, is no proof that nothing is missing."""
    trades = tape(exchange, venue, 160)
    gap = await database.run(gap_in, venue, trades[100], trades[150])
    told = told_of(exchange, venue)
    while len(told) > left:
        told.popleft()
    row = await fetch_gap(gap, database)
    if left == 160:
        assert (gap.status, gap.filled, gap.note, row.state) == ("repaired", 49, "", "done")
        return
    assert (gap.status, row.state) == ("unrepairable", "partial")
    assert gap.note
    # Read backwards, it got smaller.
    assert gap.filled == (20 if left and venue in ("okx", "gateio") else 0)


async def test_trade_that_cannot_be_true_is_not_counted(
    exchange: Exchange, store: LiveStore, database: DatabaseThread
) -> None:
    """F-14: it is not in the log either."""
    trades = tape(exchange, "binance", 30)
    gap = await database.run(gap_in, "binance", trades[5], trades[15])
    told_of(exchange, "binance")[10] = replace(trades[10], price=Decimal(0))
    row = await fetch_gap(gap, database)
    assert (gap.status, gap.filled, row.stored) == ("repaired", 8, len(await fetched(store)))


async def test_page_that_is_read_again_fills_nothing_twice(
    exchange: Exchange, store: LiveStore, database: DatabaseThread
) -> None:
    """E33: a crash between the log and the row asks for it once more; a known trade beside it counts for nothing."""
    trades = tape(exchange, "binance", 30)
    gap = await database.run(gap_in, "binance", trades[5], trades[15])
    row = await database.run(wish, "binance", 0, 20)
    await database.run(past.begin, row.pk, START)
    heard = [as_trade("BTCUSDT", str(each.trade_id), "1", "1", Side.BUY, each.traded_at) for each in trades[:12]]
    place = Mark(heard[-1].trade_id, heard[-1].traded_at)
    for _ in range(2):
        await database.run(past.advance, row.pk, place, heard, len(heard), START)
        await database.run(gap.refresh_from_db)
        assert (gap.after_id, gap.filled) == (heard[-1].trade_id, 6)
    assert await run("binance")
    await database.run(gap.refresh_from_db)
    assert (gap.status, gap.filled) == ("repaired", 9)
