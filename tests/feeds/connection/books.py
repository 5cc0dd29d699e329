"""A gap ledger with a database, a log and an exchange behind it, which a test tells of trades and ends."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal
from typing import Final

from feeds.clock import Clock
from feeds.connection.ledger import Ledger
from feeds.models import Gap
from feeds.models import Trade as Row
from feeds.queries import FeedPlan, feed_plan
from feeds.storage.allowance import Allowance
from feeds.storage.database import DatabaseThread
from feeds.storage.latest import LoggedTrade, encode
from feeds.storage.live import LiveStore
from feeds.types import Side, Trade
from tests.exchange.market import Trade as Taped
from tests.exchange.server import Exchange
from tests.feeds.connection.observer import Observer
from tests.waiting import wait_for

BTC: Final = "BTC-USDT"
PRICE: Final = Decimal("76000.10")
COPIED: Final = ("trade_id", "price", "size", "side", "traded_at", "received_at")


class Books:
    def __init__(self, exchange: Exchange, database: DatabaseThread, store: LiveStore, clock: Clock) -> None:
        self.exchange = exchange
        self.database = database
        self.clock = clock
        self._store = store
        self._observer = Observer(store)
        self.missed: list[tuple[str, str, datetime, float]] = []
        self.filled: list[tuple[str, str, datetime]] = []
        self.begin_anew()

    def begin_anew(self) -> None:
        """Another process, which remembers nothing."""
        allowance = Allowance(self._store, self.clock)
        self.ledger = Ledger(
            self.database,
            self._store,
            allowance,
            self.clock,
            lambda *gap: self.missed.append(gap),
            lambda *gap: self.filled.append(gap),
        )

    async def plan(self) -> FeedPlan:
        plan = await self.database.run(feed_plan, "main")
        assert plan is not None
        return plan

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """The ledger runs for as long as the block lasts."""
        await self.ledger.adopt(await self.plan())
        running = asyncio.create_task(self.ledger.run())
        try:
            yield
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await self.ledger.finish()

    def trade(self, count: int, venue: str = "binance", told: bool = True, session: int = 1) -> list[Trade]:
        """So many trades happen one after another, and are told or not."""
        orders = [self.exchange.trade(venue, BTC, PRICE) for _ in range(count)]
        trades = [as_told(trade) for order in orders for trade in order]
        if told:
            self.tell(trades, venue, session)
        return trades

    def tell(self, trades: Iterable[Trade], venue: str = "binance", session: int = 1) -> None:
        for trade in trades:
            self.ledger.heard(session, venue, BTC, trade)

    async def keep(self, trade: Trade, is_drained: bool) -> None:
        """A trade of a former process: in the log, and in the database where it was drained."""
        kept = LoggedTrade(
            "binance",
            BTC,
            trade.trade_id,
            trade.price,
            trade.size,
            trade.side,
            trade.traded_at,
            received_at=trade.traded_at,
        )
        if is_drained:
            row = Row(venue_id=kept.venue, instrument_id=BTC, **{name: getattr(kept, name) for name in COPIED})
            await self.database.run(row.save)
        else:
            await self._store.append([encode(kept)])

    async def rows(self) -> list[Gap]:
        return await self.database.run(lambda: list(Gap.objects.order_by("id")))

    async def settled(self, count: int = 1, within: float = 10.0) -> list[Gap]:
        """The rows, once there are so many and none of them is open."""

        async def look() -> list[Gap] | None:
            rows = await self.rows()
            is_settled = all(row.status != Gap.Status.OPEN and row.before_id for row in rows)
            return rows if len(rows) == count and is_settled else None

        return await wait_for(look, within)

    async def logged(self) -> list[LoggedTrade]:
        return await self._observer.logged()


def as_told(trade: Taped) -> Trade:
    return Trade(trade.symbol, str(trade.trade_id), trade.price, trade.size, Side(trade.side), trade.traded_at)


def ids(trades: Iterable[Trade | LoggedTrade]) -> list[str]:
    return [trade.trade_id for trade in trades]
