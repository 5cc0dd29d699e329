"""The rows of a fresh database."""

import pytest
from django.core.management import call_command
from pytest_django import Settings

from feeds.models import Feed, Instrument, Listing, Venue
from feeds.venues import REGISTRY

pytestmark = pytest.mark.django_db


def test_fresh_database_lists_every_venue_of_the_registry() -> None:
    """F-03: in the order of the mission, all switched on, each with a listing in its own spelling."""
    found = list(Venue.objects.values_list("code", "name", "priority", "is_enabled"))
    by_priority = sorted(REGISTRY.values(), key=lambda dialect: dialect.default_priority)
    assert found == [(dialect.code, dialect.name, dialect.default_priority, True) for dialect in by_priority]
    symbols = set(Listing.objects.values_list("venue", "symbol"))
    assert symbols == {(code, dialect.symbol("BTC", "USDT")) for code, dialect in REGISTRY.items()}


def test_fresh_database_has_one_feed_of_every_instrument() -> None:
    """F-05: which returns to a better venue after 300 s."""
    feed = Feed.objects.get()
    assert (feed.name, feed.is_enabled, feed.failback_after) == ("main", True, 300.0)
    assert list(feed.instruments.values_list("code", flat=True)) == ["BTC-USDT"]


def test_what_an_admin_changed_survives_a_migration() -> None:
    """F-03: rows are added, never edited."""
    Venue.objects.filter(code="binance").update(priority=7, is_enabled=False, name="Mine", silent_after=9.0)
    Listing.objects.filter(venue="htx").update(is_enabled=False, symbol="other")
    Feed.objects.get().instruments.clear()
    call_command("migrate", verbosity=0)
    assert Venue.objects.filter(code="binance", priority=7, is_enabled=False, name="Mine", silent_after=9.0).exists()
    assert Listing.objects.filter(venue="htx", is_enabled=False, symbol="other").exists()
    assert not Feed.objects.get().instruments.exists()


def test_what_is_missing_is_added(settings: Settings) -> None:
    """A venue or an instrument that is new in this version gets its rows."""
    Listing.objects.filter(venue="htx").delete()
    Venue.objects.get(code="htx").delete()
    settings.OMEGA_INSTRUMENTS = ["BTC-USDT", "ETH-USDT"]
    call_command("migrate", verbosity=0)
    assert Venue.objects.get(code="htx").priority == REGISTRY["htx"].default_priority
    assert Instrument.objects.filter(code="ETH-USDT", base="ETH", quote="USDT").exists()
    assert Listing.objects.count() == 2 * len(REGISTRY)
