"""What the server says of what an instrument did lately: how far its price moved, and who traded how much."""

from datetime import datetime
from typing import ClassVar

import msgspec

from dashboard.feed.messages import OfFeed
from dashboard.protocol.topics import Topic


class Horizon(msgspec.Struct, frozen=True):
    """The move over so many minutes: `change` in percent, `z` and `level` (none, notable, strong, extreme).

    What cannot be told is null. `doubt` says why: short (not enough history; in `wait_s` seconds there is), gap (no
    trade is known from then, or from now) or still (too little moved to measure by).
    """

    minutes: int
    change: float | None = None
    z: float | None = None
    level: str = ""
    doubt: str = ""
    wait_s: int = 0


class DayRange(msgspec.Struct, frozen=True):
    """Of the last 24 hours, or since our history begins; `change` in percent.

    `place` is where the price stands, 0 at the low and 100 at the high.
    """

    since_at: datetime
    low: str
    high: str
    place: int
    change: float


class Moves(OfFeed, frozen=True, kw_only=True, tag="moves"):
    """How significant the moves of the shown price are, all of them of the venue that is shown, and its day."""

    kind: ClassVar[Topic | None] = Topic.PRICE
    is_urgent: ClassVar[bool] = False

    instrument: str
    venue: str
    horizons: list[Horizon]
    day: DayRange | None = None

    @property
    def key(self) -> str:
        return f"{self.feed} moves {self.instrument}"

    @property
    def about(self) -> str:
        return self.instrument


class FlowPattern(msgspec.Struct, frozen=True):
    """`kind` is one-sided or spike, `width` the buckets' seconds, `strength` from 0 to 1, `venues` who traded then."""

    kind: str
    width: int
    start_at: datetime
    end_at: datetime
    strength: str
    side: str
    venues: list[str]


class Flow(OfFeed, frozen=True, kw_only=True, tag="flow"):
    """The whole hour of all recorded venues: since when it is known, what each venue traded, and what stood out."""

    kind: ClassVar[Topic | None] = Topic.FLOW
    is_urgent: ClassVar[bool] = False

    instrument: str
    since_at: datetime | None
    volume: str
    venues: dict[str, str]
    patterns: list[FlowPattern]

    @property
    def key(self) -> str:
        return f"{self.feed} flow {self.instrument}"

    @property
    def about(self) -> str:
        return self.instrument


class FlowBucket(OfFeed, frozen=True, kw_only=True, tag="bucket"):
    """What takers bought and sold in `width` seconds: delta, its sum so far, the price by volume, and who traded."""

    kind: ClassVar[Topic | None] = Topic.FLOW
    is_urgent: ClassVar[bool] = False

    instrument: str
    width: int
    start_at: datetime
    buy: str
    sell: str
    delta: str
    cvd: str
    vwap: str | None
    trades: int
    venues: dict[str, str]

    @property
    def key(self) -> str:
        return f"{self.feed} bucket {self.instrument} {self.width} {self.start_at}"

    @property
    def about(self) -> str:
        return self.instrument
