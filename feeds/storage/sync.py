"""Newest state that was written while a server was away is copied to it from the other one, what is critical first.

Only newest state: both logs drain into the database by themselves. A value is written over an older one only, so that
the feeds may write meanwhile. What the venues wished, to be left alone, is brought back as well. Blocking calls.
"""

import logging
import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from enum import Enum, auto
from typing import Any, Final

from msgspec import structs

from feeds.clock import Clock
from feeds.storage import keys, latest, script, status
from feeds.storage.latest import stamp_of
from feeds.storage.redis import OPERATION_TIMEOUT_S, RedisDown, blocking_client, typed_errors
from feeds.storage.status import Conflict, SyncStatus

logger = logging.getLogger(__name__)

BATCH_SIZE: Final = 100
SCANNED_AT_ONCE: Final = 1000
# The log waits for so long at a time.
TURN_S: Final = 0.2
AGAIN_AFTER_S: Final = 10.0
# A feed's write to both servers has reached both of them, or never will.
WRITTEN_WITHIN_S: Final = 1.0
# Whatever has a fence and a version is not below it.
NO_STATE: Final = (0, 0)


class Fate(Enum):
    """What becomes of a value of the other server."""

    COPY = auto()
    SKIP = auto()
    CONFLICT = auto()


def copy_state(server: str, url: str, other_url: str, epoch: str, clock: Clock) -> Iterator[None]:
    """Brings the server what the other one has. Where either is away it is tried again.

    Every moment it gives way to whoever calls it, who has a log to drain and a lease to renew meanwhile.
    """
    trouble = ""
    while True:
        try:
            with closing(_client(url)) as target, closing(_client(other_url)) as source, typed_errors():
                copy = _Copy(source, target, SyncStatus(server, epoch, clock.now()))
                yield from _in_turns(copy, clock)
                copy.tell(finished_at=clock.now())
        except RedisDown as error:
            if str(error) != trouble:
                logger.warning("newest state is not copied to the %s server yet: %s", server, error)
            trouble = str(error)
        else:
            logger.info("newest state is copied to the %s server: %s", server, _summary(copy.status))
            return
        yield from _pause(clock, AGAIN_AFTER_S)


def _summary(status: SyncStatus) -> str:
    return f"{status.copied} copied, {status.skipped} skipped, {status.conflicts} conflicts"


def _in_turns(copy: "_Copy", clock: Clock) -> Iterator[None]:
    """The batches, some at a time; then once more what looked like a conflict."""
    copy.tell()
    turn_ends_at = clock.monotonic() + TURN_S
    for _ in copy.batches():
        if clock.monotonic() >= turn_ends_at:
            copy.tell()
            yield
            turn_ends_at = clock.monotonic() + TURN_S
    if copy.doubts:
        yield from _pause(clock, WRITTEN_WITHIN_S)
        copy.decide()


def _pause(clock: Clock, seconds: float) -> Iterator[None]:
    over_at = clock.monotonic() + seconds
    while clock.monotonic() < over_at:
        yield


def fate(offered: bytes | None, held: bytes | None) -> Fate:
    """What to do with a value that the other server has, when this one holds something or nothing. Pure."""
    if offered == held or stamp_of(offered) < NO_STATE:
        return Fate.SKIP
    return Fate.COPY if stamp_of(held) < stamp_of(offered) else Fate.CONFLICT


