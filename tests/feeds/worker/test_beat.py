"""Whether beat is alive, as the database knows it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from feeds.models import Alert, Lease
from feeds.storage.lease_clock import now
from feeds.worker import beat
from tests.clock import ManualClock

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 4


def let_it_miss() -> None:
    Lease.objects.filter(resource=beat.BEAT).update(expires_at=now() - timedelta(seconds=1))


def test_beat_that_was_just_heard_is_no_alert(clock: ManualClock) -> None:
    """W8: nor one that was never heard, for as long as it may take to start."""
    beat.look(clock.now())
    beat.heard(clock.now())
    beat.look(clock.now())
    assert not Alert.objects.exists()
    assert beat.MISSED_AFTER.total_seconds() < 60


def test_dead_beat_is_one_alert_until_it_is_back(clock: ManualClock) -> None:
    """W8: of no feed; cleared with its first task."""
    beat.heard(clock.now())
    let_it_miss()
    for _ in range(3):
        beat.look(clock.now())
    alert = Alert.objects.get()
    assert (alert.kind, alert.feed, alert.cleared_at) == ("beat", None, None)
    beat.heard(clock.now())
    alert.refresh_from_db()
    assert alert.cleared_at == clock.now()
    beat.look(clock.now())
    assert Alert.objects.count() == 1


def test_workers_that_look_together_raise_one_alert(clock: ManualClock) -> None:
    """W9: what is done by several is done once."""
    beat.heard(clock.now())
    let_it_miss()

    def look(_: int) -> None:
        try:
            beat.look(clock.now())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(look, range(WORKERS)))
    assert Alert.objects.count() == 1
