"""Where a row is played: the replay exchange, the whole loop of a feed with its drain, and who watches both."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from decimal import Decimal
from typing import Final

from django.db import connections
from django.test import override_settings

from feeds.address import own_urls
from feeds.clock import SystemClock
from feeds.models import Feed, Venue
from feeds.storage import latest
from feeds.storage.consumer import LogConsumer
from feeds.storage.database import DatabaseThread
from feeds.storage.drain import Drain
from feeds.storage.drainer import run_drain
from feeds.storage.live import LiveStore, merged
from feeds.storage.redis import Entry, RedisDown
from feeds.storage.servers import FAILOVER, PRIMARY, addresses
from feeds.venues import REGISTRY
from tests.clock import ScaledClock
from tests.exchange.dialects import DIALECTS
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.faults.blindness import displayed
from tests.faults.ground import Ground
from tests.faults.ledger import Balance, balance
from tests.faults.proxy import Proxy, proxy
from tests.faults.row import FaultMissing
from tests.faults.trading import TRADE_EVERY_S, trading
from tests.feeds.connection.observer import Observer
from tests.feeds.connection.running import running
from tests.feeds.storage.log import trades_of
from tests.waiting import wait_for, wait_until

# What a venue has to send to count as one that delivers.
SOME_TRADES: Final = 10
STANDBYS: Final = 2
DELIVERED_WITHIN_S: Final = 10.0
PAGE: Final = 2000


class Stage:
    """`prices` are what each venue trades at, and may be changed. `clock` is that of the feed and of the exchange: its
    seconds are shorter where a row is compressed.
    """

    def __init__(
        self,
        exchange: Exchange,
        prices: dict[str, Decimal],
        store: LiveStore,
        database: DatabaseThread,
        clock: ScaledClock,
    ) -> None:
        self.exchange, self.prices, self.database, self.clock = exchange, prices, database, clock
        self.observer = Observer(store)
        self._store = store
        self._begun_at = clock.now()

    @asynccontextmanager
    async def feeding(self, lead: str = "binance", standbys: int = STANDBYS) -> AsyncIterator[None]:
        """A feed, from when this venue is shown and its standbys deliver; when it has ended, all is stored."""
        await self.set_feed(standbys=standbys)
        with draining():
            async with running(clock=self.clock):
                await self.begun(lead)
                await self.delivered(1 + standbys)
                yield
        await self.database.run(drain_the_rest)

    async def begun(self, lead: str = "binance") -> None:
        """Waits until this venue is shown: what was before does not count."""
        await self.observer.price_from(lead, DELIVERED_WITHIN_S)
        self._begun_at = self.clock.now()

    @asynccontextmanager
    async def line_to(self, code: str) -> AsyncIterator[Proxy]:
        """Has a venue reached over a line of its own, which may break: as an admin would, by its address."""
        async with proxy(self.exchange.host, self.exchange.port) as line:
            url = own_urls(REGISTRY[code])[0].replace(f":{self.exchange.port}/", f":{line.port}/")
            await self.set_venues(code, url=url)
            yield line

    async def delivered(self, venues: int, without: str = "") -> None:
        """Waits until so many venues have each sent some trades from now on, without counting one of them."""
        begun = self.exchange.ledger.last_number

        def is_delivered() -> bool:
            counts = Counter(sent.venue for sent in self.exchange.ledger.since(begun) if sent.venue != without)
            return sum(count >= SOME_TRADES for count in counts.values()) >= venues

        await wait_until(is_delivered, DELIVERED_WITHIN_S)

    async def back(self, code: str, within: float) -> None:
        """Waits until a venue is connected again and sends some trades."""
        begun = self.exchange.ledger.last_number

        def is_back() -> bool:
            return sum(sent.venue == code for sent in self.exchange.ledger.since(begun)) >= SOME_TRADES

        await wait_until(is_back, within)

    async def left(self, code: str, within: float) -> latest.PriceState:
        """The price, once it is another venue's."""

        async def look() -> latest.PriceState | None:
            price = await self.observer.any_price()
            return price if price.venue != code else None

        return await wait_for(look, within)

    async def proved(self, happened: Callable[[], object], what: str, within: float = 5.0) -> None:
        """Waits until the fault has struck; FaultMissing where it does not."""
        try:
            await wait_until(happened, within)
        except TimeoutError:
            raise FaultMissing(what) from None

    def cuts(self, code: str) -> list[int]:
        """How each of the venue's connections that are over has ended, as we saw it."""
        ended = (connection for connection in self.exchange.connections if connection.venue == code)
        return [connection.close_code for connection in ended if connection.close_code is not None]

    async def set_feed(self, **fields: object) -> None:
        await self.database.run(lambda: Feed.objects.update(**fields))

    async def set_venues(self, *codes: str, **fields: object) -> None:
        """All of them, where none is named."""
        venues = Venue.objects.filter(code__in=codes) if codes else Venue.objects.all()
        await self.database.run(lambda: venues.update(**fields))

    async def entries(self) -> list[Entry]:
        """The whole log as it is in Redis, oldest first; page by page, as a call may not take long."""
        entries: list[Entry] = []
        after = {PRIMARY: b"0", FAILOVER: b"0"}
        while any((pages := await self._page(after)).values()):
            after |= {server: page[-1][0] for server, page in pages.items() if page}
            entries += [entry for page in pages.values() for entry in page]
        return merged([entries])

    async def _page(self, after: dict[str, bytes]) -> dict[str, list[Entry]]:
        """Once more where the machine was too busy: what is there is judged, not how soon it is read."""

        async def look() -> dict[str, list[Entry]] | None:
            try:
                return await self._store.read_logs(after, PAGE)
            except RedisDown:
                return None

        return await wait_for(look)

    async def log(self) -> list[latest.LoggedTrade]:
        """The same, as the trades that it holds."""
        return trades_of(await self.entries())

    async def shown(self) -> list[latest.LoggedTrade]:
        """What was shown since the feed was on its feet: until then a better venue takes over from who was faster."""
        return displayed(trade for trade in await self.log() if trade.received_at >= self._begun_at)

    async def books(self) -> Balance:
        """What became of every trade that happened, once the feed has ended."""
        return await self.database.run(balance, list(self.exchange.ledger.happened), await self.log())


