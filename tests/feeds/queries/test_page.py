"""The feed of the dashboard page."""

import pytest

from feeds import queries
from feeds.models import Feed, FeedVenue
from feeds.venues import REGISTRY

pytestmark = pytest.mark.django_db


def test_shown_feed_has_its_instruments_and_venues() -> None:
    """What the dashboard page is made of."""
    shown = queries.shown_feed()
    assert shown
    assert [instrument.code for instrument in shown.instruments] == ["BTC-USDT"]
    assert [venue.code for venue in shown.venues] == list(REGISTRY)


def test_shown_feed_has_its_own_order_and_says_which_venue_it_never_uses() -> None:
    """F-03: as the loop goes by it."""
    FeedVenue.objects.create(feed_id="main", venue_id="kraken", priority=1)
    FeedVenue.objects.create(feed_id="main", venue_id="htx", is_never_used=True)
    shown = queries.shown_feed()
    assert shown
    assert [venue.code for venue in shown.venues][:2] == ["kraken", "binance"]
    assert [venue.code for venue in shown.venues if not venue.is_enabled] == ["htx"]
    assert [venue.refusal for venue in shown.venues if venue.refusal] == ["this feed never uses it"]


def test_feed_is_shown_by_its_name() -> None:
    """The first enabled one where none is named; none where there is none of that name, or it is switched off."""
    Feed.objects.create(name="second", title="Second")
    Feed.objects.create(name="third", title="Third", is_enabled=False)
    shown = [queries.shown_feed(name) for name in ("", "second", "third", "nosuch")]
    assert [feed and feed.name for feed in shown] == ["main", "second", None, None]
    Feed.objects.update(is_enabled=False)
    assert queries.shown_feed() is None
