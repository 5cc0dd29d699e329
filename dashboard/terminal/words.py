"""How figures read in a terminal: in ASCII, short, and a dash for what nobody knows. Pure."""

from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_MB, _GB = 1024**2, 1024**3
NOBODY_KNOWS: Final = "-"


def duration(seconds: float | None) -> str:
    """In its two largest units: 12 s, 3 min 5 s, 4 h 10 min, 2 d 3 h."""
    if seconds is None:
        return NOBODY_KNOWS
    whole = max(0, int(seconds))
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    if whole < _DAY:
        return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"
    return f"{whole // _DAY} d {whole % _DAY // _HOUR} h"


def since(at: datetime | None, now: datetime) -> str:
    return duration((now - at).total_seconds() if at else None)


def older(seconds: float | None, by: timedelta) -> float | None:
    """An age, so much after it was told."""
    return None if seconds is None else seconds + by.total_seconds()


def milliseconds(value: float | None) -> str:
    if value is None:
        return NOBODY_KNOWS
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def rate(per_second: float | None) -> str:
    return NOBODY_KNOWS if per_second is None else f"{per_second:,.1f}"


def count(number: int | None) -> str:
    return NOBODY_KNOWS if number is None else f"{number:,}"


def percent(share: float | None) -> str:
    """Only what is whole is called 100."""
    if share is None:
        return NOBODY_KNOWS
    return "100 %" if share == 1 else f"{min(int(share * 100_000) / 1000, 99.999):g} %"


def size(count: int | None) -> str:
    """Of bytes."""
    if count is None:
        return NOBODY_KNOWS
    return f"{count / _MB:,.1f} MB" if count < _GB else f"{count / _GB:,.1f} GB"


def price(text: str) -> str:
    """As it came, without the zeros at its end; with commas."""
    try:
        return f"{Decimal(text).normalize():,f}"
    except InvalidOperation:
        return text
