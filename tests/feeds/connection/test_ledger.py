"""The gap ledger: rows of what is missing, and what REST brings of it, at the replay exchange."""

import pytest
from msgspec import structs

from feeds.connection import repair
from feeds.market.coverage import AWAY
from feeds.market.track import JUMP
from feeds.models import Gap
from feeds.storage.gaps import BY_CHOICE, NOTHING_MISSED
from tests.feeds.connection.books import BTC, Books, ids
from tests.feeds.sqlite_lock import be_impatient, locks_sqlite, write_lock
from tests.redis_server import RedisServer
from tests.waiting import wait_for, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("missing", [1, 1000])
async def test_missing_ids_are_filled_within_ten_seconds(books: Books, missing: int) -> None:
    """E33: each of them is in the log, and one row says what was missing, why, and that it is repaired."""
    async with books.open():
        books.trade(1)
        dropped = books.trade(missing, told=False)
        began_at = books.clock.monotonic()
        books.trade(1)
        (row,) = await books.settled()
        assert books.clock.monotonic() - began_at <= 10.0
    assert (row.venue_id, row.instrument_id, row.reason, row.status) == ("binance", BTC, JUMP, Gap.Status.REPAIRED)
    assert row.filled == missing
    assert ids(await books.logged()) == ids(dropped)
    assert all(trade.is_backfill and trade.instrument == BTC for trade in await books.logged())


@pytest.mark.parametrize(("status", "note"), [(429, "HTTP 429"), (500, "HTTP 500"), (0, "disconnected")])
async def test_refused_call_leaves_the_row_open_and_is_made_again(books: Books, status: int, note: str) -> None:
    """E33: the row says why; once the venue answers, it is filled."""
    books.exchange.faults.set("binance", "refuse_rest", status=status, retry_after=1)
    async with books.open():
        books.trade(1)
        dropped = books.trade(5, told=False)
        books.trade(1)

        async def noted() -> Gap | None:
            return next((row for row in await books.rows() if row.note), None)

        waiting = await wait_for(noted)
        assert waiting.status == Gap.Status.OPEN
        assert note in waiting.note
        books.exchange.faults.clear()
        (row,) = await books.settled()
    assert (row.status, row.filled, row.note) == (Gap.Status.REPAIRED, 5, "")
    assert ids(await books.logged()) == ids(dropped)


async def test_jump_with_nothing_behind_it_is_repaired_with_nothing(books: Books) -> None:
    """E33: consecutive ids are not promised, and REST is the proof."""
    async with books.open():
        (trade,) = books.trade(1)
        books.tell([structs.replace(trade, trade_id=str(int(trade.trade_id) + 10))])
        (row,) = await books.settled()
    assert (row.status, row.filled) == (Gap.Status.REPAIRED, 0)
    assert await books.logged() == []


async def test_absence_is_a_row_while_it_lasts_and_is_filled_after_it(books: Books) -> None:
    """E33: with the reason of the session's end; then it is told for how long data was missing."""
    async with books.open():
        (before,) = books.trade(1)
        books.ledger.ended(1, "binance", "silent: no market data", is_wanted=True)
        await wait_for(lambda: first_row(books))
        (row,) = await books.rows()
        assert (row.after_id, row.before_id, row.status) == (before.trade_id, "", Gap.Status.OPEN)
        missed = books.trade(3, told=False)
        (after,) = books.trade(1, session=2)
        (row,) = await books.settled()
    seconds = (after.traded_at - before.traded_at).total_seconds()
    assert books.missed == [("binance", BTC, before.traded_at, seconds)]
    assert (row.reason, row.status, row.filled) == ("silent: no market data", Gap.Status.REPAIRED, 3)
    assert ids(await books.logged()) == ids(missed)
    assert books.filled == [("binance", BTC, row.before_at)]


async def first_row(books: Books) -> Gap | None:
    return next(iter(await books.rows()), None)


