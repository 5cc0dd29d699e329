"""Hands warnings and errors of this process to the log in Redis: whoever warns waits for nothing, and nothing fails."""

import logging
import sys
import threading
from datetime import UTC, datetime
from functools import lru_cache
from logging.handlers import QueueHandler
from queue import SimpleQueue
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import msgspec
from django.conf import settings

from feeds.storage.logbook import Logbook, LogLine
from feeds.storage.redis import RedisDown
from feeds.storage.servers import addresses
from positions.board.ring import Redactor
from positions.keys import opened

logger = logging.getLogger(__name__)

# So many lines wait while no server takes any; what comes then is counted, and left out.
WAITING: Final = 1000
# So many are written together.
BATCH: Final = 100
RETRY_EVERY_S: Final = 1.0
# So long a process that ends waits for its last lines to be taken.
END_WITHIN_S: Final = 1.0
# More than is kept: secrets are looked for in all of it.
_LONGEST: Final = 1200
_PROGRAMS: Final = ("broadcast", "beat", "worker", "web")


class LogHandler(QueueHandler):
    """One line for each record, secrets blanked out, written by a thread that begins with the first of them.

    What strangers bring about by what they ask for is left out: it would push out what operators have to see.
    """

    def __init__(self, logbook: Logbook | None = None) -> None:
        # Unlike a Queue it may be filled by a signal handler that interrupts who fills it.
        self._lines: SimpleQueue[LogLine | None] = SimpleQueue()
        super().__init__(self._lines)
        self.addFilter(_is_of_ours)
        self._logbook = logbook or Logbook()
        self._thread: threading.Thread | None = None
        self._ending = threading.Event()
        self._left_out = self._told_of = 0

    def prepare(self, record: logging.LogRecord) -> LogLine:
        text = record.getMessage()
        if record.exc_info and (error := record.exc_info[1]):
            text = f"{text}: {type(error).__name__}: {error}"
        process = f"{program(sys.orig_argv)} {record.process}"
        return LogLine(_at(record), record.levelname, process, record.name, text[:_LONGEST])

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
                self._write(_cleaned([line for line in batch if line]))
            except Exception:
                # On standard error alone. Whatever was odd about these, the next ones are told.
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


def program(arguments: list[str]) -> str:
    """Which of our programs was started so; the role of the process where it is none."""
    words = {argument.rpartition(".")[2] for argument in arguments}
    return next((name for name in _PROGRAMS if name in words), settings.OMEGA_ROLE)


def _at(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _is_of_ours(record: logging.LogRecord) -> bool:
    """Not an address that is none, a host that is not ours, or a form without its token; our own failures are."""
    return not record.name.startswith("django.security.") and getattr(record, "status_code", 500) >= 500


def _cleaned(lines: list[LogLine]) -> list[LogLine]:
    """Each of bounded length, without what could steer a terminal or turn the direction of a page."""
    redacted = _redactor(*_secrets())
    return [
        msgspec.structs.replace(line, place=_printable(line.place), text=_printable(redacted(line.text)))
        for line in lines
    ]


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


@lru_cache(maxsize=1)
def _redactor(*secrets: str) -> Redactor:
    return Redactor(secrets)


def _secrets() -> list[str]:
    """What this process knows and nobody else has to."""
    logins = [unquote(urlsplit(url).password or "") for url in addresses().values()]
    own = [settings.SECRET_KEY, *settings.OMEGA_ENCRYPTION_KEYS, settings.EMAIL_HOST_PASSWORD]
    return [*own, *logins, settings.DATABASES["default"]["PASSWORD"], *opened.known()]
