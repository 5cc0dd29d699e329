"""What is made of what was seen: how well the system is, what traders are told, and what operators."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from msgspec.structs import replace as replace_struct

from dashboard.accounts.look import AccountLook
from dashboard.system import banner, manual, operation
from dashboard.system.eye import Seen
from dashboard.system.system import DEGRADED, HEALTHY, UNHEALTHY, Spool, System, judge
from feeds.queries import DatabaseLook
from feeds.queries.system import AlertRow
from feeds.storage.health import Failure
from feeds.storage.look import PairTold, ServerLook
from feeds.storage.redis import RedisDown
from feeds.storage.status import PairStatus, ServerStatus
from tests.dashboard.accounts.samples import account_state
from tests.dashboard.samples import NOON

SINCE = NOON - timedelta(minutes=3)
ROOT = Path(__file__).resolve().parents[3]


def server(**said: Any) -> Seen[ServerLook]:
    usual = {"latency_ms": 0.4, "role": "master", "policy": "noeviction", "memory": 1, "memory_max": 100}
    return Seen(ServerLook(**{**usual, "waiting": 0, "oldest_s": 0.0, **said}), None, SINCE, NOON)


def away(why: Failure = Failure.FROZEN) -> Seen[ServerLook]:
    return Seen(server().value, RedisDown("no answer", why), SINCE, NOON, failures=1, last_error="no answer")


def database(**said: Any) -> Seen[DatabaseLook]:
    usual = {
        "feeds": ("main",),
        "holders": {"feed:main": "host:1:1"},
        "inboxes": {},
        "dead_letters": 0,
        "alerts": (),
        "oldest_at": NOON,
    }
    return Seen(DatabaseLook(**{**usual, **said}), None, SINCE, NOON)


def system(
    primary: Seen[ServerLook] | None,
    failover: Seen[ServerLook] | None,
    stored: Seen[DatabaseLook] | None = None,
    spool: Spool | None = None,
    *accounts: AccountLook,
) -> System:
    servers = {"primary": primary, "failover": failover}
    return System(NOON, servers, stored or database(), spool or Spool(0), Seen(accounts, None, SINCE, NOON))


def following(*accounts: AccountLook) -> System:
    """All is well but for these accounts; a worker has those of even numbers."""
    holders = {"feed:main": "host:1:1", "account:2": "host:1:2", "account:4": "host:1:2"}
    return system(server(), server(), database(holders=holders), None, *accounts)


def groups_of(seen: System) -> dict[str, list[operation.Part]]:
    """To somebody who may see no account."""
    return operation.groups(seen, {})


def account(
    number: int, state: str = "connected", stale_for: float | None = None, text: str = "", silent_for: float = 0.0
) -> AccountLook:
    stale_since_at = None if stale_for is None else NOON - timedelta(seconds=stale_for)
    written_at = NOON - timedelta(seconds=silent_for)
    line = account_state(number, state=state, text=text, since_at=SINCE, written_at=written_at)
    return AccountLook(number, line, stale_since_at)


@pytest.mark.parametrize(
    ("seen", "status", "words"),
    [
        (system(server(), server()), HEALTHY, []),
        (system(away(), server()), DEGRADED, ["redis primary: frozen"]),
        (system(server(), away(Failure.REFUSED)), DEGRADED, ["redis failover: refused"]),
        (system(away(), away()), UNHEALTHY, ["no server answers", "primary: frozen", "failover: frozen"]),
        (system(server(role="slave"), server()), DEGRADED, ["redis primary: read_only"]),
        (system(server(), server(), database(holders={})), UNHEALTHY, ["no worker runs any", "feed main"]),
        (system(server(), server(), database(feeds=("main", "second"))), DEGRADED, ["feed second"]),
        (system(server(), server(), database(feeds=(), holders={})), HEALTHY, []),
        (system(server(waiting=9, oldest_s=11.0, oldest_at=SINCE), server()), DEGRADED, ["trades wait"]),
        (system(server(waiting=9, oldest_s=0.2), server()), HEALTHY, []),
        (system(server(), server(), spool=Spool(1, SINCE)), DEGRADED, ["trades wait"]),
    ],
)
def test_how_well_the_system_is(seen: System, status: str, words: list[str]) -> None:
    """L-14: one rule says it for /health and for the operator's page, and why."""
    judged, reasons = judge(seen)
    assert judged == status
    assert len(reasons) == len(words)
    assert all(word in reason for word, reason in zip(words, reasons, strict=True))


