"""The unrealised PnL of the last hour, coin by coin, and the line that is drawn of it. Pure."""

from collections import defaultdict, deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final

from django.utils.translation import gettext as _

from dashboard.accounts import figures
from dashboard.accounts.parts import PnlTrack
from positions.latest import PositionsState
from positions.queries.stored import PnlView

SHOWN: Final = timedelta(hours=1)
EVERY: Final = timedelta(seconds=15)
# The line is broken where nothing was known for so long: rows of it are written only when it changed.
GAP: Final = timedelta(minutes=5)
# What the line is drawn into, as the page's viewBox says too.
WIDTH, HEIGHT = 240, 40


class PnlHistory:
    """What was stored before, then what a worker told while it was believed. Without a history there are no tracks."""

    def __init__(self) -> None:
        self._stored: list[PnlView] = []
        self._told: defaultdict[str, deque[PnlView]] = defaultdict(lambda: deque(maxlen=SHOWN // EVERY + 1))
        self._due_at: datetime | None = None
        self.tracks: list[PnlTrack] = []

    def remember(self, stored: Iterable[PnlView], now: datetime) -> None:
        self._stored = list(stored)
        self.tracks = self._tracks(now)

    def take(self, held: PositionsState, now: datetime) -> None:
        """Positions that are sure at this moment; now and then one of them is kept."""
        if self._due_at and now < self._due_at:
            return
        self._due_at = now + EVERY
        for coin, total in _totals(held, self._told).items():
            self._told[coin].append(PnlView(coin, total, now))
        self.tracks = self._tracks(now)

    def _tracks(self, now: datetime) -> list[PnlTrack]:
        coins = sorted({view.coin for view in self._stored} | self._told.keys())
        histories = [(coin, self._points(coin, now)) for coin in coins]
        return [
            _track(coin, points, now) for coin, points in histories if len(points) > 1 and any(p.pnl for p in points)
        ]

    def _points(self, coin: str, now: datetime) -> list[PnlView]:
        told = self._told.get(coin, ())
        since_at = told[0].at if told else now
        before = [view for view in self._stored if view.coin == coin and view.at < since_at]
        return [view for view in [*before, *told] if view.at >= now - SHOWN]


def _totals(held: PositionsState, known: Iterable[str]) -> dict[str, Decimal]:
    """Of each coin; of one that is held no more 0, of one with a position whose PnL is not known nothing."""
    totals = dict.fromkeys(known, Decimal(0)) if held.is_known else {}
    for line in held.positions:
        coin = line.margin_coin or "USDT"
        totals[coin] = totals.get(coin, Decimal(0)) + (line.pnl or 0)
    unknown = {line.margin_coin or "USDT" for line in held.positions if line.pnl is None}
    return {coin: total for coin, total in totals.items() if coin not in unknown}


def _track(coin: str, points: list[PnlView], now: datetime) -> PnlTrack:
    sums = [point.pnl for point in points]
    told = {
        "now": figures.pnl(sums[-1], None, coin),
        "low": figures.signed(min(sums)),
        "high": figures.signed(max(sums)),
    }
    minutes = max(1, round((now - points[0].at) / timedelta(minutes=1)))
    text = _("%(now)s, between %(low)s and %(high)s in the last %(minutes)d min") % {**told, "minutes": minutes}
    return PnlTrack(coin, figures.tone(sums[-1]), text, *_drawn(points, now))


def _drawn(points: list[PnlView], now: datetime) -> tuple[str, str]:
    """The line and that of zero. What stands alone is a dot: a way of no length."""
    sums = [point.pnl for point in points]
    top, bottom = max(*sums, Decimal(0)), min(*sums, Decimal(0))

    def height(number: Decimal) -> str:
        return f"{round(HEIGHT * (top - number) / (top - bottom), 1).normalize():f}"

    places = [f"{WIDTH * (1 - (now - point.at) / SHOWN):.1f} {height(point.pnl)}" for point in points]
    gaps = [True, *(after.at - before.at >= GAP for before, after in pairwise(points))]
    line = "".join(f"M{place}h0" if gap else f"L{place}" for gap, place in zip(gaps, places, strict=True))
    return line, f"M0 {height(Decimal(0))}H{WIDTH}"
