"""What became of the accounts, in the admin: positions, orders, fills, balances, differences, the line. Only read."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from feeds.admin.read_only import ReadOnlyAdmin
from positions.queries.visible import visible_accounts


class AccountFilter(admin.SimpleListFilter):
    """By the accounts that the user may see."""

    title = _("account")
    parameter_name = "account"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(view.id), view.label) for view in visible_accounts(request.user)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        number = self.value() or ""
        return queryset.filter(account=int(number)) if number.isdecimal() else queryset


class AccountHistoryAdmin(ReadOnlyAdmin):
    """Rows of accounts: of those only that the user may see, as on the pages."""

    list_select_related = ["account"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        allowed = [view.id for view in visible_accounts(request.user)]
        return super().get_queryset(request).filter(account__in=allowed)


class PositionAdmin(AccountHistoryAdmin):
    list_display = [
        *("account", "symbol", "side", "size", "entry_price", "mark_price"),
        *("unrealized_pnl", "liquidation_price", "updated_at", "closed_at"),
    ]
    list_filter = [AccountFilter, "side", ("closed_at", admin.EmptyFieldListFilter)]


class PositionChangeAdmin(AccountHistoryAdmin):
    list_display = [
        *("noticed_at", "account", "symbol", "side", "kind", "size_before", "size_after"),
        *("entry_price", "source", "happened_at"),
    ]
    list_filter = [AccountFilter, "kind", "side", "source", "noticed_at"]


class OrderAdmin(AccountHistoryAdmin):
    list_display = [
        *("account", "symbol", "kind", "status", "side", "position_side", "action", "price"),
        *("trigger_price", "size", "filled", "updated_at"),
    ]
    list_filter = [AccountFilter, "status", "kind", "updated_at"]


class FillAdmin(AccountHistoryAdmin):
    list_display = [
        *("filled_at", "account", "symbol", "side", "action", "price", "size", "fee"),
        *("fee_coin", "pnl", "is_maker"),
    ]
    list_filter = [AccountFilter, "side", "filled_at"]


class BalanceSnapshotAdmin(AccountHistoryAdmin):
    list_display = [
        *("taken_at", "account", "coin", "equity", "available", "frozen"),
        "usdt_equity",
    ]
    list_filter = [AccountFilter, "coin", "taken_at"]


class DriftAdmin(AccountHistoryAdmin):
    list_display = [
        *("noticed_at", "account", "subject", "field", "stream_value", "rest_value", "resolution", "settled_at"),
    ]
    list_filter = [AccountFilter, "field", ("settled_at", admin.EmptyFieldListFilter), "noticed_at"]


class StreamEventAdmin(AccountHistoryAdmin):
    list_display = ["happened_at", "account", "level", "kind", "state", "text", "cleared_at"]
    list_filter = [AccountFilter, "level", "kind", "happened_at"]