@pytest.mark.parametrize(
    ("seen", "title", "reason"),
    [
        (account(2), "Live", ""),
        (account(2, "reconnecting", 15.0), "Opening", ""),
        (account(2, "reconnecting", 15.1), "Stale", "what it holds has been stale for more than 15 s"),
        (account(2, "connected", 15.1), "Stale", "what it holds has been stale for more than 15 s"),
        (account(2, silent_for=15.1), "Stale", "what it holds has been stale for more than 15 s"),
        (account(2, "error", 1.0, "API key refused"), "Error", "its line is in error"),
        (account(1), "Nobody", "no worker follows it"),
        (AccountLook(2), "Unknown", ""),
    ],
)
def test_account_that_is_not_followed_degrades_the_system(seen: AccountLook, title: str, reason: str) -> None:
    """M-04, L-14: never more than that, because prices go on; the operator is told what to do about it."""
    whole = following(seen, account(4))
    assert judge(whole) == ((DEGRADED, [f"account {seen.id}: {reason}"]) if reason else (HEALTHY, []))
    part, other = groups_of(whole)["Accounts"]
    assert (part.name, part.entry.title, other.entry.title) == (f"Account {seen.id}", title, "Live")
    assert (part.page, bool(part.entry.advice)) == ("positions", title not in ("Live", "Unknown"))


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


def test_nobody_knows_how_accounts_do_while_the_database_is_away() -> None:
    """L-14: what was seen of them before is not told as now."""
    accounts = (account(2, "error"), account(1))
    gone = OperationalError("gone")
    database_away = replace(following(*accounts), database=Seen(database().value, gone, SINCE, NOON))
    look_failed = replace(following(), accounts=Seen(accounts, gone, SINCE, NOON))
    for seen in (database_away, look_failed):
        assert [part.entry.title for part in groups_of(seen)["Accounts"]] == ["Unknown", "Unknown"]
        assert not any(reason.startswith("account") for reason in judge(seen)[1])


def test_a_look_that_hangs_is_no_good_news() -> None:
    """R15: what was seen last is not believed for longer than 3 s."""
    late = Seen(server().value, None, SINCE, NOON - timedelta(seconds=3.1))
    assert system(late, None).reason("primary") == "no_answer"
    assert judge(system(late, late))[0] == UNHEALTHY


def test_a_refused_password_is_no_look_that_hangs() -> None:
    """R6: it is tried again after 30 s only, and stays known as what it is meanwhile."""
    refused = replace(away(Failure.CREDENTIALS), looked_at=NOON - timedelta(seconds=31), next_in_s=30.0)
    assert system(refused, None).reason("primary") == "credentials"
    assert system(replace(refused, next_in_s=0.5), None).reason("primary") == "no_answer"


def test_a_server_that_only_the_workers_find_slow_is_not_well() -> None:
    """L-05: a look asks once in half a second, a worker twenty times; what it writes goes to the other server."""
    slow = ServerStatus("degraded", "slow", "", 300.0, 9, 1, 0, NOON)
    told = PairTold(PairStatus("failover", "all", 0, 1, NOON, "slow", {"primary": slow}), NOON)
    seen = system(server(pair=told), server())
    assert seen.reason("primary") == "slow"
    assert judge(seen) == (DEGRADED, ["redis primary: slow"])


def test_what_the_database_said_before_its_outage_is_not_told_as_now() -> None:
    """L-14: a feed that nobody ran then may be run now; prices are not said to stand still for that."""
    silent = replace(database(holders={}), error=OperationalError("gone"), last_error="gone")
    seen = system(server(), server(), silent)
    assert judge(seen) == (DEGRADED, ["database: it does not answer; trades wait in the log"])
    titles = {part.name: part.entry.title for group in groups_of(seen).values() for part in group}
    for name in ("main", "Workers", "Log of the primary server", "Dead letters"):
        assert titles[name] == "Unknown"


def test_the_worker_is_believed_on_the_server_where_it_said_more_lately() -> None:
    """L-01: a server that the log left, and that still answers, may say for some seconds that it leads."""
    pair = PairStatus("primary", "all", 0, 0, None, "", {})
    old, new = PairTold(pair, SINCE), PairTold(replace_struct(pair, active="failover"), NOON)
    assert system(server(pair=old), server(pair=new)).active == "failover"
    assert system(server(pair=new), server(pair=old)).active == "failover"
    assert system(server(pair=old), server()).active == "primary"


def test_a_spool_that_nobody_can_read_is_a_flaw() -> None:
    """L-14: nothing is known of it, which is not the same as nothing."""
    seen = system(server(), server(), spool=Spool(0, error="Permission denied"))
    assert judge(seen) == (DEGRADED, ["spool: its files cannot be read"])
    (part,) = (part for part in groups_of(seen)["Storing"] if part.name == "Spool")
    assert (part.entry.title, part.facts) == ("Unknown", "Permission denied")


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
