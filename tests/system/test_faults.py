"""The line under fire: silence, kill -9, SIGTERM, Redis away."""

import time
from collections import Counter

import pytest

from tests.system.stack import Stack
from tests.waiting import wait_in_thread_until as wait_until

pytestmark = pytest.mark.system


def is_showing(stack: Stack, venue: str) -> bool:
    return stack.shown_venue() == venue


def all_sent_are_stored(stack: Stack, venue: str) -> bool:
    return set(stack.sent_ids(venue)) <= set(stack.stored_ids(venue))


def assert_logged_once_and_stored(stack: Stack) -> None:
    """Each trade is one entry of the log, and the database has exactly those, once the drain is done."""
    logged = Counter((trade["venue"], trade["trade_id"]) for trade in stack.logged())
    assert set(logged.values()) == {1}
    wait_until(lambda: stack.drained(logged), 10, "the database has what the log had")


def test_silent_venue_with_pongs_is_left_within_four_seconds(stack: Stack) -> None:
    """E7, F-06: data stops, pongs go on; the other venue's price is shown in time, and the switch is a row."""
    stack.start_worker()
    wait_until(lambda: is_showing(stack, "binance"), 20, "Binance's price is shown")

    stack.fault("binance", "mute")
    muted = time.monotonic()
    wait_until(lambda: is_showing(stack, "kucoin"), 10, "KuCoin's price is shown")
    assert time.monotonic() - muted <= 4.0

    query = "SELECT from_venue_id, to_venue_id, reason FROM feeds_failoverevent"
    [(left, entered, reason)] = wait_until(lambda: stack.rows(query), 5, "the failover is a row")
    assert (left, entered) == ("binance", "kucoin")
    assert reason.startswith("silent")


def test_sessions_of_a_killed_worker_are_held_again_within_seven_seconds(stack: Stack) -> None:
    """D-06, W1: kill -9; the other worker takes over with a higher fence, and no trade is there twice."""
    workers = [stack.start_worker("worker1"), stack.start_worker("worker2")]
    wait_until(lambda: is_showing(stack, "binance"), 20, "a price is shown")
    holder, fence = stack.lease()
    pid = int(holder.split(":")[1])
    victim = "worker1" if pid == workers[0].pid else "worker2"

    stack.end(victim, "kill")
    killed = time.monotonic()
    wait_until(lambda: stack.lease()[1] > fence, 10, "the lease has a new holder")
    assert time.monotonic() - killed <= 7.0

    wait_until(lambda: (stack.price() or {}).get("fence", 0) > fence, 5, "the new holder shows a price")
    assert_logged_once_and_stored(stack)


def test_sigterm_flushes_closes_politely_and_loses_nothing(stack: Stack) -> None:
    """W2: exit within 5 s, the exchange sees close 1000 from each venue, every trade that it sent is stored."""
    stack.start_worker()
    wait_until(lambda: len(stack.sent_ids("binance")) > 20, 20, "trades flow")

    assert stack.end("worker", "stop") <= 5.0
    wait_until(
        lambda: {c["close_code"] for c in stack.connections()} == {1000}, 2, "every connection was closed with 1000"
    )
    assert stack.lease()[0] == ""

    stack.start_worker()
    wait_until(lambda: all_sent_are_stored(stack, "binance"), 20, "all that was sent is stored")
    assert_logged_once_and_stored(stack)


def test_redis_away_for_ten_seconds_loses_nothing(stack: Stack) -> None:
    """R1, R12: Redis stops for 10 s; intake, drain and price resume by themselves, nothing is lost or doubled."""
    stack.start_worker()
    stack.start_beat()
    wait_until(lambda: len(stack.stored_ids("binance")) > 10, 20, "trades are stored")

    stack.end("redis")
    stopped = time.monotonic()
    wait_until(lambda: time.monotonic() - stopped > 10, 11, "ten seconds are over")
    sent_meanwhile = stack.sent_ids("binance")
    stack.start_redis()

    wait_until(lambda: set(sent_meanwhile) <= set(stack.stored_ids("binance")), 20, "the backlog is stored")
    wait_until(stack.price, 5, "a price is shown again")
    stored = stack.stored_ids("binance")
    assert len(stored) == len(set(stored))


def test_priorities_edited_by_an_admin_take_effect_within_five_seconds(stack: Stack) -> None:
    """D-03, F-01: the order changes in the database; the feed moves without a restart."""
    stack.start_worker()
    wait_until(lambda: is_showing(stack, "binance"), 20, "Binance's price is shown")

    stack.execute("UPDATE feeds_venue SET priority = 9 WHERE code = 'binance'")
    edited = time.monotonic()
    wait_until(lambda: is_showing(stack, "kucoin"), 10, "KuCoin's price is shown")
    assert time.monotonic() - edited <= 5.0
