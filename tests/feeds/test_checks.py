"""System checks tell what would fail later."""

import socket
from collections.abc import Callable

import pytest
from django.core.checks import CheckMessage, run_checks
from pytest_django import Settings

from feeds import checks

REDIS = "redis://:secret@127.0.0.1:6379/0"
LAYER = "channels_redis.pubsub.RedisPubSubChannelLayer"


def ids(check: Callable[..., list[CheckMessage]]) -> list[str | None]:
    messages = check(None)
    assert all(message.hint for message in messages)
    return [message.id for message in messages]


def test_settings_as_delivered_pass() -> None:
    """None of our own checks complains."""
    assert [message for message in run_checks() if str(message.id).startswith("feeds.")] == []


@pytest.mark.parametrize(("pool", "found"), [("threads", []), ("prefork", ["feeds.E001"]), ("solo", ["feeds.E001"])])
def test_worker_pool_is_threads(settings: Settings, pool: str, found: list[str]) -> None:
    """W2: in any other pool a session never hears that its worker stops."""
    settings.CELERY_WORKER_POOL = pool
    assert ids(checks.check_worker_pool) == found


@pytest.mark.parametrize(
    ("name", "value"), [("USE_TZ", False), ("TIME_ZONE", "Europe/Berlin"), ("CELERY_TIMEZONE", "Europe/Berlin")]
)
def test_everything_runs_on_utc(settings: Settings, name: str, value: object) -> None:
    """F-14: one clock, for Django and for beat."""
    assert ids(checks.check_utc) == []
    setattr(settings, name, value)
    assert ids(checks.check_utc) == ["feeds.E002"]


@pytest.mark.parametrize(
    ("host", "port", "found"),
    [
        ("", 6379, []),
        ("127.0.0.1", 6379, ["feeds.E003"]),
        ("localhost", 6379, ["feeds.E003"]),
        ("LOCALHOST.", 6379, ["feeds.E003"]),
        ("ip6-localhost", 6379, ["feeds.E003"]),
        (socket.gethostname(), 6379, ["feeds.E003"]),
        ("127.0.1.1", 6379, ["feeds.E003"]),
        ("0.0.0.0", 6379, ["feeds.E003"]),  # noqa: S104
        ("[::1]", 6379, ["feeds.E003"]),
        ("[::ffff:127.0.0.1]", 6379, ["feeds.E003"]),
        ("127.0.0.1", 6380, []),
        ("redis.example", 6379, []),
    ],
)
def test_failover_redis_is_another_server(settings: Settings, host: str, port: int, found: list[str]) -> None:
    """L-09: one server under two names is no failover."""
    settings.REDIS_URL, settings.FAILOVER_REDIS_URL = REDIS, f"redis://:other@{host}:{port}/0" if host else ""
    assert ids(checks.check_redis_pair) == found


@pytest.mark.parametrize(
    ("layer", "found"),
    [
        ({"BACKEND": LAYER, "CONFIG": {"hosts": [{"address": REDIS, "socket_timeout": 30}]}}, []),
        ({"BACKEND": LAYER, "CONFIG": {"hosts": [REDIS]}}, ["feeds.E004"]),
        ({"BACKEND": LAYER, "CONFIG": {"hosts": [{"address": REDIS}]}}, ["feeds.E004"]),
        ({"BACKEND": LAYER, "CONFIG": {"hosts": [{"address": REDIS, "socket_timeout": 5}]}}, ["feeds.E004"]),
        ({"BACKEND": LAYER}, ["feeds.E004"]),
        ({"BACKEND": "channels.layers.InMemoryChannelLayer"}, []),
    ],
)
def test_channel_layer_is_patient(settings: Settings, layer: dict[str, object], found: list[str]) -> None:
    """redis-py's own five seconds would close idle sockets."""
    settings.CHANNEL_LAYERS = {"default": layer}
    assert ids(checks.check_channel_layer) == found


@pytest.mark.parametrize(
    ("name", "seconds", "found"),
    [
        ("TRADE_RETENTION_S", 2 * 86_400, []),
        ("TRADE_RETENTION_S", 2 * 86_400 - 1, ["feeds.E010"]),
        ("TRADE_RETENTION_S", 367 * 86_400, ["feeds.E010"]),
        ("CANDLE_RETENTION_S", 2_551_443, []),
        ("CANDLE_RETENTION_S", 2_551_442, ["feeds.E010"]),
        ("UPTIME_RETENTION_S", 30 * 86_400, ["feeds.E010"]),
        ("HEALTH_RETENTION_S", 90 * 86_400_000, ["feeds.E010"]),
        ("DEAD_LETTER_RETENTION_S", 0, ["feeds.E010"]),
        ("DIARY_RETENTION_S", -1, ["feeds.E010"]),
        ("HEALTH_SAMPLE_RETENTION_S", 3600, []),
    ],
)
def test_retention_can_be_meant(settings: Settings, name: str, seconds: int, found: list[str]) -> None:
    """F-18: seconds that were meant as days, or milliseconds as seconds, delete nothing."""
    setattr(settings, name, seconds)
    assert ids(checks.check_retention) == found


@pytest.mark.parametrize(("seconds", "found"), [(0, ["feeds.E011"]), (1, []), (3600, []), (3601, ["feeds.E011"])])
def test_health_samples_have_a_sensible_pace(settings: Settings, seconds: int, found: list[str]) -> None:
    """D-07: ten seconds by default."""
    settings.HEALTH_SAMPLE_EVERY_S = seconds
    assert ids(checks.check_health_samples) == found
