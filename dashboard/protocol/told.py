"""All that the server says, as one type: for clients of ours, and for the schema."""

from typing import Final, NamedTuple, get_args

import msgspec

from dashboard.accounts.messages import AccountLine, AccountUptime, Changes, Debug, Orders, Pnl, Positions
from dashboard.feed.lately import Flow, FlowBucket, Moves
from dashboard.feed.messages import (
    Alerts,
    Bar,
    Coverage,
    Feed,
    Health,
    Latency,
    Leads,
    Price,
    Snapshot,
    Trades,
    Uptime,
    Venues,
)
from dashboard.protocol.answers import (
    Accepted,
    Changed,
    Error,
    Hello,
    Offset,
    Pong,
    Renewal,
    Resumed,
    Rights,
    Subscribed,
    Tick,
    Unsubscribed,
)
from dashboard.publication import Published
from dashboard.system.messages import Log, Redis

OfConnection = (
    Hello | Resumed | Renewal | Subscribed | Unsubscribed | Accepted | Pong | Offset | Changed | Rights | Error | Tick
)
OfFeed = (Snapshot | Price | Trades | Bar | Venues | Feed | Leads | Health | Uptime | Coverage | Latency | Alerts) | (
    Moves | Flow | FlowBucket
)
OfAccount = Positions | Orders | AccountLine | AccountUptime | Changes | Pnl | Debug
OfSystem = Redis | Log
Told = OfConnection | OfFeed | OfAccount | OfSystem | Published

# By the word in their `type`.
TYPES: Final = {str(kind.__struct_config__.tag): kind for kind in get_args(Told)}


class Part(NamedTuple):
    """One message of a frame: as it came, and what it says, None where this version does not know its type."""

    raw: msgspec.Raw
    told: Told | None


class _Typed(msgspec.Struct):
    type: str


_raws = msgspec.json.Decoder(list[msgspec.Raw]).decode
_typed = msgspec.json.Decoder(_Typed).decode
_told = msgspec.json.Decoder(Told).decode


def read(frame: str | bytes) -> list[Part]:
    """The messages of a frame, in order. Raises ValueError for what is no frame of this protocol."""
    try:
        return [Part(raw, _told(raw) if _typed(raw).type in TYPES else None) for raw in _raws(frame)]
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise ValueError(f"This is no frame of protocol 2: {error}") from error
