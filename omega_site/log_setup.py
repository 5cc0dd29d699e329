"""How logging is set up, in every process: where lines go, and which of libraries are left out."""

import logging
import sys
from typing import Any, Final, TextIO

# Celery's of a broker that is away, which it finds again by itself.
_BROKER_IS_AWAY: Final = ("consumer: Cannot connect to ", "beat: Connection error: ")


def _is_no_error_of_ours(record: logging.LogRecord) -> bool:
    """Lets all of it through; a broker that is away for a moment is a warning."""
    if record.levelno == logging.ERROR and str(record.msg).lstrip().startswith(_BROKER_IS_AWAY):
        record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
    return True


_FILTERS: Final[dict[str, Any]] = {
    # django_structlog tells once more of what failed, after Django's "Internal Server Error" and Celery's own line.
    "not_twice": {
        "()": "django.utils.log.CallbackFilter",
        "callback": lambda record: (
            not isinstance(record.msg, dict) or record.msg["event"] not in ("request_failed", "task_failed")
        ),
    },
    "broker_is_away": {"()": "django.utils.log.CallbackFilter", "callback": _is_no_error_of_ours},
    # A client's frame that is no UTF-8 is answered with 1007; uvicorn adds a traceback of ours.
    "not_bad_text": {
        "()": "django.utils.log.CallbackFilter",
        "callback": lambda record: not str(record.msg).startswith("Invalid UTF-8"),
    },
}
_LOGGERS: Final[dict[str, Any]] = {
    # Without handlers of Django's own: where DEBUG is on it prints all once more, as it came.
    "django": {"handlers": []},
    "django.server": {"handlers": [], "propagate": True},
    "django_structlog.middlewares.request": {"filters": ["not_twice"]},
    "django_structlog.celery.receivers": {"filters": ["not_twice"]},
    # At DEBUG it prints whole frames, and a login frame holds a key and its signature.
    "websockets": {"level": "WARNING"},
    "daphne": {"level": "WARNING"},
    # Below it tells of whatever a stranger sends that is no request, and at DEBUG it prints frames.
    "uvicorn.error": {"level": "ERROR", "filters": ["not_bad_text"]},
    # These print addresses and headers, which hold a key, its passphrase and a signature.
    "httpx": {"level": "WARNING"},
    "httpcore": {"level": "WARNING"},
    "hpack": {"level": "WARNING"},
    # A traceback each second while Redis is away; whoever hears control messages says that once.
    "channels_redis": {"level": "CRITICAL"},
    # Of what a loop waits for, with its arguments.
    "asyncio": {"level": "WARNING"},
    "celery.worker.consumer.consumer": {"filters": ["broker_is_away"]},
    "celery.beat": {"filters": ["broker_is_away"]},
    # Two lines for each run of beat's schedule.
    "celery.worker.strategy": {"level": "WARNING"},
    "celery.app.trace": {"level": "WARNING"},
}


def output(role: str) -> TextIO:
    """Where lines go (B-16): the standard output of a command is what it was asked for, so there they go beside it."""
    return sys.stderr if role == "command" else sys.stdout


def settings(form: str, level: str, role: str) -> dict[str, Any]:
    """Django's LOGGING. `form` is json or console, `role` that of the process."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "omega_site.log_line.formatter", "kind": form}},
        "handlers": {
            "output": {"class": "logging.StreamHandler", "formatter": "line", "stream": output(role)},
            # For /system/. What a person starts by hand tells that person.
            "redis": {"class": "omega_site.log_handler.LogHandler", "level": "WARNING"},
        },
        "root": {"handlers": ["output"] if role == "command" else ["output", "redis"], "level": level},
        "filters": _FILTERS,
        "loggers": _LOGGERS,
    }
