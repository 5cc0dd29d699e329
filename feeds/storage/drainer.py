"""One server's log drains into the database for as long as its lease is held."""

import threading
from contextlib import closing

from django.conf import settings

from feeds.clock import Clock
from feeds.storage import lease
from feeds.storage.consumer import LogConsumer
from feeds.storage.drain import Drain


def run_drain(server: str, holder: str, stop: threading.Event, clock: Clock) -> bool:
    """Until `stop` is set or the lease is lost. False if somebody else holds it. Blocking calls: give it a thread."""
    resource = f"drain:{server}"
    fence = lease.claim(resource, holder)
    if fence is None:
        return False
    renew_at = 0.0

    def may_go_on() -> bool:
        nonlocal renew_at
        if clock.monotonic() < renew_at:
            return True
        renew_at = clock.monotonic() + lease.RENEW_EVERY_S
        return lease.renew(resource, holder, fence)

    url = settings.REDIS_URL if server == "primary" else settings.FAILOVER_REDIS_URL
    with closing(LogConsumer("drain", url)) as consumer:
        Drain(consumer, clock).run(stop, may_go_on)
    lease.release(resource, holder, fence)
    return True
