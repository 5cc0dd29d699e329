"""Every command of the pages for users is run here, on one demo, or stands on a list with the reason why not.

What stands in a page for something of the reader's own is put in its place first: SUBSTITUTIONS.
"""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

from dashboard.tokens import secret
from omega_site.probes import free_port
from tests.system.pages import Command, commands
from tests.system.supervised import ROOT, Supervised, demo
from tests.waiting import wait_in_thread_until

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("process")]

# The blocks of docs/querying.md are run by their own test, on rows that are known.
PAGES: Final = [
    ROOT / "README.md",
    *(page for page in sorted((ROOT / "docs").glob("*.md")) if page.name != "querying.md"),
]
COMMANDS: Final = [command for page in PAGES for command in commands(ROOT, page)]

# What is not run, by how it begins.
NOT_RUN: Final = {
    r"manage\.py changepassword ": "asks at a terminal",
    r"manage\.py (listen|backfill)$": "names a command that wants to be told more",
    r"redis-cli monitor$": "short for a line above it, which is run",
    r"redis-cli -h HOST ": "for a server of the reader's own; the embedded ones want a password",
    r"manage\.py (websocket_schema|openapi)": "writes into the tree; other tests hold what is there",
    r"manage\.py run_feed ": "the demo's worker runs that feed already; tests/system/test_run_feed.py has a free one",
    r"manage\.py backfill --instrument BTC-USDT --from ": "asks each venue at its own pace; with one venue it is run",
    r"pg_(dump|restore) ": "for PostgreSQL: the demo is on SQLite",
    r"websocat ": "a client of others; tests/dashboard/sockets has clients without ticks",
    r"ssh ": "needs another machine",
    r"python -m tests.simulation ": "half a minute of processor; make simulation and tests/simulation run it",
    r"python -m tests.faults --matrix": "collects the whole suite; tests/faults/test_matrix.py has it",
}
# What goes on until Ctrl-C: has to print something, and to end by it.
ENDLESS: Final = (r" listen ", r" monitor$", r" monitor --host", r"^redis-cli .* monitor$")
# What else a good end is: the demo's exchange is too young for a past; redis-cli ends by the signal itself.
ENDS: Final = {r" backfill ": 3, r"^redis-cli .* monitor$": -signal.SIGINT}
# A make target takes minutes to hours, and the demo runs already: that it is there, with these variables, is seen.
SUBSTITUTIONS: Final = {
    r"^((?:[A-Z_]+=\S+ )*)make ": r"\1make --dry-run ",
    # The terminal of the test has exported these.
    r"OMEGA_(API_TOKEN=TOKEN|DATA_DIR=var/demo) ": "",
    r"^manage\.py ": ".venv/bin/python manage.py ",
    r"(\.venv/bin/python|^python3?) ": "@python@ ",
    r"\bvar/demo\b": "@folder@",
    r"\bvar/": "@folder@/",
    r"omega-backup\.sqlite3": "@folder@/backup.sqlite3",
    r"\bVENUE\b|<code>": "htx",
    r"\bSYMBOL\b": "btcusdt",
    r"\bFILE\b": "@recording@",
    r"\bNAME\b": "demo",
    r"-p PORT\b": "-p @redis_port@",
    r"--from \S+ --to \S+": "--from @from@ --to @to@",
    r"manage\.py …": "manage.py check",
    r"Bearer TOKEN": "Bearer $OMEGA_API_TOKEN",
    r"\b8000\b": "@web_port@",
    r"\b8080\b": "@health_port@",
}


class Desk:
    """A demo, and a terminal beside it in which the pages are read; the data folder says all else."""

    def __init__(self, running: Supervised, here: dict[str, str]) -> None:
        redis = urlsplit((running.folder / "redis_url.operator").read_text())
        self._here = here | {
            "python": sys.executable,
            "folder": str(running.folder),
            "redis_port": str(redis.port),
        }
        self._environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ} | {
            "OMEGA_DATA_DIR": str(running.folder),
            "OMEGA_API_TOKEN": api_token(running.folder),
        }

    def start(self, command: str) -> "subprocess.Popen[str]":
        """In a group of its own, as a shell would: Ctrl-C reaches all of it."""
        for name, here in self._here.items():
            command = command.replace(f"@{name}@", here)
        return subprocess.Popen(
            ["bash", "-c", f"set -eu; {command}"],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )


def api_token(folder: Path) -> str:
    """Of the demo's user, as the page API tokens would make it."""
    token = secret.make()
    with sqlite3.connect(folder / "omega.sqlite3", timeout=10) as database:
        database.execute(
            "INSERT INTO dashboard_apitoken (owner_id, name, prefix, digest, topics, may_publish, expires_at) "
            "SELECT id, 'pages', ?, ?, '[]', false, '2099-01-01 00:00:00' FROM auth_user WHERE username = 'demo'",
            secret.parse(token),
        )
    return token


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    here = {name: str(free_port()) for name in ("web_port", "clients_port", "health_port")}
    ports = {"WEBSOCKET_PORT": here["clients_port"], "HEALTH_CHECK_PORT": here["health_port"]}
    folder = tmp_path_factory.mktemp("pages")
    now = datetime.now(UTC)
    here |= {"from": (now - timedelta(hours=2)).isoformat(), "to": (now - timedelta(hours=1)).isoformat()}
    here["recording"] = str(folder / "recording.jsonl")
    (folder / "recording.jsonl").write_text('{"t": 1.0, "dir": "in", "text": "{\\"ping\\": 1}"}\n')
    with demo(folder, int(here["web_port"]), **ports) as running:
        wait_in_thread_until(lambda: serves(here["health_port"]), within=30, what="prices come", every=0.2)
        yield Desk(running, here)


def serves(port: str) -> bool:
    """503 while no price has come yet."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError:
        return False


def here(command: Command) -> str:
    """With what the reader would put in its place."""
    text = command.text
    for pattern, instead in SUBSTITUTIONS.items():
        text = re.sub(pattern, instead, text)
    return text


def is_run(command: Command) -> bool:
    return not any(re.search(pattern, command.text) for pattern in NOT_RUN)


# Each once, with a place where it stands.
RUN: Final = {here(command): f"{command.page}:{command.line}" for command in COMMANDS if is_run(command)}


@pytest.mark.parametrize(("command", "place"), RUN.items(), ids=RUN.values())
def test_command_of_the_pages_works(desk: Desk, command: str, place: str) -> None:
    """L-18: as it stands there it ends with 0; what is endless prints something, and ends by Ctrl-C."""
    program = desk.start(command)
    assert program.stdout
    is_endless, first = any(re.search(pattern, command) for pattern in ENDLESS), ""
    try:
        if is_endless:
            first = program.stdout.readline()
            os.killpg(program.pid, signal.SIGINT)
        rest, _ = program.communicate(timeout=60)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
    told = f"{place}\n{command}\n{first}{rest}"
    assert first or not is_endless, told
    assert '{"error"' not in rest, told
    assert program.returncode in (0, *(code for pattern, code in ENDS.items() if re.search(pattern, command))), told


def test_every_exception_is_needed() -> None:
    """A reason whose command is gone from the pages goes as well."""
    for pattern in (*NOT_RUN, *ENDLESS, *SUBSTITUTIONS):
        assert any(re.search(pattern, command.text) for command in COMMANDS), pattern
