"""The two Redis servers, by name."""

from typing import Final

from django.conf import settings

PRIMARY: Final = "primary"
FAILOVER: Final = "failover"


def addresses() -> dict[str, str]:
    """Where each one is; there may be no failover."""
    urls = {PRIMARY: settings.REDIS_URL, FAILOVER: settings.FAILOVER_REDIS_URL}
    return {name: url for name, url in urls.items() if url}
