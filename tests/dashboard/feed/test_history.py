"""The last hours in bars: whose, what is in them, and how often they are read."""

import queue
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from msgspec import structs
from pytest_django import DjangoAssertNumQueries

from dashboard.feed import history
from dashboard.feed.history import WIDTHS, encoded_bars
from feeds.queries import shown_feed
from feeds.storage import keys, latest
from feeds.storage.latest import FeedState
from tests.dashboard.samples import NOON, feed_state, trade
from tests.feeds.stored import make_bars, store
from tests.redis_server import RedisServer
from tests.waiting import PATIENCE_S

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_server")]

MINUTE = timedelta(minutes=1)


def told(now: datetime, width: str = "1m", before_at: datetime | None = None) -> list[dict[str, Any]]:
    feed = shown_feed()
    assert feed
    decoded: list[dict[str, Any]] = msgspec.json.decode(encoded_bars(feed, "BTC-USDT", width, now, before_at))
    return decoded


def bars(now: datetime) -> list[tuple[str, str]]:
    """When each bar starts, and how it closes."""
    return [(bar["start_at"], bar["close"]) for bar in told(now)]


def show(server: RedisServer, state: FeedState) -> None:
    with server.client() as client:
        client.set(keys.feed(state.feed), latest.encode(state))


def test_a_trade_from_the_future_is_in_no_bar_and_moves_no_window() -> None:
    """E27: one wrong timestamp leaves the hours before now as they are."""
    future = structs.replace(trade(3, "99"), traded_at=NOON.replace(year=2036), quarantine="clock")
    store(trade(1, "10", NOON - timedelta(minutes=30)), trade(2, "11", NOON), future)
    make_bars(NOON + MINUTE)
    assert bars(NOON + timedelta(seconds=1)) == [("2026-03-01T11:30:00Z", "10"), ("2026-03-01T12:00:00Z", "11")]


def test_bars_are_of_the_venue_whose_price_is_shown(shared_redis: RedisServer) -> None:
    """V-10: else of the best one; of a diverted instrument it is the venue that it was diverted to."""
    store(trade(1, "10", NOON), trade(1, "11", NOON, venue="htx"), trade(1, "12", NOON, venue="okx"))
    make_bars(NOON + MINUTE)
    state = feed_state(NOON, active="htx")
    closes = [bars(NOON)[0][1]]
    for number, shown in enumerate((state, structs.replace(state, diverted={"BTC-USDT": "okx"})), 1):
        show(shared_redis, shown)
        closes.append(bars(NOON + MINUTE * number)[0][1])
    assert closes == ["10", "11", "12"]


def test_a_bar_of_which_trades_are_missing_says_so() -> None:
    """V-10: the page is told the status, the seconds and the venues."""
    store(trade(1, "10"))
    make_bars(NOON + MINUTE)
    (bar,) = told(NOON + timedelta(seconds=5), "5m")
    assert (bar["status"], bar["gap_seconds"], bar["venues"]) == ("forming", 0.0, ["binance"])


def test_without_a_trade_there_are_no_bars() -> None:
    """F-25: an empty chart, whatever the width."""
    assert [told(NOON, width) for width in WIDTHS] == [[]] * 6


def test_browsers_that_ask_together_share_one_answer(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """F-25: hours of trade are read once, however many pages come back after a restart."""
    feed = shown_feed()
    assert feed
    store(trade(1, "10"))
    make_bars(NOON + MINUTE)
    first = encoded_bars(feed, "BTC-USDT", "1m", NOON)
    with django_assert_num_queries(0):
        assert encoded_bars(feed, "BTC-USDT", "1m", NOON + timedelta(seconds=1)) == first


def test_a_new_minute_is_read_anew() -> None:
    """V-10: an answer from before the minute closed would leave its bar incomplete for good."""
    store(trade(1, "10"))
    make_bars(NOON + timedelta(seconds=30))
    bars(NOON)
    store(trade(2, "11", NOON + timedelta(seconds=59)))
    make_bars(NOON + timedelta(seconds=60))
    assert bars(NOON + timedelta(seconds=60)) == [("2026-03-01T12:00:00Z", "11")]


def test_history_is_read_page_by_page_to_its_beginning(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """F-25: each page ends where the one after it begins, none is empty but the last, each costs the same."""
    hours = [0, 3, 5, 300, 301]
    store(*(trade(n, f"{n}", NOON - timedelta(hours=hours)) for n, hours in enumerate(hours, 1)))
    make_bars(NOON + MINUTE)
    feed = shown_feed()
    assert feed
    before_at, closes = None, []
    for queries in (2, 2, 1):
        with django_assert_num_queries(queries):
            page = msgspec.json.decode(encoded_bars(feed, "BTC-USDT", "5m", NOON, before_at))
        closes.append([bar["close"] for bar in page])
        # Any moment within the first bar is as good as its beginning.
        before_at = datetime.fromisoformat(page[0]["start_at"]) + MINUTE if page else None
    assert closes == [["3", "2", "1"], ["5", "4"], []]


@pytest.mark.django_db(transaction=True)
def test_a_chart_waits_for_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """F-25: while a slow page is read another one is; whoever wants the same one waits for it, and it is read once."""
    feed, go_on, asked = shown_feed(), threading.Event(), queue.Queue[datetime | None]()
    assert feed

    def last_bar_at(instrument: str, before_at: datetime | None) -> None:
        asked.put(before_at)
        if before_at:
            go_on.wait(PATIENCE_S)

    # The database, as slow as it is on a machine with much to do.
    monkeypatch.setattr(history, "last_bar_at", last_bar_at)
    with ThreadPoolExecutor(3) as pool:
        slow = [pool.submit(encoded_bars, feed, "BTC-USDT", "1d", NOON, NOON) for _ in range(2)]
        assert asked.get(timeout=PATIENCE_S)
        assert pool.submit(encoded_bars, feed, "BTC-USDT", "1m", NOON).result(PATIENCE_S / 2) == b"[]"
        go_on.set()
        assert [each.result(PATIENCE_S) for each in slow] == [b"[]"] * 2
    assert asked.qsize() == 1


def test_no_page_has_more_than_five_hundred_bars() -> None:
    """F-25: an answer is bounded, whatever the width."""
    assert all(width.page / width.bar <= 500 for width in WIDTHS.values())
