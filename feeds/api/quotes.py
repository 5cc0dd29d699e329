"""/api/v1/quotes/: best bid and ask at one venue, the last of each second."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from feeds.api.asking import Period
from feeds.api.known import CodeFilter
from feeds.api.listing import History
from feeds.api.row import Exact, Moment, RowSerializer
from feeds.models import Instrument, Quote, Venue


class QuoteRow(RowSerializer):
    id = serializers.IntegerField()
    venue = serializers.CharField(source="venue_id")
    instrument = serializers.CharField(source="instrument_id")
    received_at = Moment(help_text="Our clock.")
    quoted_at = Moment(allow_null=True, help_text="The venue's clock, where it is told.")
    bid = Exact()
    bid_size = Exact()
    ask = Exact()
    ask_size = Exact()


class QuoteFilter(Period):
    time_field = "received_at"
    instrument = CodeFilter("instrument_id", model=Instrument, required=True, help_text="Such as BTC-USDT.")
    venue = CodeFilter("venue_id", model=Venue, help_text="Its code, such as binance.")


@extend_schema(summary="Best bids and asks of an instrument")
class Quotes(History):
    topic = "price"
    serializer_class = QuoteRow
    filterset_class = QuoteFilter

    def rows(self) -> QuerySet[Quote]:
        return Quote.objects.all()
