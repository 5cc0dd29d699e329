"""What the server says of itself: how the pair of Redis servers does, and what its processes warn of."""

from datetime import datetime
from typing import ClassVar

import msgspec

from dashboard.protocol.message import Message
from dashboard.protocol.topics import Topic


class RedisLine(msgspec.Struct, frozen=True):
    """One server. `state` is up, or in one word why it is not well; `since_at` is since when it answers, or does not.

    `memory` is in bytes, `memory_max` 0 where it has no bound. `commands_per_s` is what all programs ask of it.
    `operations` and `failures` are those of the worker that tells of the servers, None while none does. `waiting`
    entries of its log are not in the database, the first of them for `oldest_s`. What it does not tell is None.
    """

    name: str
    state: str
    is_active: bool
    since_at: datetime | None = None
    latency_ms: float | None = None
    memory: int | None = None
    memory_max: int = 0
    commands_per_s: int | None = None
    operations: int | None = None
    failures: int | None = None
    waiting: int | None = None
    oldest_s: float = 0.0


class Redis(Message, frozen=True, kw_only=True, tag="redis"):
    """The pair. The log goes to the active server, since `since_at` and for `reason`, where it ever moved.

    `spool` are bytes that wait in files because no server takes them. `validated_per_s` are trades that were believed,
    of all venues and feeds, lately; None while nobody tells.
    """

    kind: ClassVar[Topic | None] = Topic.REDIS
    is_urgent: ClassVar[bool] = False

    servers: list[RedisLine]
    switches: int = 0
    since_at: datetime | None = None
    reason: str = ""
    spool: int = 0
    validated_per_s: float | None = None

    @property
    def key(self) -> str:
        return "redis"


class Warned(msgspec.Struct, frozen=True):
    """What a process warned of. `level` is WARNING, ERROR or CRITICAL, `place` the module that said it."""

    at: datetime
    level: str
    process: str
    place: str
    text: str


class Log(Message, frozen=True, kw_only=True, tag="log"):
    """The last warnings and errors of all processes, newest first."""

    kind: ClassVar[Topic | None] = Topic.LOG
    is_urgent: ClassVar[bool] = False

    lines: list[Warned]

    @property
    def key(self) -> str:
        return "log"
