"""Newest state that was written while a server was away is copied to it from the other one, what is critical first.

Only newest state: both logs drain into the database by themselves. A value is written over an older one only, so that
the feeds may write meanwhile. Blocking calls.
"""

import logging
import math
from collections.abc import Iterable
from contextlib import closing
from enum import Enum, auto
from typing import Any, Final

from msgspec import structs

from feeds.clock import Clock
from feeds.storage import keys, latest, script
from feeds.storage.latest import Conflict, SyncStatus, stamp_of
from feeds.storage.redis import OPERATION_TIMEOUT_S, RedisDown, blocking_client, typed_errors

logger = logging.getLogger(__name__)

BATCH_SIZE: Final = 100
# Whatever has a fence and a version is not below it.
NO_STATE: Final = (0, 0)


class Fate(Enum):
    """What becomes of a value of the other server."""

    COPY = auto()
    SKIP = auto()
    CONFLICT = auto()


def copy_state(server: str, url: str, other_url: str, epoch: str, clock: Clock) -> None:
    """Brings the server what the other one has. Where either is away it is left at that: feeds write again soon."""
    with closing(_client(url)) as target, closing(_client(other_url)) as source:
        copy = _Copy(source, target, SyncStatus(server, epoch, clock.now()))
        try:
            with typed_errors():
                copy.run()
                copy.finish(clock)
        except RedisDown as error:
            logger.warning("newest state is not copied to the %s server: %s", server, error)
        else:
            logger.info("newest state is copied to the %s server: %s", server, copy.status)


def in_order(found: Iterable[bytes]) -> list[bytes]:
    """Keys as they are copied: by the first critical beginning that each has, the rest after them. Pure."""

    def rank(key: bytes) -> tuple[int, bytes]:
        name = key.decode(errors="replace")
        first = (number for number, beginning in enumerate(keys.CRITICAL_PREFIXES) if name.startswith(beginning))
        return next(first, len(keys.CRITICAL_PREFIXES)), key

    return sorted(found, key=rank)


def fate(offered: bytes | None, held: bytes | None) -> Fate:
    """What to do with a value that the other server has, when this one holds something or nothing. Pure."""
    if offered == held or stamp_of(offered) < NO_STATE:
        return Fate.SKIP
    return Fate.COPY if stamp_of(held) < stamp_of(offered) else Fate.CONFLICT


class _Copy:
    """One run. `status` is what is told of it, on both servers, after each batch."""

    def __init__(self, source: Any, target: Any, status: SyncStatus) -> None:
        self._source = source
        self._target = target
        self.status = status

    def run(self) -> None:
        names = in_order(self._source.scan_iter(match=keys.EVERYTHING, count=1000, _type="string"))
        self._tell(pending=len(names))
        for start in range(0, len(names), BATCH_SIZE):
            batch = names[start : start + BATCH_SIZE]
            self._copy(batch)
            self._tell(pending=self.status.pending - len(batch))

    def finish(self, clock: Clock) -> None:
        self._tell(finished_at=clock.now())

    def _copy(self, names: list[bytes]) -> None:
        # Ours first: what a feed writes to both in between is then newer there, and no conflict.
        held = self._target.mget(names)
        reading = self._source.pipeline(transaction=False)
        reading.mget(names)
        for name in names:
            reading.pttl(name)
        offered, *lifetimes = reading.execute()
        for name, ours, theirs, lifetime_ms in zip(names, held, offered, lifetimes, strict=True):
            match fate(theirs, ours):
                case Fate.COPY:
                    self._write(name, theirs, lifetime_ms)
                case Fate.SKIP:
                    self.status = structs.replace(self.status, skipped=self.status.skipped + 1)
                case Fate.CONFLICT:
                    self._note_conflict(name, ours, theirs)

    def _write(self, name: bytes, value: bytes, lifetime_ms: int) -> None:
        """With the time that it still has there."""
        seconds = max(1, math.ceil(lifetime_ms / 1000))
        names = (name, keys.FENCES)
        is_written = self._target.eval(script.WRITE_IF_NEWER, 2, *names, *stamp_of(value), value, seconds)
        if is_written and lifetime_ms < 0:
            self._target.persist(name)
        self.status = structs.replace(
            self.status,
            copied=self.status.copied + is_written,
            skipped=self.status.skipped + 1 - is_written,
        )

    def _note_conflict(self, name: bytes, held: bytes, offered: bytes) -> None:
        listed = self.status.listed
        if len(listed) < latest.CONFLICTS_LISTED:
            listed = [*listed, Conflict(name.decode(errors="replace"), stamp_of(held), stamp_of(offered))]
        self.status = structs.replace(self.status, conflicts=self.status.conflicts + 1, listed=listed)

    def _tell(self, **changes: Any) -> None:
        self.status = structs.replace(self.status, **changes)
        for client in (self._target, self._source):
            client.set(keys.sync(self.status.server), latest.encode(self.status))


def _client(url: str) -> Any:
    return blocking_client(url, OPERATION_TIMEOUT_S)
