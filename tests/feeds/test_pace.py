"""A rate is never exceeded, whatever the window is laid over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.pace import Pace, Rate


def test_pace_waits_for_the_oldest_to_be_over() -> None:
    """E35: five a second, and the sixth waits for the first to be a second old."""
    pace = Pace(Rate(5, 1.0))
    for now in (0.0, 0.1, 0.2, 0.3, 0.4):
        assert pace.wait(now) == 0.0
        pace.note(now)
    assert pace.wait(0.5) == 0.5
    assert pace.wait(1.0) == 0.0


def test_share_leaves_room_for_others() -> None:
    """E35: four fifths of five are four, and never nothing at all."""
    pace = Pace(Rate(5, 1.0), share=0.8)
    for _ in range(4):
        pace.note(0.0)
    assert pace.wait(0.0) == 1.0
    assert Pace(Rate(1, 1.0), share=0.1).wait(0.0) == 0.0


def test_what_could_not_wait_counts_too() -> None:
    """E35: a pong that was sent beyond the rate makes the next one wait for longer."""
    pace = Pace(Rate(2, 1.0))
    for now in (0.0, 0.2, 0.4):
        pace.note(now)
    assert pace.wait(0.5) == 0.7


def test_several_at_once_wait_until_there_is_room_for_all() -> None:
    """E5: a call of weight 25 after 99 of 100."""
    pace = Pace(Rate(100, 60.0))
    for number in range(99):
        pace.note(number / 10)
    assert pace.wait(10.0) == 0.0
    assert pace.wait(10.0, cost=25) == pytest.approx(2.3 + 60.0 - 10.0)
    assert Pace(Rate(1, 1.0)).wait(0.0, cost=2) == 0.0


@given(st.lists(st.floats(0.0, 2.0), min_size=1, max_size=60))
def test_no_window_ever_holds_more_than_the_rate(gaps: list[float]) -> None:
    """E35: whoever waits as told is never over it."""
    pace, now, done = Pace(Rate(3, 1.0)), 0.0, []
    for gap in gaps:
        now += gap
        now += pace.wait(now)
        pace.note(now)
        done.append(now)
    for start in done:
        assert sum(start <= moment < start + 1.0 - 1e-9 for moment in done) <= 3
