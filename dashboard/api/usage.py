"""Notes when tokens were used, beside the requests: it writes, so it may wait for who writes; nobody waits for it."""

import logging
from threading import Lock, Thread
from typing import Final

from django.db import Error, connections

from dashboard.sockets.identity import note_use

logger = logging.getLogger(__name__)


class UsageNotes:
    """One writer at a time. What fails comes again with the next use."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._used: set[int] = set()
        self._is_noting = False

    def add(self, token_id: int) -> None:
        """Returns at once."""
        with self._lock:
            self._used.add(token_id)
            begins, self._is_noting = not self._is_noting, True
        if begins:
            Thread(target=self._note, name="token uses", daemon=True).start()

    def _note(self) -> None:
        try:
            while used := self._take():
                _write(used)
        finally:
            connections.close_all()

    def _take(self) -> set[int]:
        with self._lock:
            used, self._used = self._used, set()
            self._is_noting = bool(used)
            return used


def _write(token_ids: set[int]) -> None:
    try:
        note_use(token_ids)
    except Error as error:
        logger.warning("the last use of %d tokens was not noted: %s", len(token_ids), error)


# One per web process.
USAGE: Final = UsageNotes()
