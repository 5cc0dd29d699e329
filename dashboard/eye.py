"""One thing that is looked at twice a second, on a thread of its own, and what was seen last."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from django.db import DatabaseError

from feeds.clock import Clock

T = TypeVar("T")

LOOK_EVERY_S: Final = 0.5
# A look that takes longer than this hangs, whatever its own timeouts say.
LATE_AFTER: Final = timedelta(seconds=3)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Seen(Generic[T]):
    """`value` is the last answer, None before the first one. `error` is why there is no newer one, None while there is.

    `since_at` is since when it answers, or does not. `looked_at` is when the last look ended. `last_error` stays.
    """

    value: T | None
    error: Exception | None
    since_at: datetime
    looked_at: datetime
    looks: int = 1
    failures: int = 0
    last_error: str = ""

    def is_late(self, now: datetime) -> bool:
        """Whether a look hangs: then nothing is known, though nothing failed."""
        return now - self.looked_at > LATE_AFTER

    def is_well(self, now: datetime) -> bool:
        return self.error is None and not self.is_late(now)


class Eye(Generic[T]):
    """`look` blocks, and says with an OSError or a DatabaseError that there is no answer."""

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

    def seen(self, within_s: float) -> Seen[T] | None:
        """What was seen last. Waits only for the first look, and so long at most: None where it has not ended."""
        self._has_looked.wait(within_s)
        return self._seen

    def _run(self) -> None:
        while True:
            self._seen = self._look_once(self._seen)
            self._has_looked.set()
            if self._stopping.wait(LOOK_EVERY_S):
                return

    def _look_once(self, before: Seen[T] | None) -> Seen[T]:
        value, error = before.value if before else None, None
        try:
            value = self._look()
        except (OSError, DatabaseError) as failure:
            error = failure
        seen = _next(before, value, error, self._clock.now())
        if seen.since_at == seen.looked_at and (before or error):
            logger.warning("%s %s", self._name, f"does not answer: {error}" if error else "answers again")
        return seen


def _next(before: Seen[T] | None, value: T | None, error: Exception | None, now: datetime) -> Seen[T]:
    is_same = before is not None and (before.error is None) == (error is None)
    return Seen(
        value=value,
        error=error,
        since_at=before.since_at if before and is_same else now,
        looked_at=now,
        looks=(before.looks if before else 0) + 1,
        failures=(before.failures if before else 0) + bool(error),
        last_error=str(error) if error else before.last_error if before else "",
    )
