"""What is kept, and what is not: every table at both of its bounds, and what stays whatever its age."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from feeds.models import Alert, DeadLetter, Gap, HealthSnapshot, Trade
from feeds.storage import snapshots
from feeds.storage.retention import LEAST, RULES, Rule
from tests.feeds.samples import NOON
from tests.feeds.storage import aged

pytestmark = pytest.mark.django_db
BY_NAME = {rule.table: rule for rule in RULES}
SECOND = timedelta(seconds=1)


def kept_since(rule: Rule) -> datetime:
    return NOON - timedelta(seconds=getattr(settings, rule.setting) if rule.setting else 0)


def expired(table: str) -> list[Any]:
    return [row for rows in BY_NAME[table].expired(NOON) for row in rows]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.table)
def test_row_goes_once_it_was_kept_for_as_long_as_is_said(rule: Rule) -> None:
    """F-18: not a moment earlier; the moment itself is still kept."""
    aged.one_of_each(kept_since(rule))
    aged.newest_of_each(NOON + SECOND)
    assert expired(rule.table) == []
    aged.one_of_each(kept_since(rule) - SECOND)
    assert len(expired(rule.table)) == (2 if rule.table == "alerts" else 1)


OLD = NOON - timedelta(days=40)


def test_trades_stay_until_their_bar_is_made() -> None:
    """F-18 F-17: it is made of all trades of its minute, so these and later ones wait."""
    for minutes in (-1, 0, 1):
        aged.trade(OLD + timedelta(minutes=minutes)).save()
    aged.trade(NOON).save()
    due = aged.candle(OLD, is_due=True)
    assert [row.traded_at for row in expired("trades")] == [OLD - timedelta(minutes=1)]
    assert expired("bars") == []
    due.is_due = False
    due.save()
    assert len(expired("trades")) == 3


@pytest.mark.parametrize("changes", [{"status": Gap.Status.OPEN}, {"before_id": "", "before_at": None}])
def test_trades_stay_where_a_gap_is_not_settled(changes: dict[str, Any]) -> None:
    """F-18: its end changes the bars from the minute on in which it began. It stays itself."""
    gap = aged.gap(OLD + timedelta(seconds=30), **changes)
    for seconds in (-1, 0, 30):
        aged.trade(OLD + timedelta(seconds=seconds)).save()
    aged.trade(NOON).save()
    assert [row.traded_at for row in expired("trades")] == [OLD - SECOND]
    Gap.objects.update(after_at=NOON - timedelta(days=500))
    assert expired("gaps") == []
    gap.delete()
    assert len(expired("trades")) == 3


def test_another_venue_does_not_wait() -> None:
    """F-18: what is not done at one of them holds up no other."""
    aged.candle(OLD, is_due=True)
    for at in (OLD, NOON):
        aged.trade(at, venue_id="htx").save()
    assert [row.venue_id for row in expired("trades")] == ["htx"]


def test_newest_trade_stays() -> None:
    """F-18: an instrument that nobody follows any more still has its last price."""
    for number in range(3):
        aged.trade(OLD + number * SECOND).save()
    assert [row.traded_at for row in expired("trades")] == [OLD, OLD + SECOND]


def test_trade_of_a_wrong_clock_is_kept_by_ours() -> None:
    """F-18: who looks for what was quarantined today finds it."""
    aged.trade(OLD, quarantine="clock", received_at=NOON).save()
    aged.trade(NOON).save()
    assert expired("trades") == []
    Trade.objects.update(received_at=OLD)
    assert len(expired("trades")) == 1


def test_open_alerts_and_waiting_letters_stay() -> None:
    """F-18: they wait for a person, however long."""
    long_ago = NOON - timedelta(days=5000)
    aged.one_of_each(long_ago)
    Alert.objects.update(cleared_at=None)
    DeadLetter.objects.update(stored_at=None)
    assert expired("alerts") == expired("dead letters") == []


def test_newest_row_of_each_subject_stays() -> None:
    """D-07: what nobody saw change is as it was; a worker is never seen again under its name."""
    long_ago = NOON - timedelta(days=5000)
    for state in ("away", "back"):
        snapshots.transition("database", state, "", long_ago).save()
        long_ago += SECOND
    for subject, state in (("worker:a:1", "started"), ("worker:b:2", snapshots.STOPPED)):
        snapshots.transition(subject, state, "", long_ago).save()
    assert [(row.subject, row.state) for row in expired("transitions")] == [
        ("database", "away"),
        ("worker:a:1", "started"),
        ("worker:b:2", "stopped"),
    ]


def test_samples_go_before_transitions() -> None:
    """D-07: a sample tells little after a week, and there are thousands a day."""
    month_ago = NOON - timedelta(days=30)
    for at in (month_ago, NOON):
        snapshots.sample("feed:main", "live", at).save()
        snapshots.transition("database", "back", "", at).save()
    assert [row.subject for row in expired("samples")] == ["feed:main"]
    assert expired("transitions") == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads the plans of SQLite")
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.table)
def test_expired_rows_are_a_range_of_an_index(rule: Rule) -> None:
    """F-18: whatever a table holds, finding the oldest rows searches no more than these, and sorts nothing."""
    aged.one_of_each(NOON)
    for rows in rule.expired(NOON):
        plan = step_of(rows).explain()
        found = plan.splitlines()[0]
        assert re.match(r".*SEARCH \S+ USING (COVERING )?INDEX .*<\?\)", found), plan
        assert "SCAN" not in plan
        assert "TEMP B-TREE" not in plan


def step_of(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.values_list("pk", flat=True)[:1000]


def test_page_and_example_say_how_long_everything_is_kept() -> None:
    """F-18: with the defaults of the settings, of each table that has one."""
    root = Path(__file__).parents[3]
    page, example = ((root / name).read_text() for name in ("docs/architecture.md", ".env.example"))
    assert {rule.setting for rule in RULES if rule.setting} == set(LEAST)
    for name in LEAST:
        assert f"`{name}`" in page
        assert f"# {name}={getattr(settings, name)}\n" in example


def test_snapshots_of_all_kinds_have_a_rule() -> None:
    """D-07: none is kept for ever but the newest of its subject."""
    long_ago = NOON - timedelta(days=5000)
    aged.one_of_each(long_ago)
    aged.newest_of_each(NOON)
    found = {row.pk for table in ("transitions", "samples") for row in expired(table)}
    assert found == set(HealthSnapshot.objects.filter(taken_at=long_ago).values_list("pk", flat=True))
