"""Bars as a test makes and reads them, by seconds and minutes from noon on, and gaps as the ledger writes them."""

from datetime import datetime, timedelta

from feeds.market.candles import MINUTE
from feeds.models import Candle, Gap
from feeds.storage.bars import mark_due
from tests.feeds.samples import NOON
from tests.feeds.stored import make_bars


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def make(seconds: float) -> None:
    """A worker that starts anew makes what is due at this time."""
    make_bars(at(seconds))


def lose(start: float, end: float | None, status: str = Gap.Status.OPEN) -> Gap:
    """A gap, written as the ledger writes it."""
    marks = {"after_id": "1", "after_at": at(start), "before_at": None if end is None else at(end)}
    gap = Gap.objects.create(
        venue_id="binance", instrument_id="BTC-USDT", reason="silent", noticed_at=NOON, status=status, **marks
    )
    mark_due("binance", "BTC-USDT", at(start), at(start if end is None else end))
    return gap


def repair(gap: Gap) -> None:
    Gap.objects.filter(pk=gap.pk).update(status=Gap.Status.REPAIRED)
    mark_due("binance", "BTC-USDT", gap.after_at, gap.before_at or gap.after_at)


def statuses() -> list[tuple[int, str, float]]:
    """Minute, status and seconds missing of every candle."""
    rows = Candle.objects.order_by("start_at").values_list("start_at", "status", "gap_seconds")
    return [((start_at - NOON) // MINUTE, status, gap) for start_at, status, gap in rows]


def prices() -> list[tuple[str, ...]]:
    rows = Candle.objects.order_by("start_at").values_list("open", "high", "low", "close", "volume", "trades")
    return [tuple(map(str, row)) for row in rows]
