"""The drain of one server's log, run by whoever holds its lease."""

import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import partial

from feeds.clock import Clock
from feeds.storage import counts, gauge, lease
from feeds.storage.consumer import LogConsumer
from feeds.storage.database import DATABASE_ERRORS
from feeds.storage.drain import Drain
from feeds.storage.redis import RedisDown
from feeds.storage.servers import addresses
from feeds.storage.sync import copy_state


def lease_name(server: str) -> str:
    return f"drain:{server}"


def run_drain(server: str, holder: str, stop: threading.Event, clock: Clock) -> bool:
    """Drains the server's log until `stop` is set or the lease is lost. False if somebody else holds it. Blocking."""
    fence = lease.claim(lease_name(server), holder)
    if fence is None:
        return False
    try:
        gauge.clear_unknown(addresses(), clock.now())
        with closing(LogConsumer("drain", addresses()[server])) as consumer:
            drain = Drain(consumer, clock, server, partial(_catch_up, server, clock))
            drain.run(stop, _Renewal(server, holder, fence, clock))
    finally:
        # A database that is down lets it expire.
        with suppress(*DATABASE_ERRORS):
            lease.release(lease_name(server), holder, fence)
    return True


class _Renewal:
    """Asked before each batch, by the thread that does the work: one that hangs loses its lease."""

    def __init__(self, server: str, holder: str, fence: int, clock: Clock) -> None:
        self._renew = partial(lease.renew, lease_name(server), holder, fence)
        self._clock = clock
        self._renew_at = clock.monotonic() + lease.RENEW_EVERY_S

    def __call__(self) -> bool:
        now = self._clock.monotonic()
        if now < self._renew_at:
            return True
        self._renew_at = now + lease.RENEW_EVERY_S
        return self._renew()


def _catch_up(server: str, clock: Clock, epoch: str) -> Iterator[None]:
    others = addresses()
    url = others.pop(server)
    for other_url in others.values():
        yield from copy_state(server, url, other_url, epoch, clock)
        # Where either is away again, the next return brings them.
        with suppress(RedisDown):
            yield from counts.copy(other_url, url)
