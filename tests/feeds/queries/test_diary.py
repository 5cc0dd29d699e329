"""What became of the line lately."""

from datetime import timedelta

import pytest
from msgspec import to_builtins

from feeds import queries
from feeds.connection.effects import VenueEvidence
from feeds.models import FailoverEvent, Feed
from feeds.storage.snapshots import transition
from tests.feeds.samples import NOON

pytestmark = pytest.mark.django_db


def test_last_reason_is_the_newest_that_was_given() -> None:
    """F-06: a venue that is connected again still shows why it was left."""
    Feed.objects.create(name="other", title="Other")
    told = [("main", "disconnected", "old"), ("other", "disconnected", "silent"), ("main", "connected", "")]
    for seconds, (feed, state, reason) in enumerate(told):
        transition(f"venue:{feed}:htx", state, reason, NOON + timedelta(seconds=seconds)).save()
    assert queries.last_reasons() == {"htx": "silent"}


def test_last_switches_come_newest_first() -> None:
    """F-06: of one feed, as many as asked for."""
    Feed.objects.create(name="other", title="Other")
    known = {"binance": VenueEvidence("connected", 3.1, "closed", 1, "silent: no market data for 3 s")}
    for feed, seconds in (("main", 1), ("main", 3), ("main", 2), ("other", 4)):
        FailoverEvent.objects.create(
            feed_id=feed,
            from_venue_id="binance",
            to_venue_id="htx",
            reason="silent: no market data for 3 s",
            started_at=NOON + timedelta(seconds=seconds),
            finished_at=NOON + timedelta(seconds=seconds),
            last_price_age=3.1,
            stale_seconds=0.5,
            evidence=to_builtins(known),
        )
    first, second = queries.last_switches("main", count=2)
    assert [first.at.second, second.at.second] == [3, 2]
    assert (first.from_venue, first.to_venue, first.instrument) == ("binance", "htx", "")
    assert (first.age_s, first.stale_s) == (3.1, 0.5)
    assert queries.evidence(FailoverEvent.objects.filter(feed="main").latest("finished_at")) == known
