"""In what manner texts are written: the language, the numbers and the time zone of whoever reads them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

PLAIN, CONTINENTAL, SPACED = "plain", "continental", "spaced"
# How 1,234.56 is written; a space that does not break. static/dashboard/figures.js knows the same.
_SEPARATORS: Final[dict[str, dict[int, str]]] = {
    CONTINENTAL: {ord(","): ".", ord("."): ","},
    SPACED: {ord(","): "\u00a0"},
}


class Manner(NamedTuple):
    """As it is, that of whoever said nothing, and of programs."""

    language: str = "en"
    numbers: str = PLAIN
    zone: str = "UTC"


_active: Final[ContextVar[Manner]] = ContextVar("manner", default=Manner())  # noqa: B039  # a tuple


def active() -> Manner:
    return _active.get()


def activate(manner: Manner) -> None:
    """For what follows in this task or thread."""
    _active.set(manner)
    translation.activate(manner.language)
    timezone.activate(_zone(manner.zone))


@contextmanager
def used(manner: Manner) -> Iterator[None]:
    """For what is in the block."""
    token = _active.set(manner)
    try:
        with translation.override(manner.language), timezone.override(_zone(manner.zone)):
            yield
    finally:
        _active.reset(token)


def number(text: str) -> str:
    """A number that is written as 1,234.56."""
    separators = _SEPARATORS.get(active().numbers)
    return text.translate(separators) if separators else text


def local(at: datetime) -> datetime:
    """The same moment by the reader's clock."""
    return at.astimezone(_zone(active().zone))


def time_of_day(at: datetime) -> str:
    return f"{local(at):%H:%M:%S}"


def zone_name(at: datetime) -> str:
    """UTC, or Europe/Berlin (UTC+1) at that moment."""
    zone = active().zone
    return zone if zone == "UTC" else f"{zone} ({_offset(local(at))})"


def _offset(at: datetime) -> str:
    offset = at.utcoffset()
    minutes = int(offset.total_seconds()) // 60 if offset else 0
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


@lru_cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
