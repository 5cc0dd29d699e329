"""Instruments, their listings and feeds in the admin: what is followed, and where."""

from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.db import models
from django.forms import ModelForm, TextInput
from django.http import HttpRequest

from feeds.models import Feed, FeedVenue, Instrument, Listing
from feeds.seed import add_listings
from feeds.venues import REGISTRY


@admin.display(description="venue's own spelling")
def own_spelling(listing: Listing) -> str:
    dialect = REGISTRY.get(listing.venue_id)
    return dialect.symbol(listing.instrument.base, listing.instrument.quote) if dialect else ""


class ListingInline(admin.TabularInline):
    model = Listing
    verbose_name_plural = "listed at"
    fields = ["venue", "symbol", "own_spelling", "is_enabled"]
    readonly_fields = ["venue", "own_spelling"]
    extra = 0
    can_delete = False
    # Narrow enough for a phone.
    formfield_overrides = {models.CharField: {"widget": TextInput(attrs={"size": 14})}}
    own_spelling = staticmethod(own_spelling)

    def has_add_permission(self, request: HttpRequest, obj: Instrument | None = None) -> bool:
        # Every venue of the registry has its row already.
        return False


class InstrumentAdmin(admin.ModelAdmin):
    list_display = ["code", "base", "quote"]
    search_fields = ["code"]

    def save_model(self, request: HttpRequest, obj: Instrument, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        add_listings()

    def get_readonly_fields(self, request: HttpRequest, obj: Instrument | None = None) -> list[str]:
        # A code is a key: another one would be another instrument.
        return ["code"] if obj else []

    def get_inlines(self, request: HttpRequest, obj: Instrument | None) -> list[type[InlineModelAdmin]]:
        # A new one is listed when it is saved.
        return [ListingInline] if obj else []


class ListingAdmin(admin.ModelAdmin):
    list_display = ["instrument", "venue", "symbol", "own_spelling", "is_enabled"]
    list_editable = ["is_enabled"]
    list_filter = ["venue"]
    list_select_related = True
    search_fields = ["instrument__code", "symbol"]
    own_spelling = staticmethod(own_spelling)


class FeedVenueInline(admin.TabularInline):
    model = FeedVenue
    verbose_name = "venue of this feed"
    verbose_name_plural = "where this feed differs from the venues' own order"
    extra = 0


class FeedAdmin(admin.ModelAdmin):
    list_display = ["title", "name", "is_enabled", "standbys", "pause_between", "failback_after"]
    filter_horizontal = ["instruments"]
    inlines = [FeedVenueInline]
    fieldsets = [
        (None, {"fields": ["name", "title", "is_enabled", "instruments"]}),
        (
            "Venues",
            {
                "fields": ["standbys", "pause_between", "failback_after"],
                "description": "What is saved here takes effect within 5 seconds.",
            },
        ),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Feed | None = None) -> list[str]:
        # A name is a key: another one would be another feed.
        return ["name"] if obj else []
