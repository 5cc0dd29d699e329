"""What a load client reads out of a frame. All clients hear the same bytes, so each frame is decoded once."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Final

import msgspec

from dashboard.protocol.answers import Taken

EVENTS: Final = frozenset({"trades", "alerts", "published"})
# Of one burst to all clients, with room for what only a few of them hear.
_KEPT: Final = 512


class Said(msgspec.Struct, frozen=True):
    """One message of the server, as far as it is looked at. `topics` are of an answer to `subscribe`."""

    type: str
    feed: str = ""
    instrument: str = ""
    # Of `published` the publisher's topic, of `offset` the topic that it is about.
    topic: str = ""
    about: str = ""
    epoch: str = ""
    offset: int = 0
    is_snapshot: bool = False
    received_at: datetime | None = None
    code: int = 0
    resume: str = ""
    topics: list[Taken] = []

    @property
    def sequence(self) -> str:
        """The name of the sequence of events that it is one of, or tells the end of."""
        if self.type == "offset":
            return f"{self.topic} {self.feed} {self.about}"
        return f"{self.type} {self.feed} {self.instrument or self.topic}"


_decode: Final = msgspec.json.Decoder(list[Said]).decode


@lru_cache(maxsize=_KEPT)
def heard(payload: bytes) -> tuple[Said, ...]:
    return tuple(_decode(payload))


@lru_cache(maxsize=_KEPT)
def written_at(received_at: datetime) -> float:
    """Seconds since 1970: when the writer wrote a price."""
    return received_at.timestamp()