@asynccontextmanager
async def stage(
    ground: Ground, *, speed: float = 1.0, slowest: float | None = None, trade_every: float = TRADE_EVERY_S
) -> AsyncIterator[Stage]:
    """An exchange that every venue of the database is at, for as long as the block lasts.

    What it does by itself, it does by the world's seconds. Where the speed will be changed, it is as patient with its
    clients as the `slowest` one needs.
    """
    clock = ScaledClock(speed)
    store, database = LiveStore(ground.redis_url, ground.failover_url), DatabaseThread("stage")
    stores = {"REDIS_URL": ground.redis_url, "FAILOVER_REDIS_URL": ground.failover_url}
    limits = {code: dialect.limits.compressed(slowest or speed) for code, dialect in DIALECTS.items()}
    exchange = Exchange(market=RandomMarket(rate=0), limits=limits, clock=clock.now)
    try:
        async with exchange, trading(exchange, trade_every) as prices:
            with override_settings(REPLAY_EXCHANGE_URL=exchange.url, **stores):
                yield Stage(exchange, prices, store, database, clock)
    finally:
        await store.close()
        await database.close()


@contextmanager
def draining() -> Iterator[None]:
    """Each server's log drains into the database, on a thread of its own."""
    stop = threading.Event()
    threads = [threading.Thread(target=_drain, args=[server, stop], name=server) for server in addresses()]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _drain(server: str, stop: threading.Event) -> None:
    try:
        run_drain(server, "stage", stop, SystemClock())
    finally:
        connections.close_all()


def drain_the_rest() -> None:
    """What the logs hold, into the database. Blocking."""
    for server, url in addresses().items():
        with closing(LogConsumer("drain", url)) as consumer:
            drain = Drain(consumer, SystemClock(), server)
            while drain.step():
                """Batch after batch."""
