"""Mark prices of the symbols that are held: the venue's public ticker, on a line of its own that comes back by itself.

The private line says nothing when only the price moves. No key is needed here. There is no REST beside it: reads of the
positions bring a mark price every few seconds, and that is told where this line is down (prices.py).
"""

import asyncio
import logging
import random
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from feeds.clock import Clock
from feeds.connection.retry import VENUE_FEED
from feeds.connection.socket import Socket, open_socket
from feeds.connection.stall import SessionTiming, Vigil
from feeds.errors import BadFrame, Replaced, SessionEnded
from feeds.storage.allowance import CONNECT, Allowance
from positions.address import reached
from positions.connection.session import in_our_words
from positions.limits import CONNECTS, VENUE
from positions.types import Pong, Refused, Ticker, Tickers
from positions.venues.bitget_codes import refusal
from positions.venues.bitget_dialect import Dialect
from positions.words import Environment

logger = logging.getLogger(__name__)

# Each ticker comes several times a second, also where nothing changed; the venue wants a ping every 30 s.
TIMING: Final = SessionTiming(silent_after=10.0, ping_every=25.0, connected_within=5.0)
# What staff finds it under.
KIND: Final = "ticker"


class Marks:
    """`hear` is told every ticker, `fail` what was wrong. Nothing is connected while nothing is held."""

    def __init__(
        self,
        dialect: Dialect,
        environment: Environment,
        hear: Callable[[Ticker], None],
        fail: Callable[[str, str], None],
        allowance: Allowance,
        clock: Clock,
    ) -> None:
        self._dialect = dialect
        self._url = reached(dialect.public_url(environment))
        self._hear = hear
        self._fail = fail
        self._allowance = allowance
        self._clock = clock
        self._held: frozenset[str] = frozenset()
        self._changed = asyncio.Event()
        self._attempts = 0

    def hold(self, symbols: Collection[str]) -> None:
        """These are held now, and no others."""
        if self._held != frozenset(symbols):
            self._held = frozenset(symbols)
            self._changed.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            await self._until_held()
            try:
                await self._allowance.wait(VENUE, CONNECT, CONNECTS)
                await self._listen()
            except Replaced:
                self._attempts = 0
            except SessionEnded as error:
                self._attempts += 1
                await self._wait(in_our_words(error))

    async def _until_held(self) -> None:
        while not self._held:
            self._changed.clear()
            await self._changed.wait()

    async def _wait(self, error: SessionEnded) -> None:
        logger.info("the public line for mark prices ended: %s", error)
        self._fail(KIND, str(error))
        wished = await self._allowance.cool_off(VENUE, error)
        # Jitter spreads what many workers do; it is no secret.
        wait = VENUE_FEED.wait(self._attempts, random.random())  # noqa: S311
        await self._clock.sleep(max(wait, error.wait_at_least, wished))

    async def _listen(self) -> None:
        """Always ends by a SessionEnded; all is forgiven after a minute of prices."""
        socket = await open_socket(self._url, TIMING, self._clock)
        session = _Session(self._dialect, socket, self._hear, self._fail, self._clock)
        opened = self._clock.monotonic()
        ends: list[SessionEnded] = []
        try:
            async with asyncio.TaskGroup() as beside:
                for part in (session.receive(), session.watch(), self._keep_asked(session)):
                    beside.create_task(part)
        except* SessionEnded as group:
            ends = [error for error in group.exceptions if isinstance(error, SessionEnded)]
        finally:
            await socket.close()
        if self._clock.monotonic() - opened >= VENUE_FEED.reset_after:
            self._attempts = 0
        raise ends[0]

    async def _keep_asked(self, session: "_Session") -> None:
        """Asks for what is held, and for nothing else any more."""
        while self._held:
            self._changed.clear()
            await session.ask(self._held)
            await self._changed.wait()
        raise Replaced("nothing is held any more")


@dataclass
class _Session:
    """One connection. Each part ends by a SessionEnded, and then the others do."""

    dialect: Dialect
    socket: Socket
    hear: Callable[[Ticker], None]
    fail: Callable[[str, str], None]
    clock: Clock
    _asked: frozenset[str] = frozenset()
    _vigil: Vigil = field(init=False)

    def __post_init__(self) -> None:
        self._vigil = Vigil(TIMING, self.clock.monotonic(), set(), {})

    async def ask(self, held: frozenset[str]) -> None:
        requests = (*self.dialect.unwatch(sorted(self._asked - held)), *self.dialect.watch(sorted(held - self._asked)))
        self._asked = held
        self._vigil.symbols = set(held)
        for request in requests:
            await self.socket.send(request.text)

    async def receive(self) -> None:
        while True:
            frame = await self.socket.receive()
            try:
                events = self.dialect.parse(frame)
            except BadFrame as error:
                self.fail(KIND, str(error))
                continue
            for event in events:
                self._take(event)

    async def watch(self) -> None:
        """Ends a connection that says nothing of what is held, or does not answer, and pings."""
        while True:
            await self.clock.sleep(max(0.0, self._vigil.next_check() - self.clock.monotonic()))
            now = self.clock.monotonic()
            if (error := self._vigil.overdue(now)) is not None:
                self.socket.abort()
                raise error
            if self._vigil.is_ping_due(now):
                self._vigil.ping_sent(now)
                await self.socket.send(self.dialect.PING)

    def _take(self, event: object) -> None:
        match event:
            case Tickers(tickers):
                for ticker in self._wanted(tickers):
                    self._vigil.data_came(self.clock.monotonic(), ticker.symbol)
                    self.hear(ticker)
            case Pong():
                self._vigil.pong_came()
            case Refused(code):
                self.fail(KIND, str(refusal(code)))

    def _wanted(self, tickers: Iterable[Ticker]) -> list[Ticker]:
        """Some still come of what was given up a moment ago."""
        return [ticker for ticker in tickers if ticker.symbol in self._asked]
