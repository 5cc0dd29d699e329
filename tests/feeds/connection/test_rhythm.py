"""The silence that is odd, by the stream's own rhythm."""

import random
from itertools import pairwise
from timeit import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.connection.rhythm import Rhythm

FLOOR = 3.0


def steady(every: float, seconds: float, rhythm: Rhythm | None = None, start: float = 0.0) -> Rhythm:
    """A stream that speaks `every` so many seconds."""
    rhythm = rhythm or Rhythm(FLOOR)
    for step in range(int(seconds / every) + 1):
        rhythm.heard(start + step * every)
    return rhythm


@pytest.mark.parametrize(
    ("every", "threshold"),
    [(0.0001, 3.0), (0.05, 3.0), (0.375, 3.0), (0.5, 4.0), (1.0, 8.0), (1.5, 12.0), (2.0, 15.0), (40.0, 15.0)],
)
def test_threshold_is_eight_times_the_rhythm_between_floor_and_ceiling(every: float, threshold: float) -> None:
    """V-17: a liquid pair is held to 3 s, a quiet one to 15 s, and between them to eight arrivals."""
    assert steady(every, seconds=600).threshold == pytest.approx(threshold)


def test_one_in_a_hundred_does_not_count() -> None:
    """V-17: it is the 99th of a hundred arrivals that counts, not the slowest."""
    rhythm, now = Rhythm(FLOOR), 0.0
    for step in range(2000):
        now += 1.0 if step % 200 == 199 else 0.05
        rhythm.heard(now)
    assert rhythm.threshold == FLOOR


def test_stream_of_which_nothing_is_known_has_all_the_time() -> None:
    """V-17: a quiet market is not called dead 3 s after it began."""
    rhythm = Rhythm(FLOOR)
    rhythm.heard(0.0)
    assert (rhythm.threshold, rhythm.is_known) == (15.0, False)


def test_eight_arrivals_are_enough_to_begin_with() -> None:
    """V-17: a liquid pair is held to its 3 s within a second of its first data, not after a whole window."""
    rhythm = steady(0.1, seconds=0.71)
    assert rhythm.threshold == 15.0
    rhythm.heard(0.8)
    assert rhythm.threshold == FLOOR


def test_windows_roll_by_time_where_little_comes() -> None:
    """V-17: three arrivals in ten seconds are a rhythm too."""
    rhythm = Rhythm(FLOOR)
    for now in (0.0, 1.0, 2.0):
        rhythm.heard(now)
    assert rhythm.threshold == 15.0
    rhythm.heard(3.2)
    rhythm.heard(10.0)
    assert rhythm.threshold == 15.0
    assert steady(0.5, seconds=60, rhythm=rhythm, start=10.5).threshold < 15.0


def test_rhythm_follows_the_market_smoothly() -> None:
    """V-17: each window of 10 s counts for a quarter, so that one odd window does not change much."""
    rhythm = steady(0.5, seconds=60)
    assert rhythm.threshold == pytest.approx(4.0)
    steady(1.0, seconds=10, rhythm=rhythm, start=61.0)
    assert 4.0 < rhythm.threshold <= 5.0
    steady(1.0, seconds=200, rhythm=rhythm, start=72.0)
    assert rhythm.threshold == pytest.approx(8.0, rel=0.01)


def test_time_between_two_sessions_is_no_rhythm() -> None:
    """V-17: a venue that was away for a minute comes back to the threshold that it left with."""
    rhythm = steady(0.1, seconds=60)
    rhythm.restart()
    steady(0.1, seconds=60, rhythm=rhythm, start=120.0)
    assert rhythm.threshold == FLOOR


def test_trades_of_one_frame_are_one_arrival() -> None:
    """V-17: fifty trades in a frame every second do not make a stream of fifty a second."""
    rhythm = Rhythm(FLOOR)
    for second in range(60):
        for _ in range(50):
            rhythm.heard(float(second))
    assert rhythm.threshold == 8.0


@given(st.lists(st.floats(0, 100), max_size=300), st.floats(0.1, 10.0))
def test_threshold_is_always_between_floor_and_ceiling(gaps: list[float], floor: float) -> None:
    """V-17: whatever comes, whenever."""
    rhythm, now = Rhythm(floor), 0.0
    for gap in gaps:
        now += gap
        rhythm.heard(now)
        assert floor <= rhythm.threshold <= 15.0


@pytest.mark.parametrize("mean", [0.05, 0.3, 1.0, 2.0])
def test_random_market_is_hardly_ever_called_dead(mean: float) -> None:
    """V-17: arrivals by chance, 20 000 of them: at most one silence in 2000 is taken for a stall."""
    chance, rhythm, now, odd = random.Random(7), Rhythm(FLOOR), 0.0, 0
    arrivals = [now := now + chance.expovariate(1 / mean) for _ in range(20_000)]
    rhythm.heard(arrivals[0])
    for before, arrival in pairwise(arrivals):
        odd += arrival - before > rhythm.threshold
        rhythm.heard(arrival)
    assert odd <= 10


def test_hearing_costs_half_a_microsecond() -> None:
    """V-17: 10 000 a second cost nothing that anybody notices (bar 0.5 µs; a slow machine gets four times that)."""
    rhythm, times = Rhythm(FLOOR), iter(step / 10_000 for step in range(1_000_000))
    assert min(repeat(lambda: rhythm.heard(next(times)), number=10_000, repeat=20)) / 10_000 < 2e-6
