"""The uptime panel: what is in it, and that nobody waits for it."""

from datetime import timedelta

import pytest

from dashboard.feed import sentences
from dashboard.feed.uptime import uptime_lines
from feeds.market.uptime import Minute
from feeds.queries import FeedView, VenueRow
from feeds.storage.uptime import add
from tests.dashboard.samples import NOON

FEED = FeedView("main", "Main feed", [], [VenueRow("binance", "Binance", 1, True), VenueRow("htx", "HTX", 2, True)])
_MINUTE = timedelta(minutes=1)


@pytest.mark.django_db
def test_the_panel_shows_the_feed_what_it_stands_on_and_its_venues() -> None:
    """F-26 V-13: a venue by the time in which it was listened to; what was never watched is left out."""
    subjects = {"feed:main": 60, "redis": 60, "venue:main:binance": 30}
    minutes = [
        Minute(subject, NOON - ago * _MINUTE, known, known) for subject, known in subjects.items() for ago in (2, 3)
    ]
    add([*minutes, Minute("feed:main", NOON - 4 * _MINUTE, 60, 48)])
    lines = uptime_lines(FEED, NOON)
    assert [(line.name, line.hour, line.left) for line in lines] == [
        ("Main feed", "93.333 %", "4 min 7 s"),
        ("Redis", "100 %", "4 min 19 s"),
        ("Binance", "100 %", ""),
    ]
    assert lines[0].since == "since 01 Mar 11:56"


@pytest.mark.parametrize(
    ("part", "text"), [(1.0, "100 %"), (0.999999, "99.999 %"), (0.9998, "99.98 %"), (0.0, "0 %"), (None, "–")]
)
def test_an_uptime_is_never_rounded_up(part: float | None, text: str) -> None:
    """L-07: only what never failed is 100 %."""
    assert sentences.share(part) == text


@pytest.mark.parametrize(("seconds", "text"), [(259.2, "4 min 19 s"), (12.9, "12 s"), (-61.0, "missed by 1 min 1 s")])
def test_a_budget_says_how_long_something_may_still_fail(seconds: float, text: str) -> None:
    """V-13: the objective of 99.99 % allows 259.2 s in 30 days."""
    assert sentences.budget(seconds) == text
