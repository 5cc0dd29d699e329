"""What the page shows right now, as values. Pure: readings go in, the messages that changed come out."""

from collections import deque
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec import structs

from dashboard.feed import conversion, trust
from dashboard.feed.memory import TradeMemory
from dashboard.feed.messages import Bar, Coverage, Feed, Health, Latency, Leads, Price, Snapshot, Trades, Uptime
from dashboard.feed.parts import AlertLine, Source, TapeTrade, UptimeLine
from dashboard.protocol.message import Message
from feeds.market import candles
from feeds.market.candles import Candle
from feeds.market.latency import Percentiles
from feeds.queries import FeedView
from feeds.storage.latest import Delay, FeedState, LoggedTrade, PriceState

STALE_AFTER: Final = 5.0
TAPE_LENGTH: Final = 50
# A trade that came so long before the last one on the tape is not put on top of it.
HISTORY_AFTER: Final = timedelta(seconds=10)
# A trade and its place in the log.
Entry = tuple[str, LoggedTrade]
_NO_FEED: Final = FeedView("", "", [], [])
_NOBODY: Final = Feed(lead=Source(venue="", text="was the last: no worker reports", detail=""))


class Board:
    """The newest of everything for one feed; without a feed it stays empty."""

    def __init__(self, feed: FeedView | None) -> None:
        self.feed = feed or _NO_FEED
        self.prices: dict[str, Price] = {}
        self.tapes = {i.code: deque[Entry](maxlen=TAPE_LENGTH) for i in self.feed.instruments}
        self.bars: dict[str, Candle] = {}
        self._memory = TradeMemory()
        # The last trade of each standby venue: it is shown once its venue's price is.
        self._aside: dict[tuple[str, str], Entry] = {}
        self._names = _names(self.feed)
        self.following = _NOBODY
        self.uptime = Uptime(lines=[])
        self.latency = Latency(hops=[])
        # Until they are read.
        self.leads: Leads | None = None
        self.coverage: Coverage | None = None
        # Of the shown venue's data, as the worker measured them.
        self._delays: Mapping[str, Delay] = {}
        self.venues = conversion.unreported_venues(self.feed)
        self.health = Health(redis="up")

    def start_from(self, stored: LoggedTrade) -> None:
        """Shows the newest trade of the database until Redis says more: old, and marked as such by its time."""
        self.prices[stored.instrument] = Price(
            instrument=stored.instrument,
            venue=stored.venue,
            price=conversion.plain(stored.price),
            move="",
            side=stored.side,
            size=conversion.plain(stored.size),
            traded_at=stored.traded_at,
            received_at=stored.received_at,
            seen_at=stored.received_at,
        )

    def whole(self, now: datetime) -> list[Message]:
        """Everything, for a client that knows nothing yet."""
        bars = [conversion.bar_message(code, bar) for code, bar in self.bars.items()]
        trades = [
            Trades(instrument=code, trades=[conversion.tape_trade(*entry) for entry in tape], is_snapshot=True)
            for code, tape in self.tapes.items()
        ]
        states = [self.health, self.venues, self.following, self.uptime, self.latency]
        past = [each for each in (self.leads, self.coverage) if each]
        return [self._snapshot(now), *states, *past, *self.prices.values(), *trades, *bars]

    def take_trades(self, entries: Iterable[Entry]) -> list[Message]:
        """Adds trades of the log, oldest first, to tape and bars; one that was sent again counts once."""
        fresh = []
        for entry in entries:
            if self._is_news(*entry):
                self._tape(*entry)
                fresh.append(entry)
        return [*_trades(fresh), *self._grow_bars(trade for _, trade in fresh)]

    def take_states(self, feed: FeedState | None, prices: Iterable[PriceState | None]) -> list[Message]:
        """Takes the newest states. A price that is gone from Redis stays, so that its age keeps growing."""
        changed: list[Message] = []
        for state in prices:
            if state is not None and state.instrument in self.tapes:
                changed += self._bring_forward(state) + self._take_price(self._price(state, feed))
        return changed + self._take_venues(feed) + self._take_feed(feed)

    @property
    def told_feed(self) -> Feed | None:
        """What a worker says of the feed; None while none does."""
        return None if self.following is _NOBODY else self.following

    def take_health(self, redis: str) -> list[Message]:
        """Whether Redis answers this reader."""
        return self._take_health(structs.replace(self.health, redis=redis))

    def take_notes(self, lines: list[AlertLine]) -> list[Message]:
        """What is wrong below the feeds."""
        return self._take_health(structs.replace(self.health, lines=lines))

    def take_uptime(self, lines: list[UptimeLine]) -> list[Message]:
        self.uptime = Uptime(lines=lines)
        return [self.uptime]

    def take_past(self, leads: Leads, coverage: Coverage) -> list[Message]:
        self.leads, self.coverage = leads, coverage
        return [leads, coverage]

    def take_latency(self, delivery: Mapping[str, Percentiles]) -> list[Message]:
        """The worker's hops, and those of this process."""
        before, self.latency = self.latency, Latency(hops=conversion.hops({**self._delays, **delivery}))
        return [self.latency] if self.latency != before else []

    def _is_news(self, offset: str, trade: LoggedTrade) -> bool:
        """Whether a trade belongs on the page: it is of the venue that is shown, live, and not there yet."""
        is_others = trade.feed not in ("", self.feed.name)
        if trade.instrument not in self.tapes or trade.is_backfill or is_others:
            return False
        if trade.is_standby:
            self._aside[trade.venue, trade.instrument] = (offset, trade)
            return False
        return not self._is_history(trade) and self._memory.add(trade)

    def _is_history(self, trade: LoggedTrade) -> bool:
        """Whether the tape has moved on: what was spooled in an outage is logged between live trades."""
        tape = self.tapes[trade.instrument]
        return bool(tape) and trade.received_at < tape[-1][1].received_at - HISTORY_AFTER

    def _tape(self, offset: str, trade: LoggedTrade) -> None:
        """Puts a trade on its tape: at the end, or where it stands already while it was in quarantine."""
        tape = self.tapes[trade.instrument]
        if self._memory.is_release(trade):
            for place, (_, held) in enumerate(tape):
                if (held.venue, held.trade_id) == (trade.venue, trade.trade_id):
                    tape[place] = (offset, trade)
                    return
        tape.append((offset, trade))

    def _bring_forward(self, state: PriceState) -> list[Message]:
        """A standby's last trade becomes the price when its venue does: then it is on the tape too."""
        offset, trade = self._aside.get((state.venue, state.instrument), ("", None))
        if trade is None or trade.trade_id != state.trade_id:
            return []
        return self.take_trades([(offset, structs.replace(trade, is_standby=False))])

    def _grow_bars(self, trades: Iterable[LoggedTrade]) -> list[Bar]:
        """Every bar that changed. Trades that are not the displayed venue's, or not of now, are in none of them.

        Nor is one in quarantine: from the future, it would begin a bar too early.
        """
        grown: dict[tuple[str, datetime], Candle] = {}
        for trade in trades:
            if not (trade.quarantine or trade.is_standby or trade.is_backfill):
                bar = candles.add(self.bars.get(trade.instrument), trade)
                self.bars[trade.instrument] = bar
                grown[trade.instrument, bar.start_at] = bar
        return [conversion.bar_message(instrument, bar) for (instrument, _), bar in grown.items()]

    def _price(self, state: PriceState, feed: FeedState | None) -> Price:
        connected = [venue.venue for venue in feed.venues if venue.state == "connected"] if feed else []
        venues = [state.venue, *(code for code in connected if code != state.venue)]
        passport = trust.passport(state, venues, self._names)
        return conversion.price_message(state, self._move(state), passport)

    def _take_price(self, price: Price) -> list[Message]:
        is_news = price != self.prices.get(price.instrument)
        self.prices[price.instrument] = price
        return [price] if is_news else []

    def _take_health(self, health: Health) -> list[Message]:
        is_news = health != self.health
        self.health = health
        return [health] if is_news else []

    def _take_venues(self, feed: FeedState | None) -> list[Message]:
        venues = conversion.venues_message(feed) if feed else conversion.unreported_venues(self.feed)
        if feed:
            self._delays = next((venue.delays for venue in feed.venues if venue.venue == feed.active), {})
        is_news = venues != self.venues
        self.venues = venues
        return [venues] if is_news else []

    def _take_feed(self, feed: FeedState | None) -> list[Message]:
        following = conversion.feed_message(feed, self._names) if feed else _NOBODY
        is_news = following != self.following
        self.following = following
        return [following] if is_news else []

    def _snapshot(self, now: datetime) -> Snapshot:
        codes = [instrument.code for instrument in self.feed.instruments]
        return Snapshot(now=now, title=self.feed.title, instruments=codes, stale_after=STALE_AFTER)

    def _move(self, state: PriceState) -> str:
        """Against the last different price of the same venue on the tape; the tape may be ahead of the state."""
        for _, trade in reversed(self.tapes[state.instrument]):
            is_before = trade.venue == state.venue and trade.traded_at <= state.traded_at
            if is_before and not trade.quarantine and trade.price != state.price:
                return "up" if state.price > trade.price else "down"
        return ""


def _trades(entries: Iterable[Entry]) -> list[Trades]:
    """A message for each instrument."""
    lines: dict[str, list[TapeTrade]] = {}
    for offset, trade in entries:
        lines.setdefault(trade.instrument, []).append(conversion.tape_trade(offset, trade))
    return [Trades(instrument=instrument, trades=trades) for instrument, trades in lines.items()]


def _names(feed: FeedView) -> dict[str, str]:
    """Of everything that somebody may be told of: venues, and what uptime is measured of."""
    venues = {row.code: row.name for row in feed.venues}
    measured = {f"venue:{feed.name}:{code}": name for code, name in venues.items()}
    return {f"feed:{feed.name}": feed.title, **venues, **measured}
