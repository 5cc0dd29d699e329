"""Market data in the admin: venues and their order are edited here, what was heard is only read."""

from django.contrib import admin
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest

from feeds.admin_venue import VenueAdmin
from feeds.models import FailoverEvent, Feed, Instrument, Lease, Listing, Trade, Venue, VenueHealth
from feeds.seed import add_listings

admin.site.register(Venue, VenueAdmin)


class ReadOnlyAdmin(admin.ModelAdmin):
    """For rows that workers write."""

    # Counting a table of millions of trades for its page numbers would take longer than the page.
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


@admin.register(Instrument)
class InstrumentAdmin(admin.ModelAdmin):
    list_display = ["code", "base", "quote"]
    search_fields = ["code"]

    def save_model(self, request: HttpRequest, obj: Instrument, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        add_listings()

    def get_readonly_fields(self, request: HttpRequest, obj: Instrument | None = None) -> list[str]:
        # A code is a key: another one would be another instrument.
        return ["code"] if obj else []


@admin.register(Listing)
class ListingAdmin(admin.ModelAdmin):
    list_display = ["instrument", "venue", "symbol", "is_enabled"]
    list_editable = ["is_enabled"]
    list_filter = ["venue"]


@admin.register(Feed)
class FeedAdmin(admin.ModelAdmin):
    list_display = ["title", "name", "is_enabled", "failback_after"]
    filter_horizontal = ["instruments"]


@admin.register(Trade)
class TradeAdmin(ReadOnlyAdmin):
    list_display = ["instrument", "venue", "traded_at", "exact_price", "exact_size", "side", "trade_id"]
    list_filter = ["venue", "instrument", "side"]
    ordering = ["-id"]

    # Django's own display pads to the column's 18 decimals.
    @admin.display(description="price", ordering="price")
    def exact_price(self, trade: Trade) -> str:
        return format(trade.price, "f")

    @admin.display(description="size", ordering="size")
    def exact_size(self, trade: Trade) -> str:
        return format(trade.size, "f")


@admin.register(VenueHealth)
class VenueHealthAdmin(ReadOnlyAdmin):
    list_display = ["entered_at", "venue", "state", "reason"]
    list_filter = ["venue", "state"]


@admin.register(FailoverEvent)
class FailoverEventAdmin(ReadOnlyAdmin):
    list_display = ["started_at", "from_venue", "to_venue", "reason", "last_price_age"]
    list_filter = ["from_venue", "to_venue"]


@admin.register(Lease)
class LeaseAdmin(ReadOnlyAdmin):
    list_display = ["resource", "holder", "fence", "expires_at"]
