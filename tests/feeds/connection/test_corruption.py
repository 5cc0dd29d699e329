"""When too much of what a venue sends is wrong."""

from feeds.connection.corruption import BAD_OVER_S, Corruption
from feeds.errors import Corrupt


def fed(good: int, bad: int, seconds: int, corruption: Corruption | None = None, start: int = 0) -> Corrupt | None:
    """The first verdict over so many seconds with so many good and bad frames in each."""
    corruption = corruption or Corruption()
    frames = [False] * good + [True] * bad
    for second in range(start, start + seconds):
        for place, is_bad in enumerate(frames):
            now = second + place / len(frames)
            corruption.note_frame(now, is_bad)
            if verdict := corruption.verdict(now):
                return verdict
    return None


def test_fifth_stray_in_ten_seconds_is_too_much() -> None:
    """E20: four are dropped and no more; the fifth says that this is not the session that was asked for."""
    corruption = Corruption()
    for now in (0.0, 3.0, 6.0, 9.0):
        corruption.note_stray(now)
        assert corruption.verdict(now) is None
    corruption.note_stray(9.9)
    verdict = corruption.verdict(9.9)
    assert verdict
    assert (verdict.reason, str(verdict)) == ("corrupt", "data of foreign symbols 5 times in 10 s")


def test_five_strays_in_more_than_ten_seconds_are_not() -> None:
    """E20: one every 2.5 s may go on for ever."""
    corruption = Corruption()
    for step in range(100):
        corruption.note_stray(2.5 * step)
        assert corruption.verdict(2.5 * step) is None


def test_a_fifth_of_bad_frames_over_five_seconds_is_too_much() -> None:
    """E21: 20 % is left, and what it was is said in numbers."""
    verdict = fed(good=80, bad=20, seconds=60)
    assert verdict
    assert str(verdict).endswith("frames in 5 s could not be understood")


def test_less_than_a_fifth_is_not() -> None:
    """E21 F-16: 19 % is counted and endured."""
    assert fed(good=81, bad=19, seconds=60) is None


def test_hiccup_at_the_start_is_endured() -> None:
    """E21: the share is over five seconds, not over the first frames."""
    corruption = Corruption()
    assert fed(good=5, bad=5, seconds=1, corruption=corruption) is None
    assert fed(good=20, bad=0, seconds=20, corruption=corruption, start=1) is None


def test_good_hour_does_not_excuse_bad_seconds() -> None:
    """E21: a venue that breaks is left within five seconds."""
    corruption = Corruption()
    assert fed(good=10, bad=0, seconds=3600, corruption=corruption) is None
    assert fed(good=5, bad=5, seconds=BAD_OVER_S, corruption=corruption, start=3600)


def test_single_bad_frames_of_a_quiet_pair_say_nothing() -> None:
    """E21: one of three in five seconds is a third, and still only one."""
    corruption = Corruption()
    for now in range(0, 600, 2):
        corruption.note_frame(float(now), is_bad=now % 6 == 0)
        assert corruption.verdict(float(now)) is None
