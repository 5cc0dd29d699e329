"""Routes of the market's part of the API."""

from typing import Final

from django.urls import path

from feeds.api.candles import Candles
from feeds.api.diary import Alerts, Failovers, HealthSnapshots
from feeds.api.export import routes
from feeds.api.gaps import Gaps
from feeds.api.listing import History
from feeds.api.market import Feeds, Instruments, Venues
from feeds.api.quotes import Quotes
from feeds.api.trades import Trades
from feeds.api.uptime import Uptimes

HISTORIES: Final[dict[str, type[History]]] = {
    "trades": Trades,
    "quotes": Quotes,
    "candles": Candles,
    "gaps": Gaps,
    "failovers": Failovers,
    "alerts": Alerts,
    "health-snapshots": HealthSnapshots,
}

urlpatterns = [
    *routes(HISTORIES),
    path("venues/", Venues.as_view(), name="api-venues"),
    path("instruments/", Instruments.as_view(), name="api-instruments"),
    path("feeds/", Feeds.as_view(), name="api-feeds"),
    path("uptime/", Uptimes.as_view(), name="api-uptime"),
]
