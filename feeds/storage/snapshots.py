"""Health snapshots: how each part of the system was. Every transition is a row; samples in between may be dropped.

What a loop sees (venues, Redis servers, the database) waits in its journal until the database takes it. What happens to
a lease happens in the database, so its row is written in the same transaction.
"""

import os
import socket
from datetime import datetime
from typing import Any, Final

from django.db.models.functions import Now

from feeds.errors import MAX_TEXT
from feeds.models import HealthSnapshot

TAKEN: Final = "taken"
LOST: Final = "lost"
RELEASED: Final = "released"
# What the subject of a worker begins with.
WORKER: Final = "worker:"
STOPPED: Final = "stopped"


def venue_subject(feed: str, venue: str) -> str:
    return f"venue:{feed}:{venue}"


def transition(subject: str, state: str, reason: str, at: datetime, **detail: Any) -> HealthSnapshot:
    """A part entered a state. The row is not written yet."""
    return HealthSnapshot(
        subject=subject,
        state=state,
        reason=reason[:MAX_TEXT],
        is_transition=True,
        detail=detail,
        source=this_process(),
        taken_at=at,
    )


def sample(subject: str, state: str, at: datetime, reason: str = "", **detail: Any) -> HealthSnapshot:
    """How a part is, whatever it was before. The row is not written yet."""
    row = transition(subject, state, reason, at, **detail)
    row.is_transition = False
    return row


def worker(state: str, reason: str, at: datetime) -> HealthSnapshot:
    """This process started, hands over or stopped."""
    return transition(f"{WORKER}{this_process()}", state, reason, at)


def lease_taken(resource: str, holder: str, fence: int) -> None:
    """Writes that a lease was taken. Whoever had it and never gave it back has lost it now. Call it with the claim."""
    former = HealthSnapshot.objects.filter(subject=_lease(resource)).order_by("-id").first()
    if former is not None and former.state == TAKEN:
        _write_lease(resource, LOST, former.detail["holder"], former.detail["fence"], "its holder did not renew it")
    _write_lease(resource, TAKEN, holder, fence)


def lease_released(resource: str, holder: str, fence: int) -> None:
    """Writes that a lease was given back. Call it with the release."""
    _write_lease(resource, RELEASED, holder, fence)


def this_process() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"[:80]


def _lease(resource: str) -> str:
    return f"lease:{resource}"


def _write_lease(resource: str, state: str, holder: str, fence: int, reason: str = "") -> None:
    """By the database's clock, as the lease itself."""
    HealthSnapshot.objects.create(
        subject=_lease(resource),
        state=state,
        reason=reason,
        is_transition=True,
        detail={"holder": holder, "fence": fence},
        source=this_process(),
        taken_at=Now(),
    )
