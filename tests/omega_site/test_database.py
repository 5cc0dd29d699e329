"""How each program uses its database."""

from typing import Any

import pytest

from omega_site.database import ROLES, tuned


def options(program: str, **own: object) -> dict[str, Any]:
    found: dict[str, Any] = tuned({"ENGINE": "django.db.backends.postgresql", "OPTIONS": own}, program)["OPTIONS"]
    return found


@pytest.mark.parametrize("program", ["web", "worker"])
def test_programs_that_serve_never_wait_for_long(program: str) -> None:
    """D5: two seconds for a statement, one for a lock, ten for a transaction that nobody ends."""
    limits = "-c statement_timeout=2000 -c lock_timeout=1000 -c idle_in_transaction_session_timeout=10000"
    assert options(program)["options"] == limits


def test_commands_take_the_time_that_they_need() -> None:
    """D6: a migration of a large table is not given up half-way."""
    assert options("command")["options"] == ""


def test_only_the_web_shares_connections() -> None:
    """D4: a crowd of pages leaves the server's connections to the workers."""
    assert [program for program in ROLES if "pool" in options(program)] == ["web"]
    assert options("web")["pool"]["max_size"] == 4


def test_url_has_the_last_word() -> None:
    """Who needs a longer timeout writes ?connect_timeout=9."""
    assert options("worker", connect_timeout=9)["connect_timeout"] == 9


def test_options_of_the_url_come_on_top_of_the_limits() -> None:
    """D5: who sets one thing of the server by ?options=… keeps the timeouts that were not named."""
    assert options("web", options="-c work_mem=8MB")["options"].endswith("session_timeout=10000 -c work_mem=8MB")
    assert options("command", options="-c work_mem=8MB")["options"] == "-c work_mem=8MB"


def test_sqlite_takes_what_its_url_says() -> None:
    """Who waits longer for the file writes ?timeout=9; the rest stays."""
    sqlite = tuned({"ENGINE": "django.db.backends.sqlite3", "OPTIONS": {"timeout": 9}}, "web")["OPTIONS"]
    assert (sqlite["timeout"], sqlite["transaction_mode"]) == (9, "IMMEDIATE")


def test_sqlite_is_the_same_for_all() -> None:
    """Its writers queue, whoever they are."""
    sqlite = {"ENGINE": "django.db.backends.sqlite3", "NAME": "omega.sqlite3"}
    assert tuned(sqlite, "web") == tuned(sqlite, "command")
