"""A hub over a source that says what the test puts into it, on a clock that the test moves."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboard.audience import Interest
from dashboard.delivery import Delivery
from dashboard.feed.messages import Price, Trades
from dashboard.feed.parts import TapeTrade
from dashboard.hub import Hub, SourceName
from dashboard.outbox import Outbox
from dashboard.protocol.commands import Place
from dashboard.protocol.message import Message
from dashboard.protocol.topics import Topic
from dashboard.pulse import Wanted
from tests.clock import ManualClock
from tests.dashboard.samples import NOON
from tests.waiting import wait_until

MAIN = SourceName("feed", "main")
PRICES, TRADES = Interest(Topic.PRICE), Interest(Topic.TRADES, "BTC-USDT")
Said = list[dict[str, Any]]


def price(text: str, instrument: str = "BTC-USDT") -> Price:
    return Price(
        feed="main",
        instrument=instrument,
        venue="binance",
        price=text,
        move="",
        side="buy",
        size="1",
        traded_at=NOON,
        received_at=NOON,
        seen_at=NOON,
    )


def trades(*ids: str, is_snapshot: bool = False, instrument: str = "BTC-USDT") -> Trades:
    lines = [TapeTrade(id, "1-0", "binance", "1", "1", "buy", NOON) for id in ids]
    return Trades(feed="main", instrument=instrument, trades=lines, is_snapshot=is_snapshot)


@dataclass
class Script:
    """A source that tells what the test puts into it."""

    known: list[Message] = field(default_factory=list)
    news: list[Message] = field(default_factory=list)
    every_s: float = 0.025
    feed: str = "main"
    is_up: bool = True
    is_closed: bool = False
    fault: Exception | None = None

    async def changes(self) -> list[Message]:
        if self.fault:
            raise self.fault
        news, self.news = self.news, []
        return news

    def whole(self) -> list[Message]:
        return self.known

    def handed(self, changed: list[Message]) -> None:
        """Nothing is measured."""

    async def close(self) -> None:
        self.is_closed = True


class Desk:
    """A hub over a script, on a clock that the test moves."""

    def __init__(self, clock: ManualClock | None = None) -> None:
        self.clock, self.script = clock or ManualClock(), Script()
        self.hub = Hub(self.clock, self._open)

    def _open(self, name: SourceName, delivery: Delivery, wanted: Wanted) -> Script:
        self.script.is_closed = False
        self.wanted = wanted
        return self.script

    def join(self, *interests: Interest, after: Mapping[Interest, Place] | None = None) -> Outbox:
        outbox = Outbox()
        wanted = {interest: (after or {}).get(interest) for interest in interests}
        self.recovered = self.hub.subscribe(outbox, MAIN, wanted)
        return outbox

    async def beat(self, times: int = 1) -> None:
        """Each is one reading, and one look whether it is time to flush."""
        for _ in range(times):
            await wait_until(lambda: self.clock.sleepers >= 2)
            await self.clock.advance(0.025)


def now_in(outbox: Outbox) -> Said:
    """What it would give now, without ticks; nothing where it waits for its flush."""
    taking = outbox.take()
    try:
        taking.send(None)
    except StopIteration as taken:
        frame: Said = json.loads(taken.value.text)
        return [message for message in frame if message["type"] not in ("tick", "offset")]
    finally:
        taking.close()
    return []


async def taken(outbox: Outbox) -> Said:
    frame = await outbox.take()
    assert frame
    messages: Said = json.loads(frame.text)
    return messages
