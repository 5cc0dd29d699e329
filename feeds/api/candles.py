"""/api/v1/candles/: bars of an instrument at one venue, of the widths that charts have."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django_filters import ChoiceFilter
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from feeds.api.asking import LAST, Period
from feeds.api.known import CodeFilter
from feeds.api.listing import History
from feeds.api.paging import NEWEST_FIRST, Place
from feeds.api.row import Exact, Moment, RowSerializer
from feeds.clock import SystemClock
from feeds.market.candles import MINUTE, WIDTHS, Status, start_of
from feeds.market.candles import Candle as Bar
from feeds.models import Candle, Instrument, Venue
from feeds.queries import bars_of

# A month of them is read within 0.3 s.
MOST_MINUTES: Final = 43_200
_TICK: Final = timedelta(microseconds=1)


class CandleRow(RowSerializer):
    venue = serializers.CharField(source="venue_id")
    instrument = serializers.CharField(source="instrument_id")
    start_at = Moment(help_text="Bars are aligned to 1970: days to midnight in UTC.")
    open = Exact(allow_null=True, help_text="Null, as the next three, where all of it is missing.")
    high = Exact(allow_null=True)
    low = Exact(allow_null=True)
    close = Exact(allow_null=True)
    volume = Exact(help_text="In the base currency.")
    trades = serializers.IntegerField()
    status = serializers.ChoiceField([status.value for status in Status])
    gap_seconds = serializers.FloatField(help_text="So much of it is missing.")


class CandleFilter(Period):
    time_field = "start_at"
    instrument = CodeFilter("instrument_id", model=Instrument, required=True, help_text="Such as BTC-USDT.")
    venue = CodeFilter("venue_id", model=Venue, required=True, help_text="Its code, such as binance.")
    timeframe = ChoiceFilter(method="of_all_minutes", choices=[(name, name) for name in WIDTHS], help_text="Usual: 1m.")

    def of_all_minutes(self, rows: QuerySet[Candle], name: str, value: str) -> QuerySet[Candle]:
        """Bars of any width are made of minutes."""
        return rows


@extend_schema(
    summary="Bars of an instrument at a venue",
    description="A page holds the bars of 30 days at most, 30 of a day each.",
)
class Candles(History):
    topic = "candles"
    serializer_class = CandleRow
    filterset_class = CandleFilter

    @property
    def width(self) -> timedelta:
        """Where something else was asked, the filter says so later."""
        return WIDTHS.get(self.asked.get("timeframe", "1m"), MINUTE)

    @property
    def most(self) -> int:
        return MOST_MINUTES // (self.width // MINUTE)

    def ask(self, asked: dict[str, str]) -> None:
        """Whole bars alone."""
        super().ask(asked)
        self.asked |= {name: self._next_start(datetime.fromisoformat(self.asked[name])) for name in ("from", "to")}

    def get_queryset(self) -> QuerySet[Any, Any]:
        return Candle.objects.all()

    def read(self, rows: QuerySet[Any, Any], order: str, after: Place | None, count: int) -> list[dict[str, Any]]:
        is_newest_first = order == NEWEST_FIRST
        if after is not None:
            is_behind = {"start_at__lt": after.at} if is_newest_first else {"start_at__gte": after.at + self.width}
            rows = rows.filter(**is_behind)
        bars = bars_of(rows, self.width, SystemClock().now(), is_newest_first, count)
        return [self._row_of(bar) for bar in bars]

    def _row_of(self, bar: Bar) -> dict[str, Any]:
        prices = bar.prices
        return {
            "venue_id": self.asked["venue"],
            "instrument_id": self.asked["instrument"],
            "start_at": bar.start_at,
            "open": prices and prices.open,
            "high": prices and prices.high,
            "low": prices and prices.low,
            "close": prices and prices.close,
            "volume": bar.volume,
            "trades": bar.trades,
            "status": bar.status,
            "gap_seconds": bar.gap_seconds,
        }

    def _next_start(self, at: datetime) -> str:
        """`next` asks for it again, so it is one that may be asked."""
        return min(start_of(at + self.width - _TICK, self.width), LAST - _TICK).isoformat()
