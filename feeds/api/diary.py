"""/api/v1/failovers/, alerts/ and health-snapshots/: what became of the line."""

from django.db.models import QuerySet
from django_filters import CharFilter
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from feeds.api.asking import Period
from feeds.api.known import CodeFilter, YesNoFilter
from feeds.api.listing import History
from feeds.api.row import Moment, Record, RowSerializer
from feeds.models import Alert, FailoverEvent, Feed, HealthSnapshot, Instrument


class FailoverRow(RowSerializer):
    id = serializers.IntegerField()
    feed = serializers.CharField(source="feed_id")
    instrument = serializers.CharField(
        source="instrument_id", allow_null=True, help_text="Null: all instruments of the feed moved."
    )
    from_venue = serializers.CharField(source="from_venue_id")
    to_venue = serializers.CharField(source="to_venue_id")
    reason = serializers.CharField()
    finished_at = Moment(help_text="When the new venue's price was shown.")
    started_at = Moment(help_text="The last data of the venue that was left.")
    last_price_age = serializers.FloatField(help_text="Seconds between the two.")
    stale_seconds = serializers.FloatField(help_text="How long of that the price was stale: what it cost.")
    evidence = Record(help_text="What was known of each venue when it was decided, by its code.")


class FailoverFilter(Period):
    time_field = "finished_at"
    feed = CodeFilter("feed_id", model=Feed, help_text="Its name, such as main.")
    instrument = CodeFilter("instrument_id", model=Instrument, help_text="Those of this instrument alone.")


@extend_schema(summary="Switches of the price from venue to venue")
class Failovers(History):
    topic = "alerts"
    serializer_class = FailoverRow
    filterset_class = FailoverFilter

    def rows(self) -> QuerySet[FailoverEvent]:
        return FailoverEvent.objects.all()


class AlertRow(RowSerializer):
    id = serializers.IntegerField()
    feed = serializers.CharField(source="feed_id", allow_null=True, help_text="Null: of the system itself.")
    kind = serializers.CharField()
    subject = serializers.CharField(help_text="The venue or instrument that it is about.")
    text = serializers.CharField()
    raised_at = Moment()
    cleared_at = Moment(allow_null=True, help_text="Null while it is not over.")


class AlertFilter(Period):
    time_field = "raised_at"
    feed = CodeFilter("feed_id", model=Feed, help_text="Its name, such as main.")
    kind = CharFilter(help_text="Such as blind.")
    is_over = YesNoFilter("cleared_at", "isnull", is_yes=False)


@extend_schema(summary="What a person should know")
class Alerts(History):
    topic = "alerts"
    serializer_class = AlertRow
    filterset_class = AlertFilter

    def rows(self) -> QuerySet[Alert]:
        return Alert.objects.all()


class HealthRow(RowSerializer):
    id = serializers.IntegerField()
    subject = serializers.CharField(help_text="Such as venue:main:binance, redis:primary or lease:feed:main.")
    state = serializers.CharField()
    reason = serializers.CharField()
    is_transition = serializers.BooleanField(help_text="Its state was another one before. Else it is a sample.")
    detail = Record(help_text="What was known of it.")
    source = serializers.CharField(help_text="The process that saw it.")  # type: ignore[assignment]  # a field of this name
    taken_at = Moment()


class HealthFilter(Period):
    time_field = "taken_at"
    subject = CharFilter(help_text="Such as feed:main.")
    state = CharFilter()
    is_transition = YesNoFilter("is_transition", help_text="false: samples.")


@extend_schema(summary="How each part of the system was; for operators")
class HealthSnapshots(History):
    topic = "log"
    serializer_class = HealthRow
    filterset_class = HealthFilter

    def rows(self) -> QuerySet[HealthSnapshot]:
        return HealthSnapshot.objects.all()
