"""What traders and operators are told of what was seen, in which words, and what to do about it."""

from datetime import timedelta
from pathlib import Path

import pytest

from dashboard.system import banner, manual, operation
from dashboard.system.system import Spool, System, judge
from feeds.queries.system import AlertRow
from feeds.storage.health import Failure
from tests.dashboard.samples import NOON
from tests.dashboard.system.samples import SINCE, account, away, database, following, groups_of, server, system

ROOT = Path(__file__).resolve().parents[3]


def test_an_account_is_named_only_to_who_may_see_it() -> None:
    """D-02: everybody else reads its number."""
    whole = following(account(2, "error"), account(4, "error"))
    assert [part.name for part in operation.groups(whole, {4: "Of Ada"})["Accounts"]] == ["Account 2", "Of Ada"]
    assert [reason.split(":")[0] for reason in judge(whole, {4: "Of Ada"})[1]] == ["account 2", "account Of Ada"]


def test_operators_read_why_an_account_is_in_error_and_since_when() -> None:
    """B3: in the sentence of its line, which a worker that is gone does not say any more."""
    error, gone = (account(number, "error", 60.0, "API key refused") for number in (2, 1))
    told, untold = groups_of(following(error, gone))["Accounts"]
    assert (told.facts, told.since_at) == ("API key refused", SINCE)
    assert (untold.facts, untold.since_at) == ("", None)
    (stale,) = groups_of(following(account(2, "connecting", 60.0)))["Accounts"]
    assert stale.since_at == NOON - timedelta(seconds=60)


@pytest.mark.parametrize(
    ("seen", "kinds"),
    [
        (system(server(), server()), []),
        (system(None, None), []),
        (system(server(), away()), []),
        (system(away(), server()), ["failover"]),
        (system(away(), away()), ["redis"]),
        (system(server(), server(waiting=9, oldest_s=11.0, oldest_at=SINCE)), ["history"]),
        (system(server(), server(), spool=Spool(1, SINCE)), ["history"]),
        (system(away(), away(), spool=Spool(1, SINCE)), ["redis", "history"]),
    ],
)
def test_what_traders_are_told(seen: System, kinds: list[str]) -> None:
    """L-01, R7: who leads, what is late and what stands still, since when; nothing where it does not touch them."""
    told = banner.lines(seen)
    assert [line.kind for line in told] == kinds
    assert all(line.since_at == SINCE for line in told)


def test_operators_see_every_part_with_what_to_do() -> None:
    """Each part has its state, and where it is not well what that means and what to do."""
    stored = database(dead_letters=2, alerts=(AlertRow("redis_memory", "primary uses 61 %", SINCE),))
    seen = system(away(Failure.CREDENTIALS), server(waiting=5, oldest_s=60.0), stored)
    parts = {part.name: part for group in groups_of(seen).values() for part in group}
    titles = {name: part.entry.title for name, part in parts.items()}
    assert titles == {
        "Primary server": "Refuses us",
        "Failover server, active": "Up",
        "main": "Runs",
        "Worker host:1": "Runs",
        "Redis memory": "Raised",
        "Log of the primary server": "Unknown",
        "Log of the failover server": "Behind",
        "Spool": "Empty",
        "Database": "Up",
        "Dead letters": "Some",
        "History": "Kept",
    }
    assert parts["main"].facts == "by host:1:1"
    assert parts["Worker host:1"].facts == "feed:main"
    assert parts["History"].facts == "trades since 01 Mar 2026 12:00"
    assert all(part.entry.advice for part in parts.values() if part.entry.tone == manual.BAD)


def test_a_log_that_nobody_drains_is_named_before_it_is_late() -> None:
    """W1: within 10 s nothing is late, and still somebody has to come."""
    holders = {"drain:primary": "host:1:1"}
    logs = groups_of(system(server(), server(waiting=1, oldest_s=1.0), database(holders=holders)))["Storing"][:2]
    assert [(part.entry.title, part.facts) for part in logs] == [
        ("Drained", "drained by host:1:1"),
        ("Nobody", "1 wait, the first for 1 s"),
    ]


def test_every_reason_of_a_failure_is_in_the_manual() -> None:
    """No state is left without words."""
    assert {str(failure) for failure in Failure} <= set(manual.SERVER)


def test_the_operations_page_has_the_same_words() -> None:
    """docs/operations.md and /system/ cannot drift apart."""
    page = (ROOT / "docs" / "operations.md").read_text()
    for title, entries in manual.SECTIONS.items():
        assert f"### {title}\n" in page
        for entry in entries.values():
            assert f"| {entry.title} | {entry.meaning} | {entry.advice or 'Nothing.'} |" in page
