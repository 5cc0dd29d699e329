"""What was said in a run: all of it as one digest, the last of it in words."""

import hashlib
from collections import deque
from typing import Final

import msgspec

from feeds.connection.effects import Effect
from feeds.connection.events import Event

KEPT: Final = 120
# Sets are put in order: the digest is about what was said, not about this process's hash seed.
_encode: Final = msgspec.msgpack.Encoder(order="deterministic", enc_hook=repr).encode

Said = Event | Effect | str


class Record:
    """Takes note of every event, every effect and everything that the world does."""

    def __init__(self, *, keep_all: bool) -> None:
        self.notes = 0
        self._digest = hashlib.blake2b(digest_size=16)
        self._last: deque[tuple[float, str, Said]] = deque(maxlen=None if keep_all else KEPT)

    def note(self, now: float, who: str, said: Said) -> None:
        self.notes += 1
        self._digest.update(_encode((now, who, type(said).__name__, said)))
        self._last.append((now, who, said))

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()

    def tail(self) -> list[str]:
        """The last notes, one a line."""
        return [f"{now:10.3f}  {who:9} {said}" for now, who, said in self._last]
