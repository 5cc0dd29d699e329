"""What a line of the log says: one event each, whoever logged it, without secrets and without what could forge another.

Our code logs by `logging`; structlog's formatter turns every record, also those of libraries, into the same fields:
timestamp (UTC), level (0 INFO, 1 WARNING, 2 ERROR; B-16), severity, process, logger, event, and what was bound around
it, such as request_id, task_id, feed, venue, session.
"""

import logging
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec
import structlog
from django.conf import settings
from structlog.processors import format_exc_info
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, ProcessorReturnValue

from omega_site.log_secrets import redacted

# A traceback may be long; a frame of somebody's must not fill the disk.
LONGEST: Final = 10_000
# What is looked through for secrets beyond that: one that is cut would not be known any more.
_LOOKED_THROUGH: Final = LONGEST + 500
_HEAD: Final = ("timestamp", "level", "severity", "process", "logger", "event")
_PROGRAMS: Final = ("broadcast", "beat", "worker", "web")
# Shown below a line for people.
_BLOCKS: Final = ("exception", "stack")

# What Python itself warns of is a line too.
logging.captureWarnings(capture=True)
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        structlog.contextvars.merge_contextvars,
        ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)


def formatter(kind: str) -> ProcessorFormatter:
    """The formatter of a handler: json, console, or text, which is the event and its error alone."""
    render = {"json": _as_json, "console": _for_people, "text": _as_text}[kind]
    return ProcessorFormatter(
        foreign_pre_chain=[structlog.contextvars.merge_contextvars],
        processors=[_with_head, format_exc_info, ProcessorFormatter.remove_processors_meta, _harmless, render],
    )


def rank(level: int) -> int:
    """0 INFO, 1 WARNING, 2 ERROR and worse; -1 below."""
    return max(-1, min(2, level // 10 - 2))


def harmless(text: str, kept: str = "") -> str:
    """Without secrets, bounded, and without what could steer a terminal, begin a line or turn its direction."""
    told = redacted(text[:_LOOKED_THROUGH])
    told = told if len(told) <= LONGEST else f"{told[: LONGEST - 1]}…"
    if told.isprintable():
        return told
    return "".join(each if each.isprintable() or each in kept else ascii(each)[1:-1] for each in told)


def program(arguments: Sequence[str]) -> str:
    """Which of our programs was started so; the role of the process where it is none."""
    words = {argument.rpartition(".")[2] for argument in arguments}
    return next((name for name in _PROGRAMS if name in words), settings.OMEGA_ROLE)


def process() -> str:
    """This one, by program and number."""
    return f"{program(sys.orig_argv)} {os.getpid()}"


def of_child(name: str, line: str) -> str:
    """What a child of ours printed, as a line of the same log: its own lines are, those of other programs become so."""
    if settings.LOG_FORMAT == "console":
        return f"{name:<8} | {harmless(line)}"
    if line.startswith('{"timestamp"'):
        return line
    head = (_stamp(datetime.now(UTC)), rank(logging.INFO), "INFO", name, name, harmless(line))
    return _encoded(dict(zip(_HEAD, head, strict=True)))


def _with_head(_logger: object, _method: str, event: EventDict) -> EventDict:
    """The fields that every line has, first."""
    record: logging.LogRecord = event["_record"]
    moment = _stamp(datetime.fromtimestamp(record.created, UTC))
    head = (moment, rank(record.levelno), record.levelname, process(), record.name, event.pop("event"))
    error = event["exc_info"][1] if isinstance(event.get("exc_info"), tuple) else None
    told = {"error": f"{type(error).__name__}: {error}"} if error else {}
    # Of what Django says once the answer has left all middleware.
    around = getattr(getattr(record, "request", None), "log_context", {})
    return {**dict(zip(_HEAD, head, strict=True)), **event, **around, **told}


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _harmless(_logger: object, _method: str, event: EventDict) -> EventDict:
    return {name: _harmless_value(name, value) for name, value in event.items()}


def _harmless_value(name: str, value: object) -> object:
    """Numbers are what they are; all else is text."""
    if isinstance(value, int | float):
        return value
    return harmless(str(value), kept="\n" if name in _BLOCKS else "")


def _as_json(_logger: object, _method: str, event: EventDict) -> ProcessorReturnValue:
    return _encoded(event)


def _encoded(event: EventDict) -> str:
    return msgspec.json.encode(event).decode()


def _as_text(_logger: object, _method: str, event: EventDict) -> ProcessorReturnValue:
    return ": ".join(event[name] for name in ("event", "error") if name in event)


def _for_people(_logger: object, _method: str, event: EventDict) -> ProcessorReturnValue:
    """A line; a traceback stands below it, indented, so that none of it looks like another event."""
    blocks = [event.pop(name) for name in _BLOCKS if name in event]
    event.pop("error", None)
    timestamp, _level, severity, _process, logger, said = (event.pop(name) for name in _HEAD)
    around = "".join(f" {name}={value}" for name, value in event.items())
    return "\n    ".join([f"{timestamp} {severity} {logger} {said}{around}", *"\n".join(blocks).splitlines()])