async def test_absence_by_choice_is_not_asked_for(books: Books) -> None:
    """E33: REST has better things to do than to fetch what nobody wanted."""
    async with books.open():
        books.trade(1)
        books.ledger.ended(1, "binance", "replaced", is_wanted=False)
        books.trade(3, told=False)
        books.trade(1, session=2)
        (row,) = await books.settled()
    assert (row.is_wanted, row.status, row.note) == (False, Gap.Status.UNREPAIRABLE, BY_CHOICE)
    assert await books.logged() == []


async def test_repeated_trade_settles_the_row_without_a_call(books: Books) -> None:
    """E25 E33: the venue told its last trade again, which we have."""
    async with books.open():
        trades = books.trade(2)
        books.ledger.ended(1, "binance", "closed", is_wanted=True)
        await wait_for(lambda: first_row(books))
        books.tell(trades[-1:], session=2)
        (row,) = await books.settled()
    assert (row.status, row.filled, row.note) == (Gap.Status.REPAIRED, 0, NOTHING_MISSED)
    assert not books.exchange.attempts


async def test_what_a_venue_no_longer_has_is_unrepairable_and_says_so(books: Books) -> None:
    """E33: Bybit gives the last sixty trades; what it reaches is stored, and the row is as small as it can be."""
    async with books.open():
        (before,) = books.trade(1, "bybit")
        books.ledger.ended(1, "bybit", "closed", is_wanted=True)
        missed = books.trade(100, "bybit", told=False)
        books.trade(1, "bybit", session=2)
        (row,) = await books.settled()
    assert row.status == Gap.Status.UNREPAIRABLE
    assert row.note == "Bybit gives the last 60 trades, and nothing before them"
    assert (row.after_id, row.before_id, row.filled) == (before.trade_id, missed[-59].trade_id, 59)
    assert ids(await books.logged()) == ids(missed[-59:])


