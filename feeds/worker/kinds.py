"""The kinds of sessions that a worker may hold. Applications above add theirs when Django starts."""

import threading
from collections.abc import Callable
from typing import Final, NamedTuple

from feeds.clock import Clock


class Kind(NamedTuple):
    """`wanted`: the names that have to run now, asked of the database. `run` holds one of them behind its lease.

    `run(name, holder, stop, clock)` blocks until the end; False when somebody else holds it.
    """

    wanted: Callable[[], list[str]]
    run: Callable[[str, str, threading.Event, Clock], bool]


# By the word before the colon of a lease: `feed:main` is the feed called main.
KINDS: Final[dict[str, Kind]] = {}
