"""What each web process knows of the system: looked at beside the requests, so that no page waits for what hangs."""

import threading
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import connections

from dashboard.eye import Eye, Seen
from dashboard.system import Spool, System
from feeds.clock import Clock, SystemClock
from feeds.queries import DatabaseLook, database_look
from feeds.storage.look import ServerEye, ServerLook
from feeds.storage.servers import addresses

# The first to ask waits for the first look: a little longer than it takes to find that a server hangs.
FIRST_LOOK_S: Final = 0.7
STOP_WITHIN_S: Final = 5.0


class _Eyes:
    """One for each part of the system; all of them look at once."""

    def __init__(self, clock: Clock) -> None:
        self.servers: dict[str, Eye[ServerLook]] = {
            name: Eye(f"redis {name}", ServerEye(url).look, clock) for name, url in addresses().items()
        }
        self.database: Eye[DatabaseLook] = Eye("the database", _look_at_database, clock)
        self.spool: Eye[Spool] = Eye("the spool", _SpoolEye(clock).look, clock)
        for eye in self.all():
            eye.start()

    def all(self) -> list[Eye[Any]]:
        return [*self.servers.values(), self.database, self.spool]


class Watch:
    """Begins with the first question and goes on for as long as the process lives, or until `stop`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._eyes: _Eyes | None = None

    def system(self, patience_s: float = FIRST_LOOK_S) -> System:
        """What was seen last. Waits for nothing but the very first look, and so long at most."""
        with self._lock:
            self._eyes = eyes = self._eyes or _Eyes(self._clock)
        deadline = self._clock.monotonic() + patience_s

        def left_s() -> float:
            return max(0.0, deadline - self._clock.monotonic())

        servers: dict[str, Seen[ServerLook] | None] = {name: eye.seen(left_s()) for name, eye in eyes.servers.items()}
        database, spool = eyes.database.seen(left_s()), eyes.spool.seen(left_s())
        spooled = spool.value if spool and spool.value else Spool(0)
        return System(self._clock.now(), servers, database, spooled)

    def stop(self) -> None:
        """Ends all looking, and forgets what was seen."""
        with self._lock:
            eyes, self._eyes = self._eyes, None
        for eye in eyes.all() if eyes else ():
            eye.stop(STOP_WITHIN_S)


def _look_at_database() -> DatabaseLook:
    """With a connection of its own each time: one that broke or hung is not asked again."""
    try:
        return database_look()
    finally:
        connections.close_all()


class _SpoolEye:
    """Looks at the files in which the log waits while no Redis server takes it, and knows since when they do."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since_at: datetime | None = None

    def look(self) -> Spool:
        folder = settings.SPOOL_DIR
        size = sum(path.stat().st_size for path in folder.glob("*.spool")) if folder.is_dir() else 0
        self._since_at = (self._since_at or self._clock.now()) if size else None
        return Spool(size, self._since_at)


# One per web process.
WATCH: Final = Watch(SystemClock())
