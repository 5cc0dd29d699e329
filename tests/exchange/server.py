"""The exchange itself: listens, routes each venue's sockets and REST, and runs the random market."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.exchange import tasks
from tests.exchange.bitget import limits as bitget_limits
from tests.exchange.bitget.demo import Demo
from tests.exchange.bitget.desk import VENUES as BITGET
from tests.exchange.bitget.desk import BitgetDesk
from tests.exchange.bitget.routes import BitgetRoutes
from tests.exchange.connection import Connection, Scene
from tests.exchange.control import make_control
from tests.exchange.dialect import Close, Conversation, Frame, Limits, Say
from tests.exchange.dialects import DIALECTS
from tests.exchange.door import Door
from tests.exchange.faults import Fault, Faults
from tests.exchange.ledger import Ledger
from tests.exchange.market import Move, RandomMarket, Side, Tape, Trade
from tests.exchange.recording import RecordedFrame, RecordingError, read_recording
from tests.exchange.routes import Attempt, VenueRoutes

# Records are for people and tests; long runs forget the oldest.
CONNECTIONS_KEPT = 1_000
ATTEMPTS_KEPT = 10_000


# The demo's position has the price of the first instrument there.
DEMO_PRICES = "binance"

# Every venue's published limits.
PUBLISHED = {code: dialect.limits for code, dialect in DIALECTS.items()} | dict.fromkeys(BITGET, bitget_limits.PRIVATE)


def utc_now() -> datetime:
    return datetime.now(UTC)


class Exchange:
    """`async with Exchange(...) as exchange:` listens at `exchange.url` until the block ends."""

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        market: RandomMarket | None = None,
        recordings: Mapping[str, Path] | None = None,
        speed: float = 1.0,
        limits: Mapping[str, Limits] | None = None,
        clock: Callable[[], datetime] = utc_now,
        has_demo_account: bool = False,
    ) -> None:
        self.host, self.port, self.speed, self.clock = host, port, speed, clock
        self.market = market or RandomMarket()
        self.ledger = Ledger()
        self.faults = Faults([*DIALECTS, *BITGET], self._strike)
        self.connections: deque[Connection] = deque(maxlen=CONNECTIONS_KEPT)
        self.attempts: deque[Attempt] = deque(maxlen=ATTEMPTS_KEPT)
        self.doors = {code: Door((limits or {}).get(code, published)) for code, published in PUBLISHED.items()}
        self.bitget = BitgetDesk(lambda: self.open_connections, clock)
        self._recordings = {venue: _load(venue, path) for venue, path in (recordings or {}).items()}
        self._has_demo_account = has_demo_account
        self._given = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._runner = self._make_runner()

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def open_connections(self) -> list[Connection]:
        return [connection for connection in self.connections if connection.is_open]

    @property
    def venues(self) -> dict[str, str]:
        """Where each venue's data comes from."""
        public = {code: "recording" if code in self._recordings else "random" for code in DIALECTS}
        return public | dict.fromkeys(BITGET, "desk")

    def _make_runner(self) -> web.AppRunner:
        application = web.Application()
        application.add_subapp("/control", make_control(self))
        application.router.add_route("*", "/{venue:bitget|bitget-demo}/{path:.*}", BitgetRoutes(self).serve)
        application.router.add_route("*", "/{venue}/{path:.*}", VenueRoutes(self).serve)
        return web.AppRunner(application, access_log=None)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port)
        try:
            await site.start()
        except OSError:
            await self._runner.cleanup()
            raise
        self.port = self._runner.addresses[0][1]
        self._open_markets()
        if self._has_demo_account:
            demo = Demo(self.bitget, self.market.tapes(DEMO_PRICES)[0], self.market.seed)
            self._tasks.append(tasks.start(demo.run()))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await tasks.stop(self._tasks)
        for site in list(self._runner.sites):
            await site.stop()
        # Before aiohttp's own cleanup, which no longer hears what clients answer.
        await asyncio.gather(*(connection.leave() for connection in self.open_connections))
        await self._runner.cleanup()

    def trade(
        self,
        venue: str,
        instrument: str,
        price: Decimal,
        sizes: Sequence[Decimal] = (Decimal("0.01"),),
        side: Side = "buy",
    ) -> tuple[Trade, ...]:
        """Let one taker's order trade now: one trade for each size."""
        tape = self.market.tape(venue, DIALECTS[venue].symbol(instrument)) if venue in DIALECTS else None
        if tape is None:
            raise ValueError(f"{venue} has no random market for {instrument}.")
        trades = tape.trade(self.clock(), price, sizes, side)
        self._show(venue, trades)
        return trades

    def say(self, venue: str, frame: Frame) -> None:
        """Send this very frame to every open connection of the venue."""
        for connection in self._listeners(venue):
            connection.do([Say(frame)])

    def is_tried_too_often(self, venue: str) -> bool:
        """Note one more attempt to connect."""
        is_over = self.doors[venue].is_tried_too_often(self.clock())
        return is_over or self.faults.find(venue, "ban") is not None

    def scene(self, venue: str) -> Scene:
        door = self.doors[venue]
        return Scene(
            venue=venue,
            limits=door.limits,
            violations=door.violations,
            faults=self.faults,
            ledger=self.ledger,
            clock=self.clock,
            recording=self._recordings.get(venue),
            speed=self.speed,
        )

    def take_in(self, scene: Scene, talk: Conversation, request: web.Request) -> Connection:
        """One more connection, under the number that was given out last."""
        connection = Connection(self._given, scene, talk, request)
        self.connections.append(connection)
        return connection

    def next_number(self) -> int:
        self._given += 1
        return self._given

    def _open_markets(self) -> None:
        for dialect in DIALECTS.values():
            if dialect.code in self._recordings:
                continue
            for listing in self.market.listings_at(dialect.code):
                symbol = dialect.symbol(listing.instrument)
                tape = self.market.open(dialect.code, symbol, listing, self.clock())
                if tape.rate:
                    self._tasks.append(tasks.start(self._run(tape)))

    async def _run(self, tape: Tape) -> None:
        """Trades happen whether or not anybody listens."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due += tape.pause()
            await asyncio.sleep(due - loop.time())
            self._publish(tape.venue, tape.move(self.clock()))

    def _publish(self, venue: str, move: Move) -> None:
        if move.trades:
            self._show(venue, move.trades)
        now = self.clock()
        for connection in self._listeners(venue):
            connection.do(connection.talk.show_quote(move.quote, now))

    def _show(self, venue: str, trades: tuple[Trade, ...]) -> None:
        self.ledger.happened.extend(trades)
        now = self.clock()
        for connection in self._listeners(venue):
            connection.do(connection.talk.show_trades(trades, now))

    def _listeners(self, venue: str) -> list[Connection]:
        return [connection for connection in self.open_connections if connection.venue == venue]

    def _strike(self, fault: Fault) -> None:
        if fault.fault == "expire_tokens":
            self.doors[fault.venue].tokens.void()
        for connection in self._listeners(fault.venue):
            self.faults.hits[fault.venue, fault.fault] += 1
            match fault.fault:
                case "hang_up":
                    connection.hang_up()
                case "close":
                    connection.do([Close(fault.code, fault.reason)])
                case "notice":
                    connection.give_notice()


def _load(venue: str, path: Path) -> list[RecordedFrame]:
    """A recording without acknowledgements and heartbeats: the server makes its own."""
    if venue not in DIALECTS:
        raise RecordingError(f"there is no venue {venue!r}; there are {', '.join(DIALECTS)}.")
    return [recorded for recorded in read_recording(path) if DIALECTS[venue].is_market_data(recorded.frame)]
