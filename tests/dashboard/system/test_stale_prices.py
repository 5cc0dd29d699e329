"""How well a system is whose prices are old, or not known."""

from dataclasses import replace
from datetime import timedelta

from msgspec.structs import replace as replace_struct

from dashboard.system.eye import Seen
from dashboard.system.health import Health, health_of
from dashboard.system.system import DEGRADED, HEALTHY, UNHEALTHY, System, judge
from feeds.storage.market_look import MarketLook
from tests.dashboard.samples import NOON, feed_state, price_state, trade
from tests.dashboard.system.samples import SINCE, away, database, server, system


def pricing(**ages_s: float | None) -> System:
    """A worker has each of these feeds; None: no price of it is known."""
    prices = {
        (feed, "BTC-USDT"): replace_struct(price_state(trade(1, "64000"), NOON - timedelta(seconds=age)), feed=feed)
        for feed, age in ages_s.items()
        if age is not None
    }
    holders = {f"feed:{feed}": "host:1:1" for feed in ages_s}
    stored = database(feeds=tuple(ages_s), holders=holders)
    feeds = {feed: feed_state(NOON) for feed in ages_s}
    market = Seen(MarketLook(feeds, prices, 0, {}), None, SINCE, NOON)
    return replace(system(server(), server(), stored), market=market)


def test_prices_that_are_old_are_told() -> None:
    """V-13, L-11: a feed that a worker runs, and to which no venue delivers; all of them: prices stand still."""
    assert judge(pricing(main=2, other=4)) == (HEALTHY, [])
    assert judge(pricing(main=2, other=6)) == (DEGRADED, ["feed other: no venue delivers"])
    assert judge(pricing(main=6, other=14)) == (
        DEGRADED,
        ["feed main: no venue delivers", "feed other: no venue delivers"],
    )
    assert judge(pricing(main=99, other=16))[0] == UNHEALTHY
    # That no server answers says it all.
    assert "no venue" not in str(judge(replace(pricing(main=99), servers={"primary": away()})))


def test_a_feed_without_any_price_is_stale_once_this_process_has_looked_for_15_s() -> None:
    """L-11, L-14: Redis forgets a price after a minute, so a process that starts in an outage never sees one."""
    silent = pricing(main=None)
    for looked_s, status in ((15, HEALTHY), (16, UNHEALTHY)):
        assert judge(replace(silent, looking_since_at=NOON - timedelta(seconds=looked_s)))[0] == status
    old = NOON - timedelta(minutes=1)
    assert judge(replace(pricing(main=1, other=None), looking_since_at=old)) == (
        DEGRADED,
        ["feed other: no venue delivers"],
    )
    # No price is due of a feed without instruments.
    assert judge(replace(system(server(), server(), database(followed=())), looking_since_at=old)) == (HEALTHY, [])


def test_nothing_is_live_where_one_feed_is_old_and_nobody_runs_the_other() -> None:
    """L-11, L-14: neither alone is all of them; together they are."""
    seen = pricing(main=99, other=99)
    stored = database(feeds=("main", "other"), holders={"feed:other": "host:1:1"})
    assert judge(replace(seen, database=stored)) == (
        UNHEALTHY,
        ["prices: none is newer than 15 s", "feed main: no worker runs it", "feed other: no venue delivers"],
    )
    assert judge(replace(pricing(main=99, other=1), database=stored))[0] == DEGRADED


def test_a_worker_that_is_gone_connects_nothing() -> None:
    """L-12: what it told last of its venues is not told as if it were now."""
    seen, gone = pricing(main=2), database(feeds=("main",), holders={})
    assert [_line(each) for each in (seen, replace(seen, database=gone))] == [
        ("connected", "binance"),
        ("disconnected", ""),
    ]


def _line(seen: System) -> tuple[str, str]:
    told = health_of(seen, is_staff=True)
    assert isinstance(told, Health)
    return told.websocket, told.active_exchange
