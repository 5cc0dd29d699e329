"""The newest price of every instrument at every venue, and which of them is shown: one venue's, with a passport."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import msgspec

from feeds.market.consensus import Consensus
from feeds.storage.latest import LoggedTrade, Passport, PriceState
from feeds.types import Quote

# A passport says how things are: it is written again this often, also where nobody trades.
PASSPORT_EVERY_S: Final = 1.0
GAP_TOLD_FOR_S: Final = 3600.0
# A book that encloses a price, or nearly (25 bps), says that it still stands.
NEARLY: Final = Decimal("1.0025")


class Price:
    """The last trade of an instrument at one venue, its book since then, and how old that is by the venue's clock."""

    __slots__ = ("ask", "bid", "seen_at", "trade")

    def __init__(self, trade: LoggedTrade, seen_at: datetime) -> None:
        self.trade = trade
        self.seen_at = seen_at
        self.bid: Decimal | None = None
        self.ask: Decimal | None = None


class Prices:
    """Collects what comes; `changed` are the instruments whose shown price did."""

    def __init__(self) -> None:
        # Of every venue, shown or not: the next one to lead has its price ready.
        self._prices: dict[tuple[str, str], Price] = {}
        self._consensus: dict[str, Consensus] = defaultdict(Consensus)
        self._gaps: dict[tuple[str, str], tuple[datetime, float, float]] = {}
        self._barred: dict[str, str] = {}
        self._lags: dict[str, timedelta] = {}
        self._seen_at: dict[str, datetime] = {}
        self.changed: set[str] = set()
        self.lead = self._shown_lead = ""
        self.diverted: dict[str, str] = {}

    def follow(self, code: str) -> None:
        """From now on prices are this venue's. While there is none, the last ones stay, and age."""
        self.lead = code
        if code:
            self._shown_lead = code
            self.diverted.clear()
            self.changed |= {instrument for _, instrument in self._prices}

    def divert(self, instrument: str, code: str) -> None:
        """The price of one instrument is this venue's."""
        if code == self.lead:
            self.diverted.pop(instrument, None)
        else:
            self.diverted[instrument] = code
        self.changed.add(instrument)

    def source(self, instrument: str) -> str:
        """The venue whose price of this instrument is shown; "" while none delivers."""
        return self.diverted.get(instrument, self.lead)

    def trade(self, trade: LoggedTrade, now: float) -> None:
        """The newest trade of a venue. Which of them may be shown is decided before."""
        seen_at = self._see(trade.venue, trade.traded_at, trade.received_at)
        key = (trade.venue, trade.instrument)
        if (price := self._prices.get(key)) is None:
            self._prices[key] = Price(trade, seen_at)
        else:
            price.trade, price.seen_at = trade, max(seen_at, price.seen_at)
        self._consensus[trade.instrument].note(trade.venue, trade.price, trade.size, now)
        self._change(trade.venue, trade.instrument)

    def release(self, trade: LoggedTrade, now: float) -> None:
        """A trade that was held is believed: it is the newest one, unless others came meanwhile."""
        price = self._prices.get((trade.venue, trade.instrument))
        if price is None or trade.traded_at >= price.trade.traded_at:
            self.trade(trade, now)

    def quote(self, code: str, instrument: str, quote: Quote, received_at: datetime, now: float) -> bool:
        """Best bid and ask beside the price of the same venue; whether they say that it still stands."""
        told_at = quote.quoted_at or received_at - self._lags.get(code, timedelta())
        seen_at = self._see(code, told_at, received_at)
        if (price := self._prices.get((code, instrument))) is None:
            return False
        price.bid, price.ask = quote.bid, quote.ask
        self._change(code, instrument)
        stands = quote.bid / NEARLY <= price.trade.price <= quote.ask * NEARLY
        if stands:
            price.seen_at = max(seen_at, price.seen_at)
            self._consensus[instrument].confirm(code, now)
        return stands

    def miss(self, code: str, instrument: str, gap_at: datetime, seconds: float, now: float) -> None:
        """Data of a venue were missing from this time on, for so many seconds; that is told for an hour."""
        self._gaps[code, instrument] = (gap_at, seconds, now)

    def fill(self, code: str, instrument: str, until: datetime) -> None:
        """What was missing of a venue up to this time is there after all."""
        gap = self._gaps.get((code, instrument))
        if gap is not None and gap[0] <= until:
            del self._gaps[code, instrument]

    def bar(self, code: str, reason: str) -> None:
        """The venue is not believed, and not asked what the price is; "" when it is again."""
        if reason:
            self._barred[code] = reason
        else:
            self._barred.pop(code, None)

    def price(self, code: str, instrument: str) -> Decimal | None:
        """The last price of a venue; None while it has told none."""
        price = self._prices.get((code, instrument))
        return price.trade.price if price else None

    def shown(self, instrument: str) -> Price | None:
        """What is shown of an instrument; None while its venue has told no price. Without a leading one, its last."""
        return self._prices.get((self.diverted.get(instrument, self._shown_lead), instrument))

    def seen_at(self, code: str) -> datetime | None:
        """When a venue last said anything, by its clock and never later than ours."""
        return self._seen_at.get(code)

    def keep(self, venues: Collection[str], instruments: Collection[str]) -> None:
        """Drops what is known of others."""
        self._seen_at = {code: at for code, at in self._seen_at.items() if code in venues}
        self._prices = {
            (code, instrument): price
            for (code, instrument), price in self._prices.items()
            if code in venues and instrument in instruments
        }
        self._consensus = defaultdict(Consensus, {code: self._consensus[code] for code in instruments})
        for consensus in self._consensus.values():
            consensus.keep(venues)
        self._gaps = {key: gap for key, gap in self._gaps.items() if key[0] in venues}

    def state(self, instrument: str, feed: str, fence: int, version: int, now: float) -> PriceState | None:
        """What is shown of an instrument, as it is written; None while there is nothing."""
        if (price := self.shown(instrument)) is None:
            return None
        trade = price.trade
        return PriceState(
            fence=fence,
            version=version,
            feed=feed,
            instrument=instrument,
            venue=trade.venue,
            price=trade.price,
            size=trade.size,
            side=trade.side,
            trade_id=trade.trade_id,
            traded_at=trade.traded_at,
            received_at=trade.received_at,
            seen_at=price.seen_at,
            bid=price.bid,
            ask=price.ask,
            passport=self.passport(instrument, now),
        )

    def passport(self, instrument: str, now: float) -> Passport | None:
        """How far the shown price may be trusted; None while no venue was heard lately."""
        view = self._consensus[instrument].view(now, self._barred)
        if view.status == "none":
            return None
        passport = Passport(view.status, view.price, view.spread_bps, view.agreeing, view.sources, view.excluded)
        gap = self._gaps.get((self.source(instrument), instrument))
        if gap is None or now - gap[2] > GAP_TOLD_FOR_S:
            return passport
        return msgspec.structs.replace(passport, gap_at=gap[0], gap_s=gap[1])

    def _change(self, code: str, instrument: str) -> None:
        if code == self.source(instrument):
            self.changed.add(instrument)

    def _see(self, code: str, told_at: datetime, received_at: datetime) -> datetime:
        """When what just came was true: by the venue's clock, so that a line that lags looks as old as it is.

        A quote without a time of its own is as late as the venue's last trade was.
        """
        seen_at = min(told_at, received_at)
        newest = max(seen_at, self._seen_at.get(code, seen_at))
        self._lags[code] = received_at - newest
        self._seen_at[code] = newest
        return seen_at
