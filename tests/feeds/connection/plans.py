"""Plans of a feed, without a database."""

from collections.abc import Mapping

from feeds.queries import FeedPlan, VenuePlan
from feeds.venues import REGISTRY

NAMES = {"binance": "Binance", "htx": "HTX"}


def venue_plan(
    code: str = "binance", priority: int = 1, is_enabled: bool = True, instruments: Mapping[str, str] | None = None
) -> VenuePlan:
    return VenuePlan(
        code=code,
        name=NAMES[code],
        priority=priority,
        is_enabled=is_enabled,
        urls=(),
        silent_after=3.0,
        ping_every=REGISTRY[code].ping_every,
        connects=REGISTRY[code].connects,
        messages=REGISTRY[code].messages,
        instruments=dict(instruments or {"BTCUSDT": "BTC-USDT"}),
    )


def feed_plan(*venues: VenuePlan) -> FeedPlan:
    return FeedPlan("main", 300.0, venues or (venue_plan("binance", 1), venue_plan("htx", 5)))
