"""One runner at a time. A lease is a row with an expiry by a clock that all share, and a fence that only rises.

The fence goes with every write of newest state: a holder that slept through its expiry is refused there.
"""

import time
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest

from feeds.models import Lease
from feeds.storage import snapshots
from feeds.storage.holder import is_gone
from feeds.storage.lease_clock import boot, now

DURATION: Final = timedelta(seconds=6)
RENEW_EVERY_S: Final = 2.0


def claim(resource: str, holder: str, duration: timedelta = DURATION) -> int | None:
    """Takes a free or expired lease. The new fence; None while somebody holds it."""
    Lease.objects.get_or_create(resource=resource)
    with transaction.atomic():
        free = Lease.objects.filter(~_is_held(), resource=resource)
        # Redis remembers every fence. By the time, those of a database that is new, or was restored, are higher still.
        higher = Greatest(F("fence") + 1, int(time.time()))
        if not free.update(holder=holder, fence=higher, **_until(duration)):
            return None
        # Until the commit nobody can take it over.
        fence = Lease.objects.values_list("fence", flat=True).get(resource=resource)
        snapshots.lease_taken(resource, holder, fence)
    return fence


def renew(resource: str, holder: str, fence: int) -> bool:
    """Extends our lease. False when it is no longer ours: stop at once."""
    mine = Lease.objects.filter(resource=resource, holder=holder, fence=fence)
    return mine.update(**_until(DURATION)) == 1


def release(resource: str, holder: str, fence: int) -> None:
    """Gives our lease back, so that a successor need not wait for its expiry."""
    mine = Lease.objects.filter(resource=resource, holder=holder, fence=fence)
    with transaction.atomic():
        if mine.update(holder="", expires_at=None):
            snapshots.lease_released(resource, holder, fence)


def prolong(resource: str, holder: str, duration: timedelta) -> None:
    """Holds a resource that many may hold together, from now on for so long."""
    Lease.objects.get_or_create(resource=resource)
    Lease.objects.filter(resource=resource).update(holder=holder, **_until(duration))


def unheld(resources: list[str]) -> list[str]:
    """Those of the resources that nobody holds now."""
    held = Lease.objects.filter(_is_held(), resource__in=resources).values_list("resource", flat=True)
    return sorted(set(resources) - set(held))


def give_back_of_the_gone(resources: list[str]) -> None:
    """Frees what is held by processes of this host that are no more: nobody has to wait until that runs out."""
    held = Lease.objects.filter(_is_held(), resource__in=resources).values_list("resource", "holder", "fence")
    for resource, holder, fence in held:
        if is_gone(holder):
            release(resource, holder, fence)


def _is_held() -> Q:
    """Whoever held it before the machine's last start is no more."""
    return Q(boot=boot(), expires_at__gte=now())


def _until(duration: timedelta) -> dict[str, Any]:
    return {"boot": boot(), "expires_at": now() + duration}
