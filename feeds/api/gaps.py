"""/api/v1/gaps/: the times without data, why they are, and what became of their repair."""

from django.db.models import QuerySet
from django_filters import ChoiceFilter
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from feeds.api.asking import Period
from feeds.api.known import CodeFilter, YesNoFilter
from feeds.api.listing import History
from feeds.api.row import Moment, RowSerializer
from feeds.models import Gap, Instrument, Venue


class GapRow(RowSerializer):
    id = serializers.IntegerField()
    venue = serializers.CharField(source="venue_id")
    instrument = serializers.CharField(source="instrument_id")
    after_at = Moment(help_text="The last trade before it, by the venue's clock.")
    after_id = serializers.CharField(help_text="The id of that trade.")
    before_at = Moment(allow_null=True, help_text="The first trade after it; null while it goes on.")
    before_id = serializers.CharField(help_text="The id of that trade; empty while it goes on.")
    reason = serializers.CharField()
    is_wanted = serializers.BooleanField(help_text="False where we chose not to listen.")
    status = serializers.ChoiceField(Gap.Status.values)
    filled = serializers.IntegerField(help_text="Trades that its repair brought.")
    note = serializers.CharField(help_text="What became of its repair.")
    noticed_at = Moment(help_text="Our clock.")
    settled_at = Moment(allow_null=True)


class GapFilter(Period):
    time_field = "after_at"
    instrument = CodeFilter("instrument_id", model=Instrument, help_text="Such as BTC-USDT.")
    venue = CodeFilter("venue_id", model=Venue, help_text="Its code, such as binance.")
    status = ChoiceFilter(choices=[(status, status) for status in Gap.Status.values])
    is_wanted = YesNoFilter("is_wanted", help_text="false: where we chose not to listen.")


@extend_schema(summary="Times without data")
class Gaps(History):
    topic = "health"
    serializer_class = GapRow
    filterset_class = GapFilter

    def rows(self) -> QuerySet[Gap]:
        return Gap.objects.all()
