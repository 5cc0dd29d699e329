"""System checks: what is set up in a way that would fail later, with what to do about it."""

import socket
from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from feeds.storage.retention import objections


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
    if not settings.FAILOVER_REDIS_URL or _address(settings.FAILOVER_REDIS_URL) != _address(settings.REDIS_URL):
        return []
    hint = f"Point FAILOVER_REDIS_HOST and FAILOVER_REDIS_PORT to another server than {_address(settings.REDIS_URL)}."
    return [Error("The failover Redis is the primary Redis.", hint=hint, id="feeds.E003")]


def _address(url: str) -> str:
    """Where a server is, without its password."""
    parts = urlsplit(url)
    return f"{_machine(parts.hostname)}:{parts.port}" if parts.hostname else parts.path


def _machine(host: str) -> str:
    """The host, or localhost for whatever else this machine is called."""
    host = host.removesuffix(".")
    try:
        address = ip_address(host)
    except ValueError:
        is_here = host in ("localhost", "localhost.localdomain", "ip6-localhost", socket.gethostname().lower())
    else:
        if isinstance(address, IPv6Address):
            address = address.ipv4_mapped or address
        is_here = address.is_loopback or address.is_unspecified
    return "localhost" if is_here else host


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


@register(Tags.compatibility)
def check_retention(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:
    """What is deleted too early is gone."""
    return [
        Error(f"{name} cannot be meant: {getattr(settings, name)} s.", hint=hint, id="feeds.E010")
        for name, hint in objections().items()
    ]


@register(Tags.compatibility)
def check_health_samples(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:
    """More often than a feed looks, or hardly ever."""
    if 1 <= settings.HEALTH_SAMPLE_EVERY_S <= 3600:
        return []
    hint = "Set HEALTH_SAMPLE_EVERY_S to a number of seconds from 1 to 3600."
    return [Error("Health samples would be taken too often or never.", hint=hint, id="feeds.E011")]
