"""What this process keeps for a few seconds to answer quickly, and never tells when it is older (B-13).

Who asks brings the time, so an age is judged by the same clock as whatever else is on the page.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.core.cache import caches

TTL_S: Final = 5


def keep(name: str, value: object, now: datetime, ttl_s: int = TTL_S) -> None:
    """For `ttl_s` seconds at most. None is nothing that could be kept."""
    caches["memory"].set(name, (now, timedelta(seconds=ttl_s), value), ttl_s)


def kept(name: str, now: datetime) -> Any:
    """None for what is not kept or is too old. Who asks may have looked at the clock a moment before it was kept."""
    kept_at, ttl, value = caches["memory"].get(name) or (now, timedelta(), None)
    return value if abs(now - kept_at) < ttl else None
