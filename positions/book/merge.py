"""One message on top of what is known, field by field: what it does not say stays as it was. Pure."""

from datetime import datetime
from typing import TypeVar

import msgspec
from msgspec import UNSET

from positions.types import Balance, Order, Position, ToldTime

S = TypeVar("S", Position, Order, Balance)


def merged(known: S, said: S) -> S:
    """`known` with whatever `said` tells; None ("there is none") is told too."""
    told = {name: value for name in said.__struct_fields__ if (value := getattr(said, name)) is not UNSET}
    return msgspec.structs.replace(known, **{**told, "raw": known.raw | said.raw})


def is_before(said_at: ToldTime, known_at: ToldTime) -> bool:
    """Both times are told, and the first is the earlier one."""
    return isinstance(said_at, datetime) and isinstance(known_at, datetime) and said_at < known_at
