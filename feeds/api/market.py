"""/api/v1/venues/, instruments/ and feeds/: what admins edit. How they are this moment is told by /api/v1/state/."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from feeds.api.row import Moment
from feeds.api.short import Short
from feeds.models import Feed, Instrument, Listing, Venue


class VenueRow(serializers.Serializer[Venue]):
    code = serializers.CharField()
    name = serializers.CharField()
    priority = serializers.IntegerField(help_text="1 is asked first.")
    is_enabled = serializers.BooleanField()
    circuit = serializers.CharField(help_text="open or closed where an admin said so; empty: by what it does.")
    circuit_until = Moment(allow_null=True)
    instruments = serializers.SerializerMethodField(help_text="Those that are listed there.")

    def get_instruments(self, venue: Venue) -> list[str]:
        return [listing.instrument_id for listing in venue.listings.all()]


@extend_schema(summary="Venues")
class Venues(Short):
    topic = "venues"
    serializer_class = VenueRow

    def get_queryset(self) -> QuerySet[Venue]:
        listed = Listing.objects.filter(is_enabled=True).order_by("instrument_id")
        return Venue.objects.prefetch_related(Prefetch("listings", listed))


class InstrumentRow(serializers.Serializer[Instrument]):
    code = serializers.CharField()
    base = serializers.CharField()
    quote = serializers.CharField()
    feeds = serializers.SerializerMethodField(help_text="Those that follow it.")
    venues = serializers.SerializerMethodField(help_text="Those that list it.")

    def get_feeds(self, instrument: Instrument) -> list[str]:
        return [feed.name for feed in instrument.feeds.all() if feed.is_enabled]

    def get_venues(self, instrument: Instrument) -> list[str]:
        return [listing.venue_id for listing in instrument.listings.all()]


@extend_schema(summary="Instruments")
class Instruments(Short):
    topic = "venues"
    serializer_class = InstrumentRow

    def get_queryset(self) -> QuerySet[Instrument]:
        listed = Listing.objects.filter(is_enabled=True).order_by("venue_id")
        return Instrument.objects.prefetch_related("feeds", Prefetch("listings", listed))


class FeedRow(serializers.Serializer[Feed]):
    name = serializers.CharField()
    title = serializers.CharField()
    is_enabled = serializers.BooleanField()
    instruments = serializers.SerializerMethodField()
    standbys = serializers.IntegerField(help_text="Venues that are connected beside the one whose price is shown.")
    failback_after = serializers.FloatField(help_text="Seconds of good data until a better venue has the price back.")
    pause_between = serializers.FloatField(help_text="Seconds until another venue is connected for one that was left.")

    def get_instruments(self, feed: Feed) -> list[str]:
        return [instrument.code for instrument in feed.instruments.all()]


@extend_schema(summary="Feeds")
class Feeds(Short):
    topic = "venues"
    serializer_class = FeedRow

    def get_queryset(self) -> QuerySet[Feed, Any]:
        return Feed.objects.prefetch_related("instruments")
