"""Whether beat is alive: each of its tasks prolongs a lease, and a lease that runs out is an alert."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from feeds.models import Alert, Lease
from feeds.storage import lease

BEAT: Final = "beat"
# Some four of its tasks.
MISSED_AFTER: Final = timedelta(seconds=45)
_TEXT: Final = (
    "No task of beat has come for 45 s: it or the broker is down, or the queue is long. Feeds go on without it."
)


def heard(now: datetime) -> None:
    """A task of beat has come. However many beats there are, that is all it does."""
    lease.prolong(BEAT, BEAT, MISSED_AFTER)
    Alert.objects.filter(kind=BEAT, cleared_at=None).update(cleared_at=now)


def look(now: datetime) -> None:
    """Raises the alert, once, whichever workers look. A beat that was never heard gets its time to start."""
    if not Lease.objects.filter(resource=BEAT).exists():
        lease.prolong(BEAT, "", MISSED_AFTER)
    if not lease.unheld([BEAT]):
        return
    with transaction.atomic():
        # Of two workers one has to wait here, and then sees the other one's alert.
        Lease.objects.select_for_update().get(resource=BEAT)
        if not Alert.objects.filter(kind=BEAT, cleared_at=None).exists():
            Alert.objects.create(kind=BEAT, subject=BEAT, text=_TEXT, raised_at=now)
