"""What a venue is heard of, for tests of what is missing: trades by their numbers, one a second."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Final

from feeds.market.coverage import Coverage
from feeds.market.gap import Hole, Mark
from feeds.types import Side, Trade
from tests.feeds.samples import NOON

BTC: Final = "BTC-USDT"
LATER: Final = 1e9


def trade(number: int, count: int = 1) -> Trade:
    """One a second."""
    return Trade(
        "BTCUSDT", str(number), Decimal(1), Decimal(1), Side.BUY, NOON + timedelta(seconds=number), count=count
    )


def mark(number: int) -> Mark:
    return Mark(str(number), NOON + timedelta(seconds=number))


def coverage(has_consecutive_ids: bool = True) -> Coverage:
    return Coverage("binance", has_consecutive_ids, rows=100)


def tell(heard: Coverage, *numbers: int, session: int = 1, now: float = 0.0) -> None:
    for number in numbers:
        heard.trade(session, BTC, trade(number), now)


def spans(holes: Iterable[Hole]) -> list[tuple[str, str | None]]:
    """Between which ids."""
    return [(hole.after.trade_id, hole.before.trade_id if hole.before else None) for hole in holes]
