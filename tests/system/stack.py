"""The whole system as real processes: redis-server, replay exchange, web, workers, beat; seen from outside."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import redis

from omega_site.embedded_redis import find_binary
from omega_site.probes import free_port
from tests.prepared import ROOT, manage, prepare_database
from tests.waiting import wait_in_thread_until as wait_until

PASSWORD: Final = "a long enough password"
SIGNALS: Final = {"kill": signal.SIGKILL, "stop": signal.SIGTERM, "quit": signal.SIGQUIT}


@dataclass
class Stack:
    """Starts processes in one data folder and reads what they leave behind, without any of their code."""

    folder: Path
    instruments: str = "BTC-USDT"
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    exchange_url: str = ""
    web_port: int = 0

    def __post_init__(self) -> None:
        self.redis_port, self.web_port = free_port(), free_port()
        self.environment = {
            **{key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG")},
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "OMEGA_MODE": "test",
            "OMEGA_DATA_DIR": str(self.folder),
            "OMEGA_INSTRUMENTS": self.instruments,
            "OMEGA_PORT": str(self.web_port),
            # Not opened: all stacks of a machine would want the same one.
            "HEALTH_CHECK_PORT": "0",
            "REDIS_HOST": "127.0.0.1",
            "REDIS_PORT": str(self.redis_port),
        }

    # --- starting ---------------------------------------------------------------------------------------------

    def start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        """Starts a process; what it says goes to NAME.log in the folder."""
        log = (self.folder / f"{name}.log").open("ab")
        process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        self.processes[name] = process
        return process

    def start_redis(self) -> None:
        self.start(
            "redis",
            *(str(find_binary()), "--bind", "127.0.0.1", "--port", str(self.redis_port)),
            *("--dir", str(self.folder), "--save", "", "--appendonly", "yes"),
        )
        wait_until(self.is_redis_up, 10, "redis answers")

    def start_failover(self) -> None:
        """At the same address each time."""
        port = self.environment.setdefault("FAILOVER_REDIS_PORT", str(free_port()))
        self.environment["FAILOVER_REDIS_HOST"] = "127.0.0.1"
        folder = self.folder / "failover"
        folder.mkdir(exist_ok=True)
        options = ("--port", port, "--dir", str(folder), "--save", "", "--appendonly", "yes")
        self.start("failover", str(find_binary()), "--bind", "127.0.0.1", *options)

    def start_exchange(self, *options: str) -> None:
        self.start("exchange", sys.executable, "-m", "tests.exchange", "--instruments", self.instruments, *options)
        line = wait_until(lambda: self.log("exchange").strip(), 10, "the exchange is ready")
        assert " ready on " in line, line
        self.exchange_url = line.split()[-1]
        self.environment["REPLAY_EXCHANGE_URL"] = self.exchange_url

    def migrate(self) -> None:
        prepare_database(self.environment, "trader", PASSWORD)

    def start_worker(self, name: str = "worker", module: str = "celery") -> subprocess.Popen[bytes]:
        celery = ("-m", module, *(("-A", "omega_site") if module == "celery" else ()), "worker")
        options = ("--without-mingle", "--without-gossip", "-l", "info", "-n", f"{name}@test")
        return self.start(name, sys.executable, *celery, *options)

    def start_beat(self) -> None:
        schedule = str(self.folder / "beat")
        self.start("beat", sys.executable, "-m", "celery", "-A", "omega_site", "beat", "-s", schedule)

    def start_web(self) -> None:
        port = str(self.web_port)
        self.start("web", sys.executable, "-m", "omega_site.web", "-p", port, "omega_site.asgi:application")
        wait_until(self.is_web_up, 60, "the web process answers")

    # --- ending -----------------------------------------------------------------------------------------------

    def end(self, name: str, how: str = "stop", within: float = 15.0) -> float:
        """Ends a process; the seconds that it took."""
        began = time.monotonic()
        process = self.processes.pop(name)
        process.send_signal(SIGNALS[how])
        process.wait(within)
        return time.monotonic() - began

    def end_all(self) -> None:
        for process in self.processes.values():
            process.kill()
        for process in self.processes.values():
            process.wait()
        self.processes.clear()

    def freeze(self, name: str) -> None:
        """SIGSTOP, at a moment in which the process does not hold SQLite's one write lock: it would keep that."""
        process = self.processes[name]
        status = Path(f"/proc/{process.pid}/stat")

        def is_frozen_without_lock() -> bool:
            process.send_signal(signal.SIGSTOP)
            wait_until(lambda: status.read_text().split()[2] == "T", 5, f"{name} stands still")
            if self._is_writable():
                return True
            process.send_signal(signal.SIGCONT)
            return False

        wait_until(is_frozen_without_lock, 10, f"{name} is frozen between two transactions")

    # --- looking ----------------------------------------------------------------------------------------------

    def log(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def manage(self, *arguments: str) -> str:
        return manage(self.environment, *arguments)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the SQLite file, read by a stranger."""
        with sqlite3.connect(f"file:{self.folder}/omega.sqlite3?mode=ro", uri=True, timeout=10) as database:
            return database.execute(query, values).fetchall()

    def execute(self, statement: str, *values: object) -> None:
        """One statement on the SQLite file, as an admin's edit would be."""
        with sqlite3.connect(self.folder / "omega.sqlite3", timeout=10) as database:
            database.execute(statement, values)

    def redis(self) -> redis.Redis:
        return redis.Redis(port=self.redis_port, socket_timeout=5, decode_responses=True)

    def is_redis_up(self) -> bool:
        with self.redis() as client:
            try:
                return bool(client.ping())
            except redis.RedisError:
                return False

    def price(self, instrument: str = "BTC-USDT") -> dict[str, Any] | None:
        """The newest state behind the displayed price."""
        with self.redis() as client:
            text = client.get(f"latest:price:main:{instrument}")
        return json.loads(str(text)) if text else None

    def shown_venue(self, instrument: str = "BTC-USDT") -> str:
        price = self.price(instrument)
        return price["venue"] if price else ""

    def logged(self) -> list[dict[str, Any]]:
        """Every trade of the durable log, oldest first."""
        with self.redis() as client:
            entries = (json.loads(fields["trade"]) for _, fields in client.xrange("trade_log"))
            return [entry for entry in entries if "trade_id" in entry]

    def stored_ids(self, venue: str) -> list[str]:
        return [row[0] for row in self.rows("SELECT trade_id FROM feeds_trade WHERE venue_id = ?", venue)]

    def drained(self, trades: Iterable[tuple[str, str]]) -> bool:
        """Whether the database has each of these (venue, trade id) and nothing that the log does not have by now."""
        rows = {(row[0], row[1]) for row in self.rows("SELECT venue_id, trade_id FROM feeds_trade")}
        return set(trades) <= rows <= {(trade["venue"], trade["trade_id"]) for trade in self.logged()}

    def lease(self, resource: str = "feed:main") -> tuple[str, int]:
        """Holder and fence of a lease."""
        rows = self.rows("SELECT holder, fence FROM feeds_lease WHERE resource = ?", resource)
        return rows[0] if rows else ("", 0)

    # --- the exchange's controls ------------------------------------------------------------------------------

    def fault(self, venue: str, fault: str, **options: object) -> None:
        body = json.dumps({"venue": venue, "fault": fault, **options}).encode()
        self._ask("POST", "/control/faults", body)

    def heal(self) -> None:
        self._ask("DELETE", "/control/faults")

    def sent(self) -> list[dict[str, Any]]:
        """The trades that the exchange sent, in order."""
        return [json.loads(line) for line in self._ask("GET", "/control/ledger").splitlines()]

    def sent_ids(self, venue: str) -> list[str]:
        return [sent["trade_id"] for sent in self.sent() if sent["venue"] == venue]

    def at_bitget(self, account: str, **order: object) -> None:
        """What happens to an account at BitGet: tests/exchange/bitget/control.py."""
        self._ask("POST", f"/control/bitget/accounts/{account}", json.dumps(order).encode())

    def open_at_bitget(self, **card: object) -> None:
        self._ask("POST", "/control/bitget/accounts", json.dumps(card).encode())

    def connections(self) -> list[dict[str, Any]]:
        answer: list[dict[str, Any]] = json.loads(self._ask("GET", "/control/connections"))
        return answer

    def _is_writable(self) -> bool:
        with closing(sqlite3.connect(self.folder / "omega.sqlite3", timeout=0.2, isolation_level=None)) as database:
            try:
                database.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
            return True

    def _ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        request = urllib.request.Request(self.exchange_url + path, body, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            content: bytes = answer.read()
        return content

    def is_web_up(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.web_port}/live", timeout=2) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def running_stack(folder: Path, instruments: str = "BTC-USDT") -> Iterator[Stack]:
    """A stack that is taken down whatever happens; the logs of a failure are in its folder."""
    stack = Stack(folder, instruments)
    try:
        yield stack
    finally:
        stack.end_all()
