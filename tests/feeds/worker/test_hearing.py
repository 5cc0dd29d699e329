"""A worker that is connected and hears nothing notices that."""

from feeds.worker.hearing import DEAF_AFTER_S, Hearing


def test_tasks_that_wait_for_a_minute_prove_a_deaf_worker() -> None:
    """R12: the broker answers, there is work, and none of it comes."""
    hearing = Hearing(0.0)
    assert not any(hearing.is_deaf(5, now) for now in range(10, int(DEAF_AFTER_S), 10))
    assert hearing.is_deaf(5, DEAF_AFTER_S)


def test_worker_that_hears_is_not_deaf() -> None:
    """R12 W13: one task in a minute is enough, however many wait."""
    hearing = Hearing(0.0)
    hearing.heard(DEAF_AFTER_S - 1)
    assert not hearing.is_deaf(100_000, DEAF_AFTER_S + 50)


def test_nothing_to_hear_proves_nothing() -> None:
    """R12: an empty queue, and a broker that does not answer. The minute begins with the first task that waits."""
    for silent in (0, None):
        hearing = Hearing(0.0)
        assert not hearing.is_deaf(silent, 1000.0)
        assert not hearing.is_deaf(1, 1000.0 + DEAF_AFTER_S - 1)
        assert hearing.is_deaf(1, 1000.0 + DEAF_AFTER_S)
