"""The gauge of what is used of the venue's limits."""

import pytest

from feeds.pace import Rate
from positions.connection.usage import Usage

FIVE_A_SECOND = Rate(5, 1.0)
MANY_A_MINUTE = Rate(6000, 60.0)


def test_nothing_is_in_use_at_first() -> None:
    """B-24: and nothing again some time after the last call."""
    usage = Usage()
    assert usage.share(0.0) == 0.0
    usage.note("positions", FIVE_A_SECOND, 0.0)
    assert usage.share(9.9) > 0.0
    assert usage.share(10.0) == 0.0


def test_share_is_of_the_full_limit_over_some_seconds() -> None:
    """B-24: two calls a second of five are two fifths; one call alone is next to nothing."""
    usage = Usage()
    usage.note("positions", FIVE_A_SECOND, 0.0)
    assert usage.share(0.0) == pytest.approx(0.02)
    for tick in range(1, 20):
        usage.note("positions", FIVE_A_SECOND, tick / 2)
    assert usage.share(9.5) == pytest.approx(0.4)


def test_highest_share_counts() -> None:
    """B-24: each call has a limit of its own, and all of them one by the address."""
    usage = Usage()
    for _ in range(3000):
        usage.note("address", MANY_A_MINUTE, 0.0)
    usage.note("positions", FIVE_A_SECOND, 0.0)
    assert usage.share(1.0) == pytest.approx(0.5)
    assert usage.share(59.0) == pytest.approx(0.5)
    assert usage.share(60.0) == 0.0


def test_limit_that_the_venue_calls_used_up_is_used_up() -> None:
    """B-24: another program may share it; the gauge says so until the venue may be asked again."""
    usage = Usage()
    usage.spent(until=30.0)
    usage.spent(until=20.0)
    assert usage.share(29.9) == 1.0
    assert usage.share(30.0) == 0.0
