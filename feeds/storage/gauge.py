"""How far a log is drained, for people to see, and an alert before its server has no memory left for it."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final

from feeds.clock import Clock
from feeds.models import Alert
from feeds.storage.consumer import LogConsumer, Memory
from feeds.storage.redis import RedisDown
from feeds.storage.status import DrainStatus

# Parts of the memory that the server may use: an alert from the first on, until it is below the second again.
ALARM_AT: Final = 0.5
CALM_BELOW: Final = 0.4
FULL: Final = "redis_memory"
FORGETS: Final = "redis_policy"


class Gauge:
    """Count what is drained, and `tell` every few seconds. Blocking calls."""

    def __init__(self, server: str, consumer: LogConsumer, clock: Clock) -> None:
        self._server = server
        self._consumer = consumer
        self._clock = clock
        self._drained = 0
        self._told_at = clock.monotonic()

    def count(self, drained: int) -> None:
        self._drained += drained

    def tell(self) -> None:
        """Leaves a status on the server, and an alert in the database where somebody should look after it."""
        passed = self._clock.monotonic() - self._told_at
        rate = self._drained / passed if passed > 0 else 0.0
        self._drained, self._told_at = 0, self._clock.monotonic()
        pending, backlog = self._consumer.waiting()
        # A server that is full takes no status, and has to be drained all the more.
        with suppress(RedisDown):
            self._consumer.tell(DrainStatus(self._server, pending, backlog, round(rate, 1), self._clock.now()))
        _follow(self._server, self._consumer.memory(), self._clock.now())


def alarms(memory: Memory, raised: Mapping[str, object]) -> dict[str, str]:
    """What there is to be alarmed about, by kind; of what is raised already a little less is enough. Pure."""
    found: dict[str, str] = {}
    part = memory.used / memory.most if memory.most else 0.0
    if part > ALARM_AT or (FULL in raised and part >= CALM_BELOW):
        found[FULL] = f"{part:.0%} of the memory that it may use is used: does the database take what it holds?"
    if memory.policy != "noeviction":
        found[FORGETS] = f"its maxmemory-policy is {memory.policy}, so it may forget the log: make it noeviction"
    return found


def clear_unknown(servers: Collection[str], now: datetime) -> None:
    """Clears what stands about other servers than these: nobody drains them any more, and would."""
    standing = Alert.objects.filter(kind__in=(FULL, FORGETS), cleared_at=None)
    standing.exclude(subject__in=servers).update(cleared_at=now)


def _follow(server: str, memory: Memory, now: datetime) -> None:
    """Raises and clears alerts; one that stands keeps its first words."""
    raised = {row.kind: row for row in Alert.objects.filter(kind__in=(FULL, FORGETS), subject=server, cleared_at=None)}
    found = alarms(memory, raised)
    for kind, row in raised.items():
        if kind not in found:
            row.cleared_at = now
            row.save(update_fields=["cleared_at"])
    for kind, text in found.items():
        if kind not in raised:
            Alert.objects.create(kind=kind, subject=server, text=f"Redis {server}: {text}", raised_at=now)
