"""One thing that is looked at again and again, on a thread of its own, and what was seen last."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from django.db import Error

from feeds.clock import Clock
from feeds.storage.health import CREDENTIALS_EVERY_S, Failure

T = TypeVar("T")

LOOK_EVERY_S: Final = 0.5
# A look that ends so much later than it should begin hangs, whatever its own timeouts say.
LATE_AFTER: Final = timedelta(seconds=2.5)
# A silence that was shorter than this, on a busy machine, is no new beginning of what answers again.
_FORGIVEN: Final = timedelta(seconds=5)
# How a look fails while nobody answers. Whatever else it raises is a flaw of ours, and is logged whole.
_NO_ANSWER: Final = (OSError, Error)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Seen(Generic[T]):
    """`value` is the last answer, None before the first one. `error` is why there is no newer one, None while there is.

    `since_at` is since when it answers but for short silences, or does not; `answered_since_at` is where the last time
    began in which it answered. `looked_at` is when the last look ended, and `next_in_s` how long
    after that the next one begins. `last_error` stays.
    """

    value: T | None
    error: Exception | None
    since_at: datetime
    looked_at: datetime
    looks: int = 1
    failures: int = 0
    last_error: str = ""
    next_in_s: float = LOOK_EVERY_S
    answered_since_at: datetime | None = None

    def is_late(self, now: datetime) -> bool:
        """Whether a look hangs: then nothing is known, though nothing failed."""
        return now - self.looked_at > timedelta(seconds=self.next_in_s) + LATE_AFTER

    def is_well(self, now: datetime) -> bool:
        return self.error is None and not self.is_late(now)


class Eye(Generic[T]):
    """`look` blocks, and says with an exception that there is no answer. No failure ends the looking."""

    def __init__(self, name: str, look: Callable[[], T], clock: Clock) -> None:
        self._name = name
        self._look = look
        self._clock = clock
        self._stopping = threading.Event()
        self._has_looked = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"watch {name}", daemon=True)
        self._seen: Seen[T] | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self, within_s: float) -> None:
        self._stopping.set()
        self._thread.join(within_s)

    def seen(self, until: float) -> Seen[T] | None:
        """What was seen last. Waits only for the first look, and until then at most: None where it has not ended."""
        self._has_looked.wait(max(0.0, until - self._clock.monotonic()))
        return self._seen

    def _run(self) -> None:
        while True:
            self._seen = seen = self._look_once(self._seen)
            self._has_looked.set()
            if self._stopping.wait(seen.next_in_s):
                return

    def _look_once(self, before: Seen[T] | None) -> Seen[T]:
        value, was = (before.value, before.error) if before else (None, None)
        error: Exception | None = None
        try:
            value = self._look()
        except _NO_ANSWER as failure:
            error = failure
            if not was:
                logger.warning("%s does not answer: %s", self._name, error)
        except Exception as failure:
            if type(failure) is not type(was):
                logger.exception("%s cannot be looked at", self._name)
            error = failure
        if was and not error:
            logger.warning("%s answers again", self._name)
        return following(before, value, error, self._clock.now())


def following(before: Seen[T] | None, value: T | None, error: Exception | None, now: datetime) -> Seen[T]:
    """What is seen after one more look."""
    since_at = _since_at(before, error, now)
    return Seen(
        value=value,
        error=error,
        since_at=since_at,
        looked_at=now,
        looks=(before.looks if before else 0) + 1,
        failures=(before.failures if before else 0) + bool(error),
        last_error=_text(error) if error else before.last_error if before else "",
        next_in_s=_next_in_s(error),
        answered_since_at=since_at if error is None else before.answered_since_at if before else None,
    )


def _since_at(before: Seen[T] | None, error: Exception | None, now: datetime) -> datetime:
    if before is None:
        return now
    if (before.error is None) == (error is None):
        return before.since_at
    is_short = error is None and now - before.since_at < _FORGIVEN
    return before.answered_since_at if is_short and before.answered_since_at else now


def _next_in_s(error: Exception | None) -> float:
    """Who tries a wrong password too often is locked out, and the workers of this machine with it."""
    return CREDENTIALS_EVERY_S if getattr(error, "reason", None) is Failure.CREDENTIALS else LOOK_EVERY_S


def _text(error: Exception) -> str:
    return str(error) if isinstance(error, _NO_ANSWER) else f"{type(error).__name__}: {error}"
