"""Times in the addresses that a chart asks for. Pure."""

from datetime import UTC, datetime
from typing import Final

# No chart shows a time after the year 2100.
_LAST: Final = 4_102_444_800


def moment(seconds: str) -> datetime | None:
    """A time by its seconds since 1970, as charts count; None for what is none."""
    try:
        number = int(seconds)
    except ValueError:
        return None
    return datetime.fromtimestamp(number, UTC) if 0 <= number <= _LAST else None