class _Copy:
    """One run. `status` is what is told of it, on both servers; `doubts` are keys that look like conflicts."""

    def __init__(self, source: Any, target: Any, status: SyncStatus) -> None:
        self._source = source
        self._target = target
        self.status = status
        self.doubts: list[bytes] = []

    def batches(self) -> Iterator[None]:
        """By the beginnings of their names; each page that the other server finds is copied at once."""
        for beginning in keys.CRITICAL_PREFIXES:
            yield from self._bring(beginning, self._copy)
        for beginning in keys.WISHES:
            yield from self._bring(beginning, self._copy_wishes)
        done = (*keys.CRITICAL_PREFIXES, *keys.WISHES, keys.sync(""))
        yield from self._bring(keys.EVERYTHING, self._copy, but=done)

    def decide(self) -> None:
        """What a feed was just writing to both servers, to the one before the other, is the same on both by now."""
        for names in _in_batches(self.doubts):
            self._copy(names, is_decided=True)

    def tell(self, **changes: Any) -> None:
        self.status = structs.replace(self.status, **changes)
        told = (keys.sync(self.status.server), latest.encode(self.status))
        self._target.set(*told)
        # One that is full can still be read.
        with suppress(RedisDown), typed_errors():
            self._source.set(*told)

    def _bring(self, beginning: str, copy: Callable[[list[bytes]], None], but: tuple[str, ...] = ()) -> Iterator[None]:
        cursor = -1
        while cursor:
            cursor, page = self._source.scan(max(cursor, 0), f"{beginning}*", SCANNED_AT_ONCE, _type="string")
            names = sorted(name for name in page if not name.startswith(tuple(map(str.encode, but))))
            self.status = structs.replace(self.status, pending=len(names))
            yield
            for batch in _in_batches(names):
                copy(batch)
                self.status = structs.replace(self.status, pending=self.status.pending - len(batch))
                yield

    def _copy(self, names: list[bytes], is_decided: bool = False) -> None:
        # Ours first: what a feed writes to both in between is then newer there, and no conflict.
        held = self._target.mget(names)
        writing = self._target.pipeline(transaction=False)
        for ours, (name, theirs, lifetime_ms) in zip(held, self._offered(names), strict=True):
            match fate(theirs, ours):
                # Newest state always ends. What does not is no such thing; what has ended in between is gone.
                case Fate.COPY if lifetime_ms > 0:
                    value = (*stamp_of(theirs), theirs, math.ceil(lifetime_ms / 1000))
                    writing.eval(script.WRITE_IF_NEWER, 2, name, keys.FENCES, *value)
                case Fate.CONFLICT if is_decided:
                    self._note_conflict(name, ours, theirs)
                case Fate.CONFLICT:
                    self.doubts.append(name)
                case _:
                    self._count(skipped=1)
        for is_written in writing.execute():
            self._count(copied=is_written, skipped=1 - is_written)

    def _copy_wishes(self, names: list[bytes]) -> None:
        """The longer one of two cool-offs. A count of bans where there is none."""
        writing = self._target.pipeline(transaction=False)
        for name, value, lifetime_ms in self._offered(names):
            if lifetime_ms > 0 and name.startswith(keys.cool_off("").encode()):
                writing.eval(script.COOL_OFF, 1, name, lifetime_ms, value)
            elif lifetime_ms > 0:
                writing.set(name, value, nx=True, px=lifetime_ms)
        writing.execute()

    def _offered(self, names: list[bytes]) -> Iterable[tuple[bytes, Any, int]]:
        """What the other server has, for how many milliseconds more. A server that is full takes no transaction."""
        reading = self._source.pipeline(transaction=False).mget(names)
        for name in names:
            reading.pttl(name)
        values, *lifetimes = reading.execute()
        return zip(names, values, lifetimes, strict=True)

    def _count(self, copied: int = 0, skipped: int = 0) -> None:
        status = self.status
        self.status = structs.replace(status, copied=status.copied + copied, skipped=status.skipped + skipped)

    def _note_conflict(self, name: bytes, held: bytes, offered: bytes) -> None:
        listed = self.status.listed
        if len(listed) < status.CONFLICTS_LISTED:
            listed = [*listed, Conflict(name.decode(errors="replace"), stamp_of(held), stamp_of(offered))]
        self.status = structs.replace(self.status, conflicts=self.status.conflicts + 1, listed=listed)


def _in_batches(names: list[bytes]) -> Iterator[list[bytes]]:
    return (names[start : start + BATCH_SIZE] for start in range(0, len(names), BATCH_SIZE))


def _client(url: str) -> Any:
    return blocking_client(url, OPERATION_TIMEOUT_S)
