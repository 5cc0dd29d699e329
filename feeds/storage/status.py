"""Shapes of what is told in Redis of the Redis servers themselves, their logs, and by hand."""

from datetime import datetime
from typing import Final, Generic, TypeVar

import msgspec

V = TypeVar("V")

CONFLICTS_LISTED: Final = 20
# What a value is that nobody knows yet, for people who read it by hand.
NO_DATA: Final = "no data"


class ServerStatus(msgspec.Struct, frozen=True, gc=False):
    """How one Redis server does, as the process sees it that says so. `state` is up, degraded (too slow) or down.

    `reason` is why it is not up; `last_error` is the last failure, also of a server that is back. `good_probes` are
    those in a row. `memory_used` is the used share of its limit.
    """

    state: str
    reason: str
    last_error: str
    latency_ms: float | None
    operations: int
    failures: int
    good_probes: int
    since_at: datetime
    memory_used: float | None = None


class PairStatus(msgspec.Struct, frozen=True, gc=False):
    """The Redis servers by name, and to which of them the log goes.

    `scope` is critical or all; `dropped` are the writes that were not critical and that a failure cost.
    """

    active: str
    scope: str
    dropped: int
    switches: int
    last_switch_at: datetime | None
    last_reason: str
    servers: dict[str, ServerStatus]


class DrainStatus(msgspec.Struct, frozen=True, gc=False):
    """How far the log of a server is drained: `pending` entries were read, at most `backlog` wait behind them."""

    server: str
    pending: int
    backlog: int
    rows_per_s: float
    at: datetime


class Conflict(msgspec.Struct, frozen=True, gc=False):
    """A server that came back held something else under a key, of the same or a higher (fence, version). It stays."""

    key: str
    held: tuple[int, int]
    offered: tuple[int, int]


class SyncStatus(msgspec.Struct, frozen=True, gc=False):
    """How newest state is copied from the other server to one that came back; `finished_at` is None meanwhile.

    `pending` keys are still to be looked at; `skipped` ones were equal, gone, or no newest state. Of the `conflicts`
    the first CONFLICTS_LISTED are in `listed`. `epoch` is that of the log of the server that came back.
    """

    server: str
    epoch: str
    started_at: datetime
    pending: int = 0
    copied: int = 0
    skipped: int = 0
    conflicts: int = 0
    listed: list[Conflict] = []
    finished_at: datetime | None = None


class ByHand(msgspec.Struct, Generic[V], frozen=True, gc=False):
    """A value that people read by hand; `origin` is who wrote it."""

    v: V
    fence: int
    version: int
    at: datetime
    origin: str


# What a feed tells.
FeedByHand = ByHand[str | PairStatus]

decode_drain = msgspec.json.Decoder(DrainStatus).decode
decode_sync = msgspec.json.Decoder(SyncStatus).decode
decode_by_hand = msgspec.json.Decoder(FeedByHand).decode
