"""Which venue is listened to, over time. Times are plain seconds: nothing here waits."""

import pytest

from feeds.connection.retry import VENUE_FEED
from feeds.connection.supervisor import Supervisor
from feeds.errors import ClosedByVenue, HandshakeRefused, Replaced, SessionEnded, Silent, SubscriptionRefused

NO_JITTER = 0.5
ORDER = ("binance", "kucoin", "htx")


@pytest.fixture
def supervisor() -> Supervisor:
    return Supervisor(ORDER, failback_after=300.0, policy=VENUE_FEED)


def fail(supervisor: Supervisor, code: str, now: float, error: SessionEnded | None = None) -> float:
    """Ends the venue's session; the seconds until it may be tried again."""
    supervisor.ended(code, error or Silent("no market data"), now, NO_JITTER)
    return supervisor.free_at(code) - now


def test_best_venue_is_asked_first(supervisor: Supervisor) -> None:
    """F-03: priority decides while nothing has failed."""
    assert supervisor.choose(0.0) == "binance"


def test_failure_moves_on_to_the_next_priority(supervisor: Supervisor) -> None:
    """F-03: the next venue is chosen at the very moment at which the active one fails."""
    chosen = []
    for code in ORDER:
        chosen.append(supervisor.choose(10.0))
        fail(supervisor, code, 10.0)
    assert chosen == list(ORDER)


def test_after_the_last_venue_the_first_is_tried_again(supervisor: Supervisor) -> None:
    """F-03: when all have failed the order starts over as soon as the first one's wait is over."""
    for code in ORDER:
        fail(supervisor, code, 10.0)
    assert supervisor.choose(10.5) is None
    assert supervisor.wake_at() == 11.0
    assert supervisor.choose(11.0) == "binance"


def test_repeated_failures_wait_longer(supervisor: Supervisor) -> None:
    """F-08: the venue's waits are 1, 1, 2, 3, 5, 8 s, however long each try took."""
    waits = [fail(supervisor, "binance", 100.0 * attempt) for attempt in range(6)]
    assert waits == [1, 1, 2, 3, 5, 8]


def test_after_144_attempts_a_venue_is_tried_every_quarter_of_an_hour(supervisor: Supervisor) -> None:
    """F-09: it is never given up for good."""
    for attempt in range(144):
        fail(supervisor, "binance", float(attempt))
    assert fail(supervisor, "binance", 1000.0) == 900.0
    supervisor.ended("kucoin", Replaced("a better venue may be tried"), 1900.0, NO_JITTER)
    assert supervisor.choose(1900.0) == "binance"


def test_better_venue_is_due_after_the_hold_time_and_not_before(supervisor: Supervisor) -> None:
    """F-05: 300 s at a lesser venue, then the best one is tried; it never flaps faster."""
    supervisor.choose(0.0)
    fail(supervisor, "binance", 50.0)
    assert supervisor.choose(50.0) == "kucoin"
    assert not supervisor.is_replaceable("kucoin", 349.9)
    assert supervisor.is_replaceable("kucoin", 350.0)
    supervisor.ended("kucoin", Replaced("a better venue may be tried"), 350.0, NO_JITTER)
    assert supervisor.choose(350.0) == "binance"


def test_hold_time_starts_again_with_each_choice(supervisor: Supervisor) -> None:
    """F-05: a primary that fails at once on its return costs one switch for each hold time."""
    fail(supervisor, "binance", 0.0)
    supervisor.choose(0.0)
    fail(supervisor, "binance", 300.0)
    assert supervisor.choose(300.0) == "kucoin"
    assert not supervisor.is_replaceable("kucoin", 599.0)
    assert supervisor.is_replaceable("kucoin", 600.0)


def test_venue_that_still_cools_off_replaces_nobody(supervisor: Supervisor) -> None:
    """F-05: a better venue counts only once its own wait is over."""
    fail(supervisor, "binance", 0.0, HandshakeRefused(403))
    supervisor.choose(0.0)
    assert not supervisor.is_replaceable("kucoin", 599.0)
    assert supervisor.is_replaceable("kucoin", 600.0)


