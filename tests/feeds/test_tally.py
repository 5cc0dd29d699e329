"""Counts of one process."""

from concurrent.futures import ThreadPoolExecutor

from feeds.tally import DELAY_SUM_US, DELAYS, RECEIVED, REDIS, Series, Tally


def test_every_thread_counts() -> None:
    """F-21: feeds of one worker count the same venue, each in a thread of its own."""
    tally = Tally()

    def count() -> None:
        for _ in range(2500):
            tally.add(RECEIVED, "okx")

    with ThreadPoolExecutor(4) as pool:
        for _ in range(4):
            pool.submit(count)
    assert tally.counts() == {Series(RECEIVED, "okx"): 10_000}


def test_a_delay_falls_into_the_bucket_of_its_bound() -> None:
    """B-15: a bound belongs to its bucket, what is longer than all to the last; less than nothing is nothing."""
    tally = Tally()
    for ms in (-3.0, 0.1, 0.2, 5000.0, 5000.1):
        tally.took("log", ms)
    counts = tally.counts()
    buckets = {bucket: counts[Series(DELAYS, "log", bucket)] for bucket in ("0.1", "0.25", "5000.0", "+Inf")}
    assert buckets == {"0.1": 2, "0.25": 1, "5000.0": 1, "+Inf": 1}
    assert counts[Series(DELAY_SUM_US, "log")] == 100 + 200 + 5_000_000 + 5_000_100


def test_an_operation_is_an_attempt_and_perhaps_a_failure() -> None:
    """L-13: what the success rate is made of."""
    tally = Tally()
    tally.asked(REDIS)
    tally.asked(REDIS, has_failed=True)
    assert tally.counts() == {Series("attempts", REDIS): 2, Series("failures", REDIS): 1}
