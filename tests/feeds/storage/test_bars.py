"""Candles follow the stored trades: whatever came when, and whatever was repeated."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from feeds.market.candles import MINUTE
from feeds.models import Candle, Gap, Trade
from feeds.storage import keys, latest
from feeds.storage.bars import CandleMaker, mark_due
from feeds.storage.drain import BATCH_SIZE, Drain
from feeds.storage.latest import LoggedTrade
from tests.clock import ManualClock
from tests.feeds.samples import NOON, logged
from tests.feeds.storage.log import DiesBeforeAcknowledging, Killed, append, drain_all
from tests.feeds.stored import make_bars, store
from tests.redis_server import RedisServer

pytestmark = pytest.mark.django_db(transaction=True)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def make(seconds: float) -> None:
    """A worker that starts anew makes what is due at this time."""
    make_bars(at(seconds))


def lose(start: float, end: float | None, status: str = Gap.Status.OPEN) -> Gap:
    """A gap, written as the ledger writes it."""
    marks = {"after_id": "1", "after_at": at(start), "before_at": None if end is None else at(end)}
    gap = Gap.objects.create(
        venue_id="binance", instrument_id="BTC-USDT", reason="silent", noticed_at=NOON, status=status, **marks
    )
    mark_due("binance", "BTC-USDT", at(start), at(start if end is None else end))
    return gap


def repair(gap: Gap) -> None:
    Gap.objects.filter(pk=gap.pk).update(status=Gap.Status.REPAIRED)
    mark_due("binance", "BTC-USDT", gap.after_at, gap.before_at or gap.after_at)


def statuses() -> list[tuple[int, str, float]]:
    """Minute, status and seconds missing of every candle."""
    rows = Candle.objects.order_by("start_at").values_list("start_at", "status", "gap_seconds")
    return [((start_at - NOON) // MINUTE, status, gap) for start_at, status, gap in rows]


def prices() -> list[tuple[str, ...]]:
    rows = Candle.objects.order_by("start_at").values_list("open", "high", "low", "close", "volume", "trades")
    return [tuple(map(str, row)) for row in rows]


def test_a_minute_forms_and_closes_when_it_is_over(drain: Drain, shared_redis: RedisServer) -> None:
    """V-10: from the log to the bar, by the drain alone; closed two seconds after its end."""
    append(shared_redis, logged(1, price="10.50"), logged(30, price="12"), logged(59, price="9"))
    drain.step()
    assert prices() == [("10.50", "12", "9", "9", "0.03", "3")]
    for seconds, status, is_due in ((61.9, "forming", True), (62, "closed", False)):
        make(seconds)
        assert list(Candle.objects.values_list("status", "is_due")) == [(status, is_due)]


def test_trades_of_one_moment_are_in_the_order_of_their_ids() -> None:
    """V-10: nine comes before ten, whichever arrived first."""
    moment = [structs.replace(logged(number, price=str(number)), traded_at=NOON) for number in (10, 9, 11)]
    store(*moment)
    make(70)
    assert prices() == [("9", "11", "9", "11", "0.03", "3")]


def test_venues_and_instruments_have_bars_of_their_own() -> None:
    """V-10: one of each, however close they are."""
    store(logged(1, price="10"), logged(2, price="11", venue="htx"))
    make(70)
    assert set(Candle.objects.values_list("venue", "close")) == {("binance", Decimal(10)), ("htx", Decimal(11))}


def test_a_crash_between_the_trades_and_their_bars_loses_no_bar(
    drain: Drain, shared_redis: RedisServer, redis_server: str, clock: ManualClock
) -> None:
    """D8: what is due is committed with the trades, so the successor makes it."""
    append(shared_redis, logged(1), logged(2))
    dying = DiesBeforeAcknowledging("dead", redis_server)
    with pytest.raises(Killed):
        Drain(dying, clock).step()
    dying.close()
    assert prices() == [("None", "None", "None", "None", "0", "0")]
    drain_all(drain)
    assert prices() == [("76000.10", "76000.10", "76000.10", "76000.10", "0.02", "2")]


def test_a_late_trade_repairs_the_bar_and_a_repeated_one_does_not_touch_it() -> None:
    """E26: the lesson of bars that stayed wrong; E25: what was there already is no repair."""
    store(logged(1), logged(20, price="10"))
    make(62)
    store(logged(1))
    make(63)
    assert statuses() == [(0, "closed", 0.0)]
    store(logged(10, price="9"))
    make(64)
    assert (statuses(), prices()) == ([(0, "repaired", 0.0)], [("76000.10", "76000.10", "9", "10", "0.03", "3")])
    mark_due("binance", "BTC-USDT", NOON, NOON)
    make(65)
    assert statuses() == [(0, "repaired", 0.0)]


def test_a_trade_that_its_venue_told_late_is_in_the_bar() -> None:
    """E26: it is in quarantine because it is no news, not because it did not happen."""
    store(logged(1, price="10"), logged(30, price="12"), structs.replace(logged(20, price="9"), quarantine="order"))
    make(62)
    assert (statuses(), prices()) == ([(0, "closed", 0.0)], [("10", "12", "9", "12", "0.03", "3")])


def test_a_trade_that_is_released_after_its_minute_repairs_the_bar(drain: Drain, shared_redis: RedisServer) -> None:
    """V-06: held while a crash was doubted, in the bar once it is confirmed."""
    append(shared_redis, logged(1, price="10"), structs.replace(logged(2, price="5"), quarantine="jump"))
    drain.step()
    make(62)
    assert (statuses(), prices()[0][2]) == ([(0, "closed", 0.0)], "10")
    append(shared_redis, logged(2, price="5"))
    drain.step()
    make(63)
    assert (statuses(), prices()[0][2]) == ([(0, "repaired", 0.0)], "5")


def test_a_gap_makes_its_minutes_partial_until_it_is_repaired() -> None:
    """E33: over two minutes with trades and one without; then the missing trades come and the gap is closed."""
    store(logged(50, price="10"), logged(130, price="12"))
    make(200)
    gap = lose(50, 130)
    make(201)
    assert statuses() == [(0, "partial", 10.0), (1, "partial", 60.0), (2, "partial", 10.0)]
    assert prices()[1] == ("None", "None", "None", "None", "0", "0")
    store(logged(70, price="11"))
    repair(gap)
    make(202)
    assert statuses() == [(0, "repaired", 0.0), (1, "repaired", 0.0), (2, "repaired", 0.0)]
    assert prices()[1][:4] == ("11", "11", "11", "11")


def test_a_gap_in_which_nothing_happened_leaves_no_bar() -> None:
    """V-10: a minute without trades has no bar; only while it is not known is there a row."""
    gap = lose(10, 40)
    make(100)
    assert statuses() == [(0, "partial", 30.0)]
    repair(gap)
    make(101)
    assert statuses() == []


def test_a_gap_that_goes_on_counts_up_to_now_and_one_for_good_stays() -> None:
    """E33: a minute is partial from the moment of the gap on, also where nobody can repair it."""
    store(logged(1))
    lose(20, None)
    make(50)
    assert statuses() == [(0, "partial", 30.0)]
    Gap.objects.update(status=Gap.Status.UNREPAIRABLE)
    make(62)
    assert statuses() == [(0, "partial", 40.0)]


@pytest.mark.parametrize(("start", "end"), [(0, 0), (1, 1), (-20, 0)])
def test_a_gap_without_length_makes_a_minute_partial(start: float, end: float) -> None:
    """E33: of many trades in one moment one is missing: no second is, and yet the volume is wrong."""
    store(logged(0), logged(1))
    lose(start, end)
    Candle.objects.filter(start_at__lt=NOON).delete()
    make(62)
    assert statuses() == [(0, "partial", 0.0)]


def test_of_a_long_gap_the_last_day_gets_rows_and_older_bars_are_marked() -> None:
    """V-10: a venue that was away for a year does not write half a million rows."""
    store(logged(1))
    make(100)
    mark_due("binance", "BTC-USDT", NOON, NOON + timedelta(days=400))
    assert Candle.objects.count() == 1 + 24 * 60 + 1
    assert Candle.objects.get(start_at=NOON).is_due


@pytest.mark.parametrize(
    ("change", "becomes", "closes_at"),
    [
        (lambda: store(logged(2, price="11")), (0, "closed", 0.0), "11"),
        (lambda: lose(1, 30), (0, "partial", 29.0), "10"),
    ],
    ids=["trade", "gap"],
)
def test_what_is_stored_while_a_bar_is_made_is_not_forgotten(
    change: Callable[[], object], becomes: tuple[int, str, float], closes_at: str
) -> None:
    """V-10: the bar stays due, and the next look sees all of it."""
    store(logged(1, price="10"))
    changes = [change]

    def interrupt(execute: Callable[..., object], sql: str, *rest: object) -> object:
        if "COUNT(" in sql and changes:
            changes.pop()()
        return execute(sql, *rest)

    with connection.execute_wrapper(interrupt):
        make(70)
    assert Candle.objects.get().is_due
    make(71)
    assert (statuses(), prices()[0][3]) == ([becomes], closes_at)


def test_while_the_log_is_behind_nothing_is_called_closed(
    drain: Drain, shared_redis: RedisServer, clock: ManualClock
) -> None:
    """D8: after an outage of the database a minute comes in several batches; it is not repaired for that."""
    with shared_redis.client() as client:
        for number in range(BATCH_SIZE + 1):
            trade = structs.replace(logged(number), traded_at=NOON)
            entry_id = int(NOON.timestamp() * 1000) + number
            client.xadd(keys.TRADE_LOG, {keys.TRADE_FIELD: latest.encode(trade)}, id=f"{entry_id}-0")
    asyncio.run(clock.advance(300))
    drain.step()
    assert statuses() == [(0, "forming", 0.0)]
    asyncio.run(clock.advance(3))
    drain.step()
    assert (statuses(), prices()[0][5]) == ([(0, "closed", 0.0)], "501")


def test_one_step_makes_25_bars_the_newest_first() -> None:
    """D8: the log has its turn after some hundredths of a second, however much is due."""
    store(*(logged(60 * number) for number in range(30)))
    clock = ManualClock()
    maker = CandleMaker(clock)
    maker.step(at(7200))
    assert [number for number, status, _ in statuses() if status == "closed"] == list(range(5, 30))
    maker.step(at(7200))
    assert not Candle.objects.filter(is_due=True).exists()


def test_a_minute_that_is_not_over_is_made_again_every_two_seconds(clock: ManualClock) -> None:
    """V-10: so cheap that the log is not slowed."""
    maker = CandleMaker(clock)
    for number, seconds in ((1, 0.0), (2, 1.9), (3, 0.1)):
        store(logged(number))
        asyncio.run(clock.advance(seconds))
        maker.step(at(10))
        assert prices()[0][5] == str(number if number != 2 else 1)


trade = st.tuples(st.integers(0, 179), st.decimals(min_value="0.01", max_value=99_999, places=2))


@given(st.lists(trade, min_size=1, max_size=12).flatmap(lambda said: st.tuples(st.just(said), st.permutations(said))))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bars_are_the_same_in_whatever_order_trades_arrive(
    orders: tuple[Sequence[tuple[int, Decimal]], Sequence[tuple[int, Decimal]]],
) -> None:
    """E26: one by one with a look at the bars in between, or all at once and shuffled."""
    said, shuffled = orders
    numbers = {each: number for number, each in enumerate(said)}

    def arrived(each: tuple[int, Decimal]) -> LoggedTrade:
        told = logged(numbers[each], price=str(each[1]))
        return structs.replace(told, traded_at=at(each[0]))

    for each in said:
        store(arrived(each))
        make(1000)
    one_by_one = prices()
    Trade.objects.all().delete()
    Candle.objects.all().delete()
    store(*map(arrived, shuffled))
    make(1000)
    assert prices() == one_by_one
    Trade.objects.all().delete()
    Candle.objects.all().delete()
