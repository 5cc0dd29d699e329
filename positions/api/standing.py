"""/api/v1/positions/ and /api/v1/orders/: how accounts stood when we were last told.

A row that changes meanwhile is the newest from then on: who must miss none reads from the oldest (`order=asc`).
"""

from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from feeds.api.row import Exact, Moment
from positions.api.own import Among, OwnHistory, OwnRow, SymbolPeriod, WordFilter
from positions.models import Order, Position
from positions.words import MarginMode, OrderKind, OrderSide, OrderStatus, PositionMode, PositionSide

_ENDS = [status.value for status in OrderStatus if status.is_end]


class PositionRow(OwnRow):
    symbol = serializers.CharField()
    side = serializers.ChoiceField([each.value for each in PositionSide])
    margin_mode = serializers.ChoiceField(["", *(each.value for each in MarginMode)])
    position_mode = serializers.ChoiceField(["", *(each.value for each in PositionMode)])
    margin_coin = serializers.CharField()
    size = Exact(help_text="0 once it is closed.")
    entry_price = Exact(allow_null=True)
    mark_price = Exact(allow_null=True)
    liquidation_price = Exact(allow_null=True)
    break_even_price = Exact(allow_null=True)
    leverage = Exact(allow_null=True)
    margin = Exact(allow_null=True)
    margin_ratio = Exact(allow_null=True)
    unrealized_pnl = Exact(allow_null=True)
    roe = Exact(allow_null=True)
    realized_pnl = Exact(allow_null=True)
    funding_fee = Exact(allow_null=True)
    opened_at = Moment(help_text="When we first saw it.")
    updated_at = Moment(help_text="The venue's time of the last message about it.")
    closed_at = Moment(allow_null=True)


class PositionsAsked(SymbolPeriod):
    time_field = "updated_at"
    usual = None
    side = WordFilter(PositionSide)
    status = Among({"open": Q(closed_at=None), "closed": Q(closed_at__isnull=False), "all": Q()}, usual="open")


@extend_schema(summary="Positions, open or closed")
class Positions(OwnHistory):
    topic = "positions"
    model = Position
    serializer_class = PositionRow
    filterset_class = PositionsAsked


class OrderRow(OwnRow):
    order_id = serializers.CharField(help_text="The venue's.")
    client_id = serializers.CharField()
    symbol = serializers.CharField()
    kind = serializers.ChoiceField([each.value for each in OrderKind])
    status = serializers.ChoiceField([each.value for each in OrderStatus])
    side = serializers.ChoiceField(["", *(each.value for each in OrderSide)])
    position_side = serializers.ChoiceField(["", *(each.value for each in PositionSide)])
    action = serializers.CharField(help_text="What the venue says that it does to the position.")
    margin_mode = serializers.ChoiceField(["", *(each.value for each in MarginMode)])
    price = Exact(allow_null=True)
    trigger_price = Exact(allow_null=True)
    take_profit = Exact(allow_null=True)
    stop_loss = Exact(allow_null=True)
    size = Exact(allow_null=True)
    filled = Exact(allow_null=True)
    average_price = Exact(allow_null=True)
    is_reduce_only = serializers.BooleanField(allow_null=True)
    cancel_reason = serializers.CharField()
    created_at = Moment(allow_null=True, help_text="The venue's time.")
    updated_at = Moment(help_text="The venue's time of the last message about it.")


class OrdersAsked(SymbolPeriod):
    time_field = "updated_at"
    usual = None
    side = WordFilter(OrderSide)
    kind = WordFilter(OrderKind)
    status = Among(
        {
            "all": Q(),
            "open": ~Q(status__in=_ENDS),
            "ended": Q(status__in=_ENDS),
            **{status.value: Q(status=status.value) for status in OrderStatus},
        },
        usual="all",
    )


@extend_schema(summary="Orders, with trigger orders")
class Orders(OwnHistory):
    topic = "orders"
    model = Order
    serializer_class = OrderRow
    filterset_class = OrdersAsked
