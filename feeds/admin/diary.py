"""What became of the line, in the admin: states, switches with their evidence, alerts, uptime. Only read."""

from django.contrib import admin
from django.template.loader import render_to_string

from feeds import queries
from feeds.admin.read_only import ReadOnlyAdmin
from feeds.models import FailoverEvent, Venue


class VenueHealthAdmin(ReadOnlyAdmin):
    list_display = ["entered_at", "venue", "state", "reason"]
    list_filter = ["feed", "venue", "state"]


class FailoverEventAdmin(ReadOnlyAdmin):
    list_display = ["finished_at", "started_at", "feed", "moved", "from_venue", "to_venue", "reason", "stale_seconds"]
    list_filter = ["feed", "from_venue", "to_venue", "finished_at"]
    fields = [
        "feed",
        "instrument",
        "from_venue",
        "to_venue",
        "reason",
        "started_at",
        "finished_at",
        "last_price_age",
        "stale_seconds",
        "known_then",
    ]
    readonly_fields = ["known_then"]

    class Media:
        css = {"all": ["feeds/evidence.css"]}

    @admin.display(description="instrument", empty_value="all", ordering="instrument")
    def moved(self, event: FailoverEvent) -> str | None:
        """Whose price moved."""
        return event.instrument_id

    @admin.display(description="known when it was decided")
    def known_then(self, event: FailoverEvent) -> str:
        # By the venues' order: PostgreSQL keeps none in JSON.
        found, names = queries.evidence(event), dict(Venue.objects.values_list("code", "name"))
        rows = [(name, found[code]) for code, name in names.items() if code in found]
        return render_to_string("admin/evidence.html", {"rows": rows})


class AlertAdmin(ReadOnlyAdmin):
    list_display = ["raised_at", "feed", "kind", "subject", "text", "cleared_at"]
    list_filter = [("cleared_at", admin.EmptyFieldListFilter), "feed", "kind", "raised_at"]


class UptimeMinuteAdmin(ReadOnlyAdmin):
    list_display = ["minute_at", "subject", "known", "good"]
    list_filter = ["minute_at"]
    search_fields = ["subject"]
    ordering = ["-id"]


class LeaseAdmin(ReadOnlyAdmin):
    list_display = ["resource", "holder", "fence", "expires_at"]
