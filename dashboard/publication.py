"""What a client tells all who listen: how much that may be, and how it is kept in the log. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final

import msgspec

from dashboard.protocol.message import Event
from dashboard.protocol.topics import Topic

MOST_BYTES: Final = 8 * 1024
DEEPEST: Final = 8


class Publication(msgspec.Struct, frozen=True):
    """An entry of the log. By `id` it is known again where it was written to both servers. `topic` is `USER/NAME`."""

    id: str
    topic: str
    at: datetime
    data: msgspec.Raw


class Published(Event, frozen=True, kw_only=True, tag="published"):
    """What a client told all. `topic` is its user's name and its own word, `USER/NAME`; `data` is as it was sent."""

    kind: ClassVar[Topic] = Topic.PUBLISHED

    topic: str
    at: datetime
    data: msgspec.Raw

    @property
    def about(self) -> str:
        return self.topic


def publication(id: str, user: str, name: str, data: Mapping[str, Any], at: datetime) -> Publication:
    """What a user publishes under a name. Raises ValueError, with words, for data that is too much or too deep."""
    if _depth(data) > DEEPEST:
        raise ValueError(f"What is published may be {DEEPEST} levels deep.")
    encoded = msgspec.json.encode(data)
    if len(encoded) > MOST_BYTES:
        raise ValueError(f"What is published may have {MOST_BYTES} bytes; this has {len(encoded)}.")
    return Publication(id=id, topic=f"{user}/{name}", at=at, data=msgspec.Raw(encoded))


def _depth(data: Any) -> int:
    """How many lists and objects are inside one another. Level by level: what is too deep for Python is no error."""
    depth, level = 0, [data]
    while level := [each for each in level if isinstance(each, Mapping | list)]:
        depth += 1
        level = [inner for each in level for inner in (each.values() if isinstance(each, Mapping) else each)]
    return depth


encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Publication).decode


def decode(fields: Mapping[bytes, bytes]) -> Publication:
    """An entry of the log has one field. Raises ValueError for what is no publication."""
    (value,) = fields.values()
    return _decode(value)
