"""The waits between tries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.connection.retry import VENUE_FEED
from positions.connection.cadence import BITGET_REST_UI

NO_JITTER = 0.5


def test_waits_are_fibonacci_up_to_the_cap() -> None:
    """F-08: 1, 1, 2, 3, 5, 8, 13, 21, 34, and then 55 s."""
    waits = [VENUE_FEED.wait(attempt, NO_JITTER) for attempt in range(1, 13)]
    assert waits == [1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 55, 55]


@pytest.mark.parametrize(("attempt", "wait"), [(144, 55.0), (145, 900.0), (1_000_000, 900.0)])
def test_after_the_last_attempt_comes_the_slow_lane(attempt: int, wait: float) -> None:
    """F-09: attempt 144 is the last quick one; no venue is given up for good."""
    assert VENUE_FEED.wait(attempt, NO_JITTER) == wait


@pytest.mark.parametrize(("attempt", "wait"), [(1, 1), (2, 2), (5, 16), (6, 30), (7, 30), (1_000_000, 30)])
def test_waits_of_rest_double_up_to_half_a_minute(attempt: int, wait: float) -> None:
    """B-01 B-12: 1, 2, 4, 8, 16, 30, 30 s."""
    assert BITGET_REST_UI.wait(attempt, NO_JITTER) == wait


@given(st.integers(1, 10**9), st.floats(0, 1, exclude_max=True))
def test_jitter_stays_within_a_fifth(attempt: int, chance: float) -> None:
    """F-08: chance moves a wait by 20 % at most, either way."""
    plain = VENUE_FEED.wait(attempt, NO_JITTER)
    assert 0.8 * plain <= VENUE_FEED.wait(attempt, chance) * 1.0000001
    assert VENUE_FEED.wait(attempt, chance) <= 1.2 * plain
