"""How many exports a web process writes at once: each takes a connection of the database again and again."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final

from rest_framework.exceptions import Throttled

MOST_OF_USER: Final = 2
# PostgreSQL gives a web process four connections (omega_site/database.py): one is left for the pages.
MOST: Final = 3
_RETRY_AFTER_S: Final = 10


class Underway:
    """By user."""

    def __init__(self) -> None:
        self._counts: Counter[int | None] = Counter()
        self._lock = Lock()

    @contextmanager
    def place(self, user_id: int | None, *, is_begun: bool = False) -> Iterator[None]:
        """Raises Throttled where there is none; what is begun goes on, though another one came between."""
        with self._lock:
            if not is_begun:
                self._check(user_id)
            self._counts[user_id] += 1
        try:
            yield
        finally:
            with self._lock:
                self._counts -= Counter([user_id])

    def _check(self, user_id: int | None) -> None:
        if self._counts[user_id] >= MOST_OF_USER:
            raise Throttled(_RETRY_AFTER_S, f"{MOST_OF_USER} of your exports are under way.")
        if self._counts.total() >= MOST:
            raise Throttled(_RETRY_AFTER_S, f"{MOST} exports are under way.")


underway: Final = Underway()
