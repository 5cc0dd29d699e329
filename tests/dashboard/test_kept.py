"""What the web process keeps to answer quickly. Time stands still but for what a test adds."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from dashboard import kept
from dashboard.feed.board import Board
from dashboard.feed.first_look import first_look, keep
from dashboard.feed.history import encoded_bars
from dashboard.feed.lately import Moves
from feeds.queries import shown_feed
from tests.dashboard.samples import NOON, trade
from tests.feeds.stored import make_bars, store

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_server")]
TTL = timedelta(seconds=kept.TTL_S)
MOMENT = timedelta(milliseconds=1)


def test_what_is_kept_is_told_until_it_is_five_seconds_old() -> None:
    """B-13: not when it is five seconds old, and not after the clock was set back by as much."""
    kept.keep("answer", 42, NOON)
    told = [kept.kept("answer", NOON + age) for age in (-TTL, -MOMENT, timedelta(), TTL - MOMENT, TTL, 100 * TTL)]
    assert told == [None, 42, 42, 42, None, None]


def test_a_page_is_never_given_an_old_look_at_an_instrument() -> None:
    """B-13: it is read anew: nothing is stored, so nothing is known."""
    feed = shown_feed()
    assert feed
    board, moves = Board(feed), Moves(feed="main", instrument="BTC-USDT", venue="binance", horizons=[])
    keep(feed.name, "BTC-USDT", [moves], NOON)
    assert first_look(board, "BTC-USDT", NOON + TTL - MOMENT).moves == moves
    assert first_look(board, "BTC-USDT", NOON + TTL).moves is None


def test_bars_are_read_anew_after_two_seconds(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """B-13 F-25: within one minute too, in which their key stays the same."""
    feed = shown_feed()
    assert feed
    store(trade(1, "10"))
    make_bars(NOON + timedelta(minutes=1))
    encoded_bars(feed, "BTC-USDT", "1m", NOON)
    with django_assert_num_queries(0):
        encoded_bars(feed, "BTC-USDT", "1m", NOON + timedelta(seconds=2) - MOMENT)
    with django_assert_num_queries(2):
        encoded_bars(feed, "BTC-USDT", "1m", NOON + timedelta(seconds=2))
