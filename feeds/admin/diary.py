"""What became of the line, in the admin: states, switches with their evidence, alerts, uptime. Only read."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from feeds import queries
from feeds.admin.read_only import ReadOnlyAdmin
from feeds.models import FailoverEvent, HealthSnapshot, Lease, Venue
from feeds.storage.lease import unheld


class PartFilter(admin.SimpleListFilter):
    """By the word that a subject begins with."""

    title = _("part")
    parameter_name = "part"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        words = ("venue", "redis", "database", "lease", "worker", "feed", "retention")
        return [(word, word) for word in words]

    def queryset(self, request: HttpRequest, queryset: QuerySet[HealthSnapshot]) -> QuerySet[HealthSnapshot]:
        word = self.value()
        return queryset.filter(subject__startswith=word) if word else queryset


class HealthSnapshotAdmin(ReadOnlyAdmin):
    list_display = ["taken_at", "subject", "state", "reason", "is_transition", "source"]
    list_filter = ["is_transition", PartFilter, "taken_at"]
    search_fields = ["subject", "reason"]
    ordering = ["-id"]


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

    @admin.display(description=_("instrument"), ordering="instrument")
    def moved(self, event: FailoverEvent) -> str:
        """Whose price moved."""
        return event.instrument_id or gettext("all of them")

    @admin.display(description=_("known when it was decided"))
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
    list_display = ["resource", "holder", "fence", "is_held"]
    fields = ["resource", "holder", "fence"]

    @admin.display(boolean=True, description=_("held"))
    def is_held(self, row: Lease) -> bool:
        return not unheld([row.resource])
