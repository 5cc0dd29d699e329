"""/api/v1/trades/: single executions as they were stored, quarantined ones too, with the reason."""

from django.db.models import QuerySet
from django_filters import CharFilter, ChoiceFilter
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from feeds.api.asking import Period
from feeds.api.known import CodeFilter, YesNoFilter
from feeds.api.listing import History
from feeds.api.row import Exact, Moment, RowSerializer
from feeds.models import Instrument, Trade, Venue
from feeds.types import Side


class TradeRow(RowSerializer):
    id = serializers.IntegerField()
    venue = serializers.CharField(source="venue_id")
    instrument = serializers.CharField(source="instrument_id")
    trade_id = serializers.CharField(help_text="The venue's; unique per venue and instrument.")
    price = Exact()
    size = Exact(help_text="In the base currency.")
    side = serializers.ChoiceField([side.value for side in Side], help_text="The taker's.")
    traded_at = Moment(help_text="The venue's clock.")
    received_at = Moment(help_text="Our clock.")
    quarantine = serializers.CharField(help_text="Why it is no price; empty for one that is.")


class TradeFilter(Period):
    time_field = "traded_at"
    instrument = CodeFilter("instrument_id", model=Instrument, required=True, help_text="Such as BTC-USDT.")
    venue = CodeFilter("venue_id", model=Venue, help_text="Its code, such as binance.")
    side = ChoiceFilter(choices=[(side.value, side.value) for side in Side])
    quarantine = CharFilter(help_text="A reason such as `clock`.")
    is_believed = YesNoFilter("quarantine", method="of_believed", help_text="true: those that are not in quarantine.")

    def of_believed(self, rows: QuerySet[Trade], name: str, is_asked: bool) -> QuerySet[Trade]:
        return rows.filter(quarantine="") if is_asked else rows.exclude(quarantine="")


@extend_schema(summary="Trades of an instrument")
class Trades(History):
    topic = "trades"
    serializer_class = TradeRow
    filterset_class = TradeFilter

    def rows(self) -> QuerySet[Trade]:
        return Trade.objects.all()
