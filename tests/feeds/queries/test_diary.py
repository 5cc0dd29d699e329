"""What became of the line lately."""

from datetime import timedelta

import pytest
from msgspec import to_builtins

from feeds import queries
from feeds.connection.effects import VenueEvidence
from feeds.models import Alert, FailoverEvent, Feed, Gap, VenueHealth
from feeds.queries import GapSum
from feeds.storage.latest import AlertState
from tests.feeds.samples import NOON

LATER = NOON + timedelta(hours=1)
pytestmark = pytest.mark.django_db


def test_last_reason_is_the_newest_that_was_given() -> None:
    """F-06: a venue that is connected again still shows why it was left."""
    for seconds, state, reason in ((1, "disconnected", "old"), (2, "disconnected", "silent"), (3, "connected", "")):
        entered_at = NOON + timedelta(seconds=seconds)
        VenueHealth.objects.create(feed_id="main", venue_id="htx", state=state, reason=reason, entered_at=entered_at)
    assert queries.last_reasons() == {"htx": "silent"}


def test_last_failovers_come_newest_first_with_their_evidence() -> None:
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
    first, second = queries.last_failovers("main", count=2)
    assert [first.started_at.second, second.started_at.second] == [3, 2]
    assert (first.from_venue, first.to_venue, first.instrument, first.stale_seconds) == ("binance", "htx", "", 0.5)
    assert first.evidence == known


def test_alerts_are_told_until_they_are_over() -> None:
    """E32: those of the feed and those of everything."""
    Feed.objects.create(name="other", title="Other")
    for feed, kind, cleared_at in (("main", "a", None), ("main", "b", LATER), ("other", "c", None), (None, "d", None)):
        Alert.objects.create(feed_id=feed, kind=kind, text="so", raised_at=NOON, cleared_at=cleared_at)
    assert {alert.kind for alert in queries.open_alerts("main")} == {"a", "d"}
    assert AlertState("a", "", "so", NOON) in queries.open_alerts("main")


def add_gap(after_s: float, before_s: float | None, venue: str = "htx", status: str = "open", **facts: bool) -> None:
    """From and to so many seconds after noon; None goes on."""
    Gap.objects.create(
        venue_id=venue,
        instrument_id="BTC-USDT",
        after_id="1",
        after_at=NOON + timedelta(seconds=after_s),
        before_at=None if before_s is None else NOON + timedelta(seconds=before_s),
        reason="silent",
        status=status,
        noticed_at=NOON,
        **facts,
    )


def test_gaps_are_summed_by_venue_instrument_and_status_within_the_time_asked_for() -> None:
    """F-26: what lies outside does not count, what goes on counts until now, what nobody wanted was not missed."""
    add_gap(-10, 5)
    add_gap(20, 30)
    add_gap(3590, None)
    add_gap(40, 42, status="repaired")
    add_gap(50, 51, venue="okx")
    add_gap(-20, -10)
    add_gap(4000, 4001)
    add_gap(60, 70, is_wanted=False)
    assert queries.gap_sums("main", NOON, LATER) == [
        GapSum("htx", "BTC-USDT", "open", 3, 25.0),
        GapSum("htx", "BTC-USDT", "repaired", 1, 2.0),
        GapSum("okx", "BTC-USDT", "open", 1, 1.0),
    ]
    assert queries.gap_sums("nosuch", NOON, LATER) == []
