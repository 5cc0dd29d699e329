"""Instruments, their listings and feeds in the admin: what is followed, and where."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from feeds.admin import help
from feeds.admin.base import ModelAdmin, TabularInline
from feeds.admin.columns import FeedColumns
from feeds.admin.now import Now
from feeds.models import Feed, FeedVenue, Instrument, Listing
from feeds.seed import add_listings
from feeds.venues import REGISTRY


@admin.display(description=_("venue's own spelling"))
def own_spelling(listing: Listing) -> str:
    dialect = REGISTRY.get(listing.venue_id)
    return dialect.symbol(listing.instrument.base, listing.instrument.quote) if dialect else ""


class ListingInline(TabularInline):
    model = Listing
    verbose_name_plural = _("listed at")
    fields = ["venue", "symbol", "own_spelling", "is_enabled"]
    readonly_fields = ["venue", "own_spelling"]
    extra = 0
    can_delete = False
    own_spelling = staticmethod(own_spelling)

    def has_add_permission(self, request: HttpRequest, obj: Instrument | None = None) -> bool:
        # Every venue of the registry has its row already.
        return False


class InstrumentAdmin(ModelAdmin):
    list_display = ["code", "base", "quote"]
    search_fields = ["code"]
    help_texts = help.INSTRUMENT
    what_deleting_does = help.DELETING_INSTRUMENT

    def save_model(self, request: HttpRequest, obj: Instrument, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        add_listings()

    def get_readonly_fields(self, request: HttpRequest, obj: Instrument | None = None) -> list[str]:
        # A code is a key: another one would be another instrument.
        return ["code"] if obj else []

    def get_inlines(self, request: HttpRequest, obj: Instrument | None) -> list[type[InlineModelAdmin]]:
        # A new one is listed when it is saved.
        return [ListingInline] if obj else []


class ListingAdmin(ModelAdmin):
    list_display = ["instrument", "venue", "symbol", "own_spelling", "is_enabled"]
    list_editable = ["is_enabled"]
    list_filter = ["venue"]
    list_select_related = True
    search_fields = ["instrument__code", "symbol"]
    help_texts = help.LISTING
    dangers = help.LISTING_DANGERS
    what_deleting_does = help.DELETING_LISTING
    own_spelling = staticmethod(own_spelling)


class FeedVenueInline(TabularInline):
    model = FeedVenue
    verbose_name = _("venue of this feed")
    verbose_name_plural = _("where this feed differs from the venues' own order")
    extra = 0
    ordering_field = "priority"

    def get_formset(self, request: HttpRequest, obj: Feed | None = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, **{"help_texts": help.FEED_VENUE, **kwargs})


class FeedAdmin(ModelAdmin):
    list_display = ["title", "name", "is_enabled", "standbys", "pause_between", "failback_after"]
    filter_horizontal = ["instruments"]
    inlines = [FeedVenueInline]
    help_texts = help.FEED
    dangers = help.FEED_DANGERS
    what_deleting_does = help.DELETING_FEED
    change_form_outer_before_template = "admin/feeds/feed/now.html"
    fieldsets = [
        (None, {"fields": ["name", "title", "is_enabled", "instruments"]}),
        (
            _("Venues"),
            {
                "fields": ["standbys", "pause_between", "failback_after"],
                "description": _("What is saved here takes effect within 5 seconds."),
            },
        ),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Feed | None = None) -> list[str]:
        # A name is a key: another one would be another feed.
        return ["name"] if obj else []

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        now = FeedColumns(Now())
        return [*self.list_display, now.leader, now.since]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        told = {"feed": partial(Now().of_feed, object_id), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, told)
