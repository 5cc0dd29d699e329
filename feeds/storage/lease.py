"""One runner at a time. A lease is a row with an expiry by the database's clock and a fence that only rises.

The fence goes with every write of newest state: a holder that slept through its expiry is refused there.
"""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from feeds.models import Lease
from feeds.storage import snapshots

DURATION: Final = timedelta(seconds=6)
RENEW_EVERY_S: Final = 2.0


def claim(resource: str, holder: str, duration: timedelta = DURATION) -> int | None:
    """Takes a free or expired lease. The new fence; None while somebody holds it."""
    Lease.objects.get_or_create(resource=resource)
    is_free = Q(expires_at=None) | Q(expires_at__lt=Now())
    with transaction.atomic():
        taken = Lease.objects.filter(is_free, resource=resource).update(
            holder=holder, fence=F("fence") + 1, expires_at=Now() + duration
        )
        if not taken:
            return None
        # Until the commit nobody can take it over.
        fence = Lease.objects.values_list("fence", flat=True).get(resource=resource)
        snapshots.lease_taken(resource, holder, fence)
    return fence


def renew(resource: str, holder: str, fence: int) -> bool:
    """Extends our lease. False when it is no longer ours: stop at once."""
    mine = Lease.objects.filter(resource=resource, holder=holder, fence=fence)
    return mine.update(expires_at=Now() + DURATION) == 1


def release(resource: str, holder: str, fence: int) -> None:
    """Gives our lease back, so that a successor need not wait for its expiry."""
    mine = Lease.objects.filter(resource=resource, holder=holder, fence=fence)
    with transaction.atomic():
        if mine.update(holder="", expires_at=None):
            snapshots.lease_released(resource, holder, fence)


def unheld(resources: list[str]) -> list[str]:
    """Those of the resources that nobody holds now."""
    held = Lease.objects.filter(resource__in=resources, expires_at__gte=Now()).values_list("resource", flat=True)
    return sorted(set(resources) - set(held))