def test_best_venue_is_not_replaceable(supervisor: Supervisor) -> None:
    """F-05: there is nothing better to try."""
    supervisor.choose(0.0)
    assert not supervisor.is_replaceable("binance", 1e9)


def test_only_a_minute_of_data_forgives(supervisor: Supervisor) -> None:
    """F-05 F-08: an open socket, or a first message, leaves the count of failures as it is."""
    for attempt in range(5):
        fail(supervisor, "binance", float(attempt))
    supervisor.heard("binance", 100.0)
    supervisor.heard("binance", 159.9)
    assert supervisor.attempts("binance") == 5
    supervisor.heard("binance", 160.0)
    assert supervisor.attempts("binance") == 0


def test_minute_of_data_starts_again_with_each_session(supervisor: Supervisor) -> None:
    """F-08: two halves of a minute are not a minute."""
    supervisor.heard("binance", 0.0)
    fail(supervisor, "binance", 40.0)
    supervisor.heard("binance", 50.0)
    supervisor.heard("binance", 90.0)
    assert supervisor.attempts("binance") == 1


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        (HandshakeRefused(403), 600.0),
        (HandshakeRefused(451), 600.0),
        (HandshakeRefused(418), 120.0),
        (HandshakeRefused(429), 60.0),
        (HandshakeRefused(429, retry_after=7.0), 7.0),
        (HandshakeRefused(503), 1.0),
        (SubscriptionRefused("no such stream"), 60.0),
        (ClosedByVenue(1008, "policy"), 600.0),
        (ClosedByVenue(1013, "later"), 30.0),
        (ClosedByVenue(1000, ""), 1.0),
    ],
)
def test_venue_is_left_alone_as_long_as_it_asks(supervisor: Supervisor, error: SessionEnded, wait: float) -> None:
    """E4 E5 E14 E15: bans and limits cool off longer than the first retry; the rest does not."""
    assert fail(supervisor, "binance", 0.0, error) == wait


def test_leaving_on_purpose_costs_a_venue_nothing(supervisor: Supervisor) -> None:
    """Replaced is no failure: no wait, no attempt."""
    assert fail(supervisor, "kucoin", 10.0, Replaced("the plan changed")) <= 0
    assert supervisor.attempts("kucoin") == 0


def test_new_order_takes_effect_with_the_next_choice(supervisor: Supervisor) -> None:
    """An admin's order: what a venue did before is remembered, who is gone is not chosen."""
    fail(supervisor, "htx", 0.0)
    supervisor.reorder(("htx", "binance"), 10.0)
    assert supervisor.choose(0.5) == "binance"
    assert supervisor.choose(1.0) == "htx"
    assert supervisor.is_replaceable("kucoin", 1.0)


def test_without_venues_there_is_nothing_to_choose() -> None:
    """All switched off: nobody is chosen, and nobody is waited for."""
    supervisor = Supervisor((), failback_after=300.0, policy=VENUE_FEED)
    assert supervisor.choose(0.0) is None
    assert supervisor.wake_at() == float("inf")


def test_no_venue_is_tried_twice_before_every_other_one_was(supervisor: Supervisor) -> None:
    """F-03 E7: two silent ones, each free again after a second, do not keep us from the third."""
    tried = []
    for now in (0.0, 3.0, 6.0, 9.0):
        code = supervisor.choose(now)
        assert code is not None
        tried.append(code)
        fail(supervisor, code, now + 3.0)
    assert tried == ["binance", "kucoin", "htx", "binance"]


def test_who_failed_is_no_refuge_when_the_next_one_fails_too(supervisor: Supervisor) -> None:
    """F-03 E7: the third one had delivered; the first two are not known to be better by now."""
    for code in ("binance", "kucoin"):
        fail(supervisor, code, 0.0)
    supervisor.reorder(("binance", "kucoin", "htx", "kraken"), 300.0)
    for code in ("binance", "kucoin"):
        fail(supervisor, code, 0.0)
    supervisor.heard("htx", 5.0)
    fail(supervisor, "htx", 20.0)
    assert supervisor.choose(20.0) == "kraken"
