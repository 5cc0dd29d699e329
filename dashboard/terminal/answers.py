"""The three answers of a site as values. Pure: JSON goes in."""

from contextlib import suppress
from typing import Final, TypeVar

import msgspec

from dashboard.system.health import Health, RedisStatus, Stranger
from dashboard.system.metrics import Metrics

T = TypeVar("T")
HEALTH, METRICS, REDIS = "health", "metrics", "redis"
PATHS: Final = {HEALTH: "/health", METRICS: "/metrics", REDIS: "/redis/status"}


class Told(msgspec.Struct, frozen=True):
    """What was answered, as it came, by PATHS; and of what was refused, why."""

    answers: dict[str, msgspec.Raw] = {}
    refusals: dict[str, str] = {}


class Answers(msgspec.Struct, frozen=True):
    """Strangers are told no more than the status: the other three are None."""

    status: str
    health: Health | None = None
    metrics: Metrics | None = None
    redis: RedisStatus | None = None
    refusals: dict[str, str] = {}


def read(told: Told) -> Answers:
    """Raises ValueError for what is not what a site answers."""
    return Answers(
        msgspec.json.decode(told.answers[HEALTH], type=Stranger).status,
        _health(told.answers[HEALTH]),
        _read(told, METRICS, Metrics),
        _read(told, REDIS, RedisStatus),
        told.refusals,
    )


def _health(answer: msgspec.Raw) -> Health | None:
    with suppress(msgspec.ValidationError):
        return msgspec.json.decode(answer, type=Health)
    return None


def _read(told: Told, name: str, kind: type[T]) -> T | None:
    return msgspec.json.decode(told.answers[name], type=kind) if name in told.answers else None
