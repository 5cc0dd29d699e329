"""What became of the accounts, in the admin: positions, orders, fills, balances, differences, the line. Only read."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from feeds.admin.read_only import ReadOnlyAdmin
from positions.names import word
from positions.queries.visible import visible_accounts

_WORDS: Final = ("kind", "status", "side", "position_side", "action", "source", "state")


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

    def get_list_display(self, request: HttpRequest) -> Any:
        named: dict[Any, Any] = {field.name: _named(field) for field in self.opts.fields if field.name in _WORDS}
        return [named.get(name, name) for name in super().get_list_display(request)]


def _named(field: "models.Field[Any, Any]") -> Callable[[models.Model], str | None]:
    """A column of words of the venue or of ours, as the pages say them."""

    @admin.display(description=field.verbose_name, ordering=field.name, empty_value="-")
    def show(row: models.Model) -> str | None:
        code = getattr(row, field.name)
        return word(code) if code else None

    return show


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
