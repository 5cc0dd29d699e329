"""Buckets, strikes and seats: what is counted, what is refused, what is forgotten."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.sockets.limits import Rates, Seats, Strikes, TokenBucket


def test_a_burst_passes_and_then_as_many_as_flow_in() -> None:
    """C7: 20 at once, then one each half second."""
    bucket = TokenBucket(rate=2, burst=20)
    assert [bucket.take(100.0) for _ in range(21)] == [True] * 20 + [False]
    assert [bucket.take(100.4), bucket.take(100.5), bucket.take(100.6)] == [False, True, False]
    assert [bucket.take(1000.0) for _ in range(21)] == [True] * 20 + [False]


def test_a_clock_that_goes_back_gives_and_takes_nothing() -> None:
    """Times are monotonic; whoever mixes up two clocks is not locked out for it."""
    bucket = TokenBucket(rate=1, burst=2)
    assert [bucket.take(now) for now in (10.0, 5.0, 5.0, 6.0)] == [True, True, False, True]


@given(st.lists(st.floats(0, 0.3), max_size=200))
def test_never_more_than_the_rate_allows(pauses: list[float]) -> None:
    """C7: in any span of time a bucket lets through the burst and what flowed in, no more, and no less of what came."""
    bucket, now, passed_at = TokenBucket(rate=10, burst=5), 0.0, []
    for pause in pauses:
        now += pause
        if bucket.take(now):
            passed_at.append(now)
    for first, begun_at in enumerate(passed_at):
        for last, ended_at in enumerate(passed_at[first:], 1):
            assert last <= 5 + (ended_at - begun_at) * 10 + 1e-6
    assert len(passed_at) >= min(len(pauses), 5)


def test_one_who_floods_does_not_take_from_another() -> None:
    """C8: each name has its own bucket."""
    rates = Rates(rate=50, burst=50)
    assert sum(rates.take("flood", 0.0) for _ in range(500)) == 50
    assert rates.take("guest", 0.0)
    assert not rates.take("flood", 0.01)
    assert rates.take("flood", 0.02)


def test_names_that_are_quiet_are_forgotten() -> None:
    """A bucket that is full again is no different from a new one."""
    rates = Rates(rate=50, burst=50)
    for number in range(1000):
        rates.take(number, now=0.0)
    assert len(rates) == 1000
    rates.take("late", now=0.5)
    assert len(rates) == 1001
    rates.take("later", now=1.2)
    assert len(rates) == 2


def test_no_flood_of_names_needs_more_memory_than_the_bound() -> None:
    """The oldest go first, whoever they are."""
    rates = Rates(rate=1, burst=1, most=100)
    assert all(rates.take(number, now=0.0) for number in range(10_000))
    assert len(rates) == 100
    assert not rates.take(9_999, now=0.0)


def test_the_third_strike_is_the_last() -> None:
    """C6: two bad frames are answered, the third ends it."""
    strikes = Strikes(most=3)
    assert [strikes.add() for _ in range(3)] == [False, False, True]
    assert strikes.count == 3


def test_seats_are_counted_by_name_and_in_all() -> None:
    """C8: a full house has no seat for anybody, a full table for nobody else of that table."""
    seats = Seats(each=2, in_all=3)
    assert [seats.take("a"), seats.take("a"), seats.take("a")] == [True, True, False]
    assert (seats.is_full_for("a"), seats.is_full) == (True, False)
    assert [seats.take("b"), seats.take("b")] == [True, False]
    assert (seats.taken("a"), seats.taken("b"), len(seats), seats.is_full) == (2, 1, 3, True)
    seats.leave("a")
    assert seats.take("b")


def test_a_seat_is_left_once() -> None:
    """A count that went wrong would let in more than there are seats, for ever."""
    seats = Seats(each=1)
    assert seats.take("a")
    seats.leave("a")
    with pytest.raises(ValueError, match="no seat"):
        seats.leave("a")
    assert len(seats) == 0


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=60))
def test_seats_add_up_whatever_happens(steps: list[tuple[str, bool]]) -> None:
    """The sum of all names is what is taken in all, and neither passes its bound."""
    seats = Seats(each=3, in_all=5)
    for name, comes in steps:
        if comes:
            seats.take(name)
        elif seats.taken(name):
            seats.leave(name)
        counts = [seats.taken(each) for each in "abc"]
        assert sum(counts) == len(seats) <= 5
        assert max(counts) <= 3
