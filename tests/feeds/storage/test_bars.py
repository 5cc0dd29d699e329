"""Candles follow the stored trades: whatever came when, and whatever was repeated."""

import asyncio
from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from feeds.models import Candle, Trade
from feeds.storage import keys, latest
from feeds.storage.bars import CandleMaker, mark_due
from feeds.storage.drain import BATCH_SIZE, Drain
from feeds.storage.latest import LoggedTrade
from tests.clock import ManualClock
from tests.feeds.samples import NOON, logged
from tests.feeds.storage.bars import at, lose, make, prices, statuses
from tests.feeds.storage.log import DiesBeforeAcknowledging, Killed, append, drain_all
from tests.feeds.stored import store
from tests.redis_server import RedisServer

pytestmark = pytest.mark.django_db(transaction=True)


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
