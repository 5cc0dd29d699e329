"""The rows that a fresh database needs: every venue of the registry, the instruments, the feed. Adds, never edits."""

from django.conf import settings

from feeds.models import Feed, Instrument, Listing, Venue
from feeds.venues import REGISTRY


def add_missing_rows() -> None:
    """Adds what is missing. What an admin changed or switched off stays as it is."""
    for dialect in REGISTRY.values():
        Venue.objects.get_or_create(
            code=dialect.code, defaults={"name": dialect.name, "priority": dialect.default_priority}
        )
    for code in settings.OMEGA_INSTRUMENTS:
        Instrument.objects.get_or_create(code=code)
    add_listings()
    feed, is_new = Feed.objects.get_or_create(name="main", defaults={"title": "Main feed"})
    if is_new:
        feed.instruments.set(Instrument.objects.all())


def add_listings() -> None:
    """Lists every instrument at every venue, by the spelling that its dialect knows."""
    listed = set(Listing.objects.values_list("venue", "instrument"))
    missing = [
        Listing(venue_id=dialect.code, instrument=each, symbol=dialect.symbol(each.base, each.quote))
        for each in Instrument.objects.all()
        for dialect in REGISTRY.values()
        if (dialect.code, each.code) not in listed
    ]
    # Two pairs may be spelled alike where nothing stands between the currencies: the first one has it.
    Listing.objects.bulk_create(missing, ignore_conflicts=True)
