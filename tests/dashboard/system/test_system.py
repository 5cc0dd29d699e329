"""How well the system is, by what was seen of it, and why."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import OperationalError
from msgspec.structs import replace as replace_struct

from dashboard.accounts.look import AccountLook
from dashboard.system import banner
from dashboard.system.eye import Seen
from dashboard.system.system import DEGRADED, HEALTHY, UNHEALTHY, Spool, System, judge
from feeds.storage.health import Failure
from feeds.storage.look import PairTold
from feeds.storage.status import PairStatus, ServerStatus
from tests.dashboard.samples import NOON
from tests.dashboard.system.samples import SINCE, account, away, database, following, groups_of, server, system


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


def test_the_log_on_the_failover_server_is_a_flaw_for_as_long_as_traders_are_told() -> None:
    """L-14: though both servers are well, the first one does not have the log back yet."""
    pair = PairTold(PairStatus("failover", "all", 0, 1, NOON, "frozen", {}), NOON)
    seen = system(server(), server(pair=pair))
    assert [line.kind for line in banner.lines(seen)] == ["failover"]
    assert judge(seen) == (DEGRADED, ["redis: the log goes to the failover server"])


def test_a_spool_that_nobody_can_read_is_a_flaw() -> None:
    """L-14: nothing is known of it, which is not the same as nothing."""
    seen = system(server(), server(), spool=Spool(0, error="Permission denied"))
    assert judge(seen) == (DEGRADED, ["spool: its files cannot be read"])
    (part,) = (part for part in groups_of(seen)["Storing"] if part.name == "Spool")
    assert (part.entry.title, part.facts) == ("Unknown", "Permission denied")
