"""What a feed misses is a row, and is filled: over cuts and restarts, on the whole loop."""

import pytest

from feeds.market.coverage import AWAY
from feeds.models import Gap
from feeds.storage.database import DatabaseThread
from tests.exchange.server import Exchange
from tests.feeds.connection.observer import Observer
from tests.feeds.connection.running import running
from tests.waiting import wait_for, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


async def repaired(database: DatabaseThread, reason: str) -> Gap:
    """The first repaired row of Binance with trades in it and this reason."""

    async def look() -> Gap | None:
        rows = Gap.objects.filter(venue="binance", status=Gap.Status.REPAIRED, filled__gt=0)
        return await database.run(rows.filter(reason__startswith=reason).first)

    return await wait_for(look, within=15.0)


async def is_whole(observer: Observer, gap: Gap) -> bool:
    """Whether every id of it is in the log, from REST."""
    filled = {int(t.trade_id) for t in await observer.logged() if t.venue == "binance" and t.is_backfill}
    return filled >= set(range(int(gap.after_id) + 1, int(gap.before_id)))


async def test_cut_leaves_a_gap_that_is_filled(lively: Exchange, observer: Observer, database: DatabaseThread) -> None:
    """E13 E33: what happened until the venue told something again, with the reason of the cut."""
    async with running():
        await observer.price_from("binance")
        lively.faults.set("binance", "hang_up")
        gap = await repaired(database, "the line was cut")
    assert await is_whole(observer, gap)


async def test_restart_leaves_a_gap_that_is_filled(
    lively: Exchange, observer: Observer, database: DatabaseThread
) -> None:
    """E33 W1: what happened while nobody listened."""
    async with running():
        await observer.price_from("binance")
    tape = lively.market.tapes("binance")[0]
    missed_until = tape.trades[-1].trade_id + 20
    await wait_until(lambda: tape.trades[-1].trade_id > missed_until)
    async with running():
        gap = await repaired(database, "the feed stops")
    assert gap.filled >= 20
    assert await is_whole(observer, gap)


async def test_crash_leaves_a_gap_that_is_filled(
    lively: Exchange, observer: Observer, database: DatabaseThread
) -> None:
    """E33 W1: nobody said that it began, but the last trade that is kept does."""
    async with running():
        await observer.price_from("binance")
    await database.run(Gap.objects.all().delete)
    tape = lively.market.tapes("binance")[0]
    missed_until = tape.trades[-1].trade_id + 20
    await wait_until(lambda: tape.trades[-1].trade_id > missed_until)
    async with running():
        gap = await repaired(database, AWAY)
    assert await is_whole(observer, gap)
