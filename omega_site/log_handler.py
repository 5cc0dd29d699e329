"""Hands warnings and errors of this process to the log in Redis: whoever warns waits for nothing, and nothing fails."""

import logging
import threading
from datetime import UTC, datetime
from logging.handlers import QueueHandler
from queue import SimpleQueue
from typing import Any, Final

import msgspec

from feeds.storage.logbook import Logbook, LogLine
from feeds.storage.redis import RedisDown
from feeds.tally import ERRORS, TALLY
from omega_site.log_line import formatter, harmless, process

logger = logging.getLogger(__name__)

# So many lines wait while no server takes any; what comes then is counted, and left out.
WAITING: Final = 1000
# So many are written together.
BATCH: Final = 100
RETRY_EVERY_S: Final = 1.0
# So long a process that ends waits for its last lines to be taken.
END_WITHIN_S: Final = 1.0
LONGEST: Final = 300


class LogHandler(QueueHandler):
    """One bounded line for each record, written by a thread that begins with the first of them.

    What strangers bring about by what they ask for is left out: it would push out what operators have to see.
    """

    def __init__(self, logbook: Logbook | None = None) -> None:
        # Unlike a Queue it may be filled by a signal handler that interrupts who fills it.
        self._lines: SimpleQueue[LogLine | None] = SimpleQueue()
        super().__init__(self._lines)
        self.setFormatter(formatter("text"))
        self.addFilter(_is_of_ours)
        self._logbook = logbook or Logbook()
        self._thread: threading.Thread | None = None
        self._ending = threading.Event()
        self._left_out = self._told_of = 0

    def prepare(self, record: logging.LogRecord) -> LogLine:
        if record.levelno >= logging.ERROR:
            TALLY.add(ERRORS)
        text = self.format(record)
        return LogLine(
            at=datetime.fromtimestamp(record.created, UTC),
            level=record.levelname,
            process=process(),
            place=harmless(record.name),
            text=text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…",
        )

    def enqueue(self, record: Any) -> None:
        if threading.current_thread() is self._thread:
            return
        if self._lines.qsize() >= WAITING:
            self._left_out += 1
            return
        self._lines.put(record)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="log to redis", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Waits a moment for what was said last."""
        super().close()
        if self._thread is not None:
            self._ending.set()
            self._lines.put(None)
            self._thread.join(END_WITHIN_S)

    def _run(self) -> None:
        is_over = False
        while not is_over:
            batch = self._batch()
            is_over = None in batch
            try:
                self._write([line for line in batch if line])
            except Exception:
                # On the output alone. Whatever was odd about these, the next ones are told.
                logger.exception("%d lines of the log were lost", len(batch))
        self._logbook.close()

    def _batch(self) -> list[LogLine | None]:
        """What waits, at least one; only this thread takes."""
        batch = [self._lines.get()]
        while len(batch) < BATCH and not self._lines.empty():
            batch.append(self._lines.get())
        return batch

    def _write(self, lines: list[LogLine]) -> None:
        """Until a server takes them, or the process ends; with a word on what was left out since the last time."""
        left_out = self._left_out
        if lines and left_out > self._told_of:
            text = f"{left_out - self._told_of} more lines were left out: they came faster than they could be kept"
            lines.append(msgspec.structs.replace(lines[-1], level="WARNING", place=__name__, text=text))
        while lines:
            try:
                self._logbook.append(lines)
            except RedisDown:
                if self._ending.wait(RETRY_EVERY_S):
                    return
            else:
                self._told_of = left_out
                return


def _is_of_ours(record: logging.LogRecord) -> bool:
    """Not an address that is none, a host that is not ours, or a form without its token; our own failures are."""
    return not record.name.startswith("django.security.") and getattr(record, "status_code", 500) >= 500
