"""What was heard and missed, in the admin: trades, quotes, bars, gaps. Only read; gaps may be fetched again."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from feeds.admin.backfill import AT_ONCE, RIGHT, fetch_again
from feeds.admin.read_only import ReadOnlyAdmin
from feeds.models import Gap

# Their reasons are all that there are, or nearly.
NEWEST = 2000


class TradeAdmin(ReadOnlyAdmin):
    list_display = ["instrument", "venue", "traded_at", "price", "size", "side", "quarantine", "trade_id"]
    list_filter = ["venue", "instrument", "side", "quarantine"]
    ordering = ["-id"]


class QuoteAdmin(ReadOnlyAdmin):
    list_display = ["instrument", "venue", "received_at", "bid", "bid_size", "ask", "ask_size", "quoted_at"]
    list_filter = ["venue", "instrument"]
    ordering = ["-id"]


class CandleAdmin(ReadOnlyAdmin):
    list_display = [
        "instrument",
        "venue",
        "start_at",
        *("open", "high", "low", "close", "volume"),
        "trades",
        "status",
        "gap_seconds",
    ]
    list_filter = ["status", "venue", "instrument", "start_at"]
    ordering = ["-id"]


class ReasonFilter(admin.SimpleListFilter):
    """By the stable word that a reason begins with: silent, closed, connect."""

    title = _("reason")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        reasons = Gap.objects.order_by("-id").values_list("reason", flat=True)[:NEWEST]
        return [(word, word) for word in sorted({reason.partition(":")[0] for reason in reasons})]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Gap]) -> QuerySet[Gap]:
        word = self.value()
        return queryset.filter(reason__startswith=word) if word else queryset


class GapAdmin(ReadOnlyAdmin):
    list_display = ["after_at", "seconds", "instrument", "venue", "status", "filled", "wanted", "reason", "note"]
    list_filter = ["status", "venue", "instrument", ReasonFilter, "noticed_at", "is_wanted"]
    actions = ["fetch_again"]

    def has_fetch_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(RIGHT))

    @admin.action(description=_("Fetch these again"), permissions=["fetch"])
    def fetch_again(self, request: HttpRequest, gaps: QuerySet[Gap]) -> None:
        fetch_again(self, request, gaps[:AT_ONCE])

    @admin.display(description=_("seconds"))
    def seconds(self, gap: Gap) -> str:
        """How long nothing is known, by the venue's clock."""
        return f"{(gap.before_at - gap.after_at).total_seconds():.1f}" if gap.before_at else gettext("it goes on")

    @admin.display(boolean=True, description=_("wanted"), ordering="is_wanted")
    def wanted(self, gap: Gap) -> bool:
        """Whether we were to listen then; else it is not repaired."""
        return gap.is_wanted
