"""What the database says of the running system."""

from datetime import UTC, datetime

import pytest

from feeds.models import Alert, DeadLetter, Feed, Inbox
from feeds.queries import database_look
from feeds.storage import lease
from tests.dashboard.samples import NOON, store_trades, trade

pytestmark = pytest.mark.django_db


def test_who_runs_what_is_said_only_while_it_is_held() -> None:
    """W1: a lease that was given back is nobody's."""
    fence = lease.claim("feed:main", "host:1:1")
    assert fence is not None
    assert lease.claim("drain:primary", "host:2:1") is not None
    assert database_look().holders == {"feed:main": "host:1:1", "drain:primary": "host:2:1"}
    lease.release("feed:main", "host:1:1", fence)
    assert database_look().holders == {"drain:primary": "host:2:1"}


def test_what_waits_for_a_person_is_counted() -> None:
    """D9: dead letters that a retry stored, alerts that are over and those of a feed are left out."""
    now = datetime.now(UTC)
    for number, stored_at in enumerate((None, None, now)):
        DeadLetter.objects.create(
            server="primary", entry_id=f"{number}-0", content="{}", reason="x", set_aside_at=now, stored_at=stored_at
        )
    Alert.objects.create(kind="redis_memory", text="61 %", raised_at=now)
    Alert.objects.create(kind="beat", text="late", raised_at=now, cleared_at=now)
    Alert.objects.create(kind="clock", text="off", raised_at=now, feed=Feed.objects.get())
    look = database_look()
    assert look.dead_letters == 2
    assert [alert.kind for alert in look.alerts] == ["redis_memory"]


def test_how_far_logs_are_drained_and_back_to_when_history_goes() -> None:
    """L-14: the place of each server's log, and the first trade that is kept."""
    assert database_look().oldest_at is None
    store_trades(trade(1, "10"), trade(2, "11"))
    Inbox.objects.create(server="failover", epoch="e1", drained_id="5-1", drained_at=NOON)
    look = database_look()
    assert look.oldest_at == NOON
    assert look.inboxes["failover"].drained_id == "5-1"
    assert look.feeds == ("main",)