async def test_gap_that_is_too_long_is_given_up_and_says_so(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    """E33: what was fetched is stored; the rest would cost newer gaps their turn."""
    monkeypatch.setattr(repair, "MAX_CALLS", 2)
    async with books.open():
        books.trade(1)
        missed = books.trade(2500, told=False)
        (last,) = books.trade(1)
        (row,) = await books.settled()
    assert (row.status, row.filled) == (Gap.Status.UNREPAIRABLE, 2000)
    assert (row.after_id, row.before_id) == (missed[1999].trade_id, last.trade_id)
    assert "too long" in row.note
    assert ids(await books.logged()) == ids(missed[:2000])


async def test_gap_of_five_thousand_ids_is_filled_page_by_page(books: Books) -> None:
    """E33: five calls to Binance, each for what the one before left."""
    async with books.open():
        books.trade(1)
        missed = books.trade(4998, told=False)
        books.trade(1)
        (row,) = await books.settled()
    assert (row.status, row.filled) == (Gap.Status.REPAIRED, 4998)
    assert ids(await books.logged()) == ids(missed)
    assert sum("historicalTrades" in attempt.path for attempt in books.exchange.attempts) == 5


@pytest.mark.parametrize("is_drained", [True, False], ids=["in the database", "still in the log"])
async def test_next_process_begins_where_the_last_one_stopped(books: Books, is_drained: bool) -> None:
    """E33 W1: all after the last trade that is kept is missing, wherever that is kept."""
    (before,) = books.trade(1, told=False)
    await books.keep(before, is_drained)
    missed = books.trade(4, told=False)
    async with books.open():
        books.trade(1)
        (row,) = await books.settled()
    assert (row.after_id, row.reason, row.status, row.filled) == (before.trade_id, AWAY, Gap.Status.REPAIRED, 4)
    assert ids(await books.logged())[-4:] == ids(missed)


async def test_next_process_ends_the_gap_that_the_last_one_left(books: Books) -> None:
    """E33 W1: there is one row, with the reason of its beginning."""
    async with books.open():
        books.trade(1)
        books.ledger.ended(1, "binance", "replaced: the feed stops", is_wanted=True)
    missed = books.trade(2, told=False)
    books.begin_anew()
    async with books.open():
        books.trade(1)
        (row,) = await books.settled()
    assert (row.reason, row.filled) == ("replaced: the feed stops", 2)
    assert ids(await books.logged()) == ids(missed)


async def test_crash_just_after_a_return_loses_nothing_of_the_gap(books: Books) -> None:
    """E33 W1: the log has trades after the gap, whose end was never written: it goes on from its beginning."""
    async with books.open():
        (before,) = books.trade(1)
        books.ledger.ended(1, "binance", "closed", is_wanted=True)
        await wait_for(lambda: first_row(books))
    missed = books.trade(3, told=False)
    (returned,) = books.trade(1, told=False)
    await books.keep(returned, is_drained=False)
    missed += books.trade(2, told=False)
    books.begin_anew()
    async with books.open():
        (after,) = books.trade(1)
        (row,) = await books.settled()
    assert (row.after_id, row.before_id, row.status) == (before.trade_id, after.trade_id, Gap.Status.REPAIRED)
    assert set(ids(missed)) <= set(ids(await books.logged()))


async def test_repair_goes_on_in_the_next_process(books: Books) -> None:
    """E33 W1: a row that was open is still to be repaired."""
    books.exchange.faults.set("binance", "refuse_rest", status=500)
    async with books.open():
        books.trade(1)
        missed = books.trade(2, told=False)
        books.trade(1)
        await wait_for(lambda: first_row(books))
    books.exchange.faults.clear()
    books.begin_anew()
    async with books.open():
        await books.settled()
    assert ids(await books.logged()) == ids(missed)


async def test_newest_gap_is_repaired_first(books: Books) -> None:
    """E33: the older one waits its turn."""
    books.exchange.faults.set("binance", "refuse_rest", status=500)
    async with books.open():
        for _ in range(2):
            books.trade(1)
            books.trade(2, told=False)
        books.trade(1)
        await wait_until(lambda: books.exchange.attempts)
    asked = [attempt.path.partition("fromId=")[2].partition("&")[0] for attempt in books.exchange.attempts]
    older, newer = await books.rows()
    assert asked[0] == str(int(newer.after_id) + 1)
    assert older.after_id < newer.after_id


async def test_row_about_a_deleted_instrument_does_not_hold_up_the_others(books: Books) -> None:
    """E33: what can never be written is dropped, what comes after it is written."""
    async with books.open():
        for trade in (*books.trade(1, told=False), *books.trade(2, told=False)[1:]):
            books.ledger.heard(1, "binance", "GONE-USDT", trade)
        books.trade(1)
        books.trade(1, told=False)
        books.trade(1)
        (row,) = await books.settled()
    assert row.instrument_id == BTC


@locks_sqlite
async def test_locked_database_delays_a_row_and_loses_none(books: Books, caplog: pytest.LogCaptureFixture) -> None:
    """E33: holes wait in memory; nobody who tells of trades waits for them."""
    async with books.open():
        await books.database.run(be_impatient)
        with write_lock():
            books.trade(1)
            missed = books.trade(1, told=False)
            books.trade(1)
            await wait_until(lambda: "the gap ledger waits" in caplog.text)
        await books.settled()
    assert ids(await books.logged()) == ids(missed)


async def test_redis_that_is_down_settles_no_row(books: Books, own_redis: RedisServer) -> None:
    """E33: a row is repaired once its trades are in the log, not before."""
    async with books.open():
        books.trade(1)
        own_redis.stop()
        missed = books.trade(3, told=False)
        books.trade(1)

        async def noted() -> Gap | None:
            return next((row for row in await books.rows() if "Error" in row.note), None)

        assert (await wait_for(noted)).status == Gap.Status.OPEN
        own_redis.start()
        await books.settled()
    assert ids(await books.logged()) == ids(missed)
