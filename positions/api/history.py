"""What happened to accounts: /api/v1/position-changes/, fills/, balances/ and drifts/."""

from django.db.models import Q
from django_filters import CharFilter
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from feeds.api.row import Exact, Moment
from positions.api.own import Among, OwnHistory, OwnPeriod, OwnRow, SymbolPeriod, WordFilter
from positions.models import BalanceSnapshot, Drift, Fill, PositionChange
from positions.words import OrderSide, PositionSide


class ChangeRow(OwnRow):
    symbol = serializers.CharField()
    side = serializers.ChoiceField([each.value for each in PositionSide])
    kind = serializers.ChoiceField(PositionChange.Kind.values)
    source = serializers.CharField(  # type: ignore[assignment]  # DRF takes fields off the class
        help_text="stream, or rest where the stream had not told it."
    )
    size_before = Exact(allow_null=True)
    size_after = Exact(allow_null=True)
    entry_price = Exact(allow_null=True)
    detail = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(allow_blank=True)),
        help_text="The terms that changed, such as leverage: what each was, and what it is.",
    )
    happened_at = Moment(help_text="The venue's clock where it tells a time, else ours.")
    noticed_at = Moment(help_text="Our clock.")


class ChangesAsked(SymbolPeriod):
    time_field = "noticed_at"
    side = WordFilter(PositionSide)
    kind = WordFilter(PositionChange.Kind)


@extend_schema(summary="Positions that were opened, grew, shrank or were closed")
class PositionChanges(OwnHistory):
    topic = "positions"
    model = PositionChange
    serializer_class = ChangeRow
    filterset_class = ChangesAsked


class FillRow(OwnRow):
    fill_id = serializers.CharField(help_text="The venue's; unique per account and order.")
    order_id = serializers.CharField()
    symbol = serializers.CharField()
    side = serializers.ChoiceField([each.value for each in OrderSide])
    action = serializers.CharField(help_text="What the venue says that it did to the position.")
    price = Exact()
    size = Exact()
    fee = Exact(allow_null=True, help_text="Negative when paid.")
    fee_coin = serializers.CharField()
    pnl = Exact(allow_null=True)
    is_maker = serializers.BooleanField(allow_null=True)
    filled_at = Moment(help_text="The venue's clock.")


class FillsAsked(SymbolPeriod):
    time_field = "filled_at"
    side = WordFilter(OrderSide)


@extend_schema(summary="Own executions")
class Fills(OwnHistory):
    topic = "orders"
    model = Fill
    serializer_class = FillRow
    filterset_class = FillsAsked


class BalanceRow(OwnRow):
    coin = serializers.CharField(help_text="Empty: the whole unified account, in US dollars.")
    equity = Exact(allow_null=True)
    available = Exact(allow_null=True)
    frozen = Exact(allow_null=True)
    usdt_equity = Exact(allow_null=True)
    unrealized_pnl = Exact(allow_null=True)
    taken_at = Moment(help_text="Our clock.")


class BalancesAsked(OwnPeriod):
    time_field = "taken_at"
    coin = CharFilter(help_text="Such as USDT.")


@extend_schema(summary="Balances, coin by coin, when they changed")
class Balances(OwnHistory):
    topic = "account"
    model = BalanceSnapshot
    serializer_class = BalanceRow
    filterset_class = BalancesAsked


class DriftRow(OwnRow):
    subject = serializers.CharField(help_text="Such as: position BTCUSDT long, or: order 123.")
    field = serializers.CharField()
    stream_value = serializers.CharField()
    rest_value = serializers.CharField()
    resolution = serializers.CharField(help_text="What was done.")
    noticed_at = Moment(help_text="Our clock.")
    settled_at = Moment(allow_null=True, help_text="Since when both agree again.")


class DriftsAsked(OwnPeriod):
    time_field = "noticed_at"
    status = Among({"all": Q(), "open": Q(settled_at=None), "settled": Q(settled_at__isnull=False)}, usual="all")


@extend_schema(summary="Where stream and REST of an account told different things")
class Drifts(OwnHistory):
    topic = "account"
    model = Drift
    serializer_class = DriftRow
    filterset_class = DriftsAsked
