"""System checks: what is set up in a way that would fail later, with what to do about it."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.compatibility)
def check_worker_pool(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:
    """A session in a forked pool never hears that its worker stops."""
    if settings.CELERY_WORKER_POOL == "threads":
        return []
    hint = "Set CELERY_WORKER_POOL to threads."
    return [Error("Celery's worker pool cannot stop sessions cleanly.", hint=hint, id="feeds.E001")]


@register(Tags.compatibility)
def check_utc(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:
    """Every stored time is aware UTC, and beat's must be the same."""
    if settings.USE_TZ and settings.TIME_ZONE == settings.CELERY_TIMEZONE == "UTC":
        return []
    hint = "Set USE_TZ to True, TIME_ZONE and CELERY_TIMEZONE to UTC."
    return [Error("Times are not kept in UTC.", hint=hint, id="feeds.E002")]


@register(Tags.compatibility)
def check_redis_pair(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:
    """One server under two names is no failover (L-09)."""
    primary = urlsplit(settings.REDIS_URL)
    host, port = settings.FAILOVER_REDIS_HOST, settings.FAILOVER_REDIS_PORT
    if not host or (_address(host), port) != (_address(primary.hostname or ""), primary.port):
        return []
    hint = f"Point FAILOVER_REDIS_HOST and FAILOVER_REDIS_PORT to another server than {primary.hostname}:{port}."
    return [Error("The failover Redis is the primary Redis.", hint=hint, id="feeds.E003")]


def _address(host: str) -> str:
    return "127.0.0.1" if host in settings.LOOPBACK else host


@register(Tags.compatibility)
def check_channel_layer(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:
    """redis-py 8 ends idle reads after 5 s, which closes idle sockets (django/channels_redis#422)."""
    layer: dict[str, Any] = settings.CHANNEL_LAYERS["default"]
    hosts = layer.get("CONFIG", {}).get("hosts", [])
    patient = all(isinstance(host, dict) and host.get("socket_timeout", 0) > 5 for host in hosts)
    if "channels_redis" not in layer["BACKEND"] or (hosts and patient):
        return []
    hint = "Give each host of CHANNEL_LAYERS an address and a socket_timeout above 5."
    return [Error("The channel layer would drop idle consumers after 5 s.", hint=hint, id="feeds.E004")]
