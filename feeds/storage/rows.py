"""Rows on their way to the database: they wait in memory, in order, for as long as it is away."""

import logging
from collections import deque
from typing import Final, Protocol

from django.db import DataError, IntegrityError

logger = logging.getLogger(__name__)

# Seven venues that all fail for half a day, at the thirty tries in five minutes that each may see, and room to spare.
MAX_WAITING: Final = 100_000


class Row(Protocol):
    """A model's instance, or another write that can be done again; its text says in a log what it is."""

    def save(self) -> None: ...


class WaitingRows:
    """`add` never waits. When there are too many, later ones are dropped, and logged whole.

    A row whose connection broke during the commit is written again, and may be there twice: better than not at all.
    Of an alert the second one is cleared when its feed starts again.
    """

    def __init__(self) -> None:
        self._rows: deque[Row] = deque()

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, row: Row) -> None:
        if len(self._rows) >= MAX_WAITING:
            logger.error("too many rows wait for the database, lost: %s", row)
            return
        self._rows.append(row)

    def save_next(self) -> None:
        """Writes the oldest row, which stays when the database does not take it. Blocking; for one thread.

        There may be none any more: whoever asked for the one before was cancelled, and the thread went on with it.
        """
        if not self._rows:
            return
        row = self._rows[0]
        try:
            row.save()
        except (DataError, IntegrityError) as error:
            # What it is about was deleted meanwhile, or a text does not fit: it can never be written.
            logger.warning("dropped, as the database can never take it: %s: %s", row, error)
        self._rows.popleft()

    def save_all(self) -> None:
        """Writes what waits, up to the first row that the database does not take."""
        while self._rows:
            self.save_next()
