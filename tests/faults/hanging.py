"""A whole site that hangs, but for the web process: both Redis servers, the database, and the pages with it."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import urlencode

from omega_site.probes import free_port
from tests.system.stack import Stack
from tests.waiting import wait_in_thread_until

READY_WITHIN_S: Final = 60.0
# Logins, which have to write: twenty at a time, again and again.
PAGES: Final = 20
SERVERS: Final = ("redis", "failover")


@dataclass
class HangingSite:
    """`machine_port` is that of the site for machines."""

    stack: Stack
    machine_port: int
    token: str = ""
    page_times: list[float] = field(default_factory=list)

    def start_web(self) -> None:
        """With both of its ports."""
        ports = ("-p", str(self.stack.web_port), "-e", f"tcp:port={self.machine_port}:interface=127.0.0.1")
        self.stack.start("web", sys.executable, "-m", "omega_site.web", *ports, "omega_site.asgi:application")
        wait_in_thread_until(self.stack.is_web_up, READY_WITHIN_S, "the web process answers")
        self.token = (self.stack.folder / "monitoring_token").read_text().strip()

    def ask(self, path: str, port: int = 0) -> tuple[int, Any]:
        """As a program that holds the token."""
        status, body = self.get(path, port or self.machine_port, {"Authorization": f"Bearer {self.token}"})
        return status, json.loads(body)

    def get(self, path: str, port: int, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
        """Over a new connection each time, as probes ask."""
        with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as line:
            line.request("GET", path, headers=headers or {})
            answer = line.getresponse()
            return answer.status, answer.read()

    def is_healthy(self) -> bool:
        status, told = self.ask("/health")
        return bool(status == 200 and told["redis"] == "up" and told["last_price"])

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Nobody answers the web process any more, and people go on to ask it for pages."""
        body, cookie = self._login_form()
        stop = threading.Event()
        with closing(sqlite3.connect(self.stack.folder / "omega.sqlite3", timeout=10, isolation_level=None)) as other:
            self._signal(signal.SIGSTOP)
            other.execute("BEGIN EXCLUSIVE")
            visitors = [threading.Thread(target=self._log_in, args=(body, cookie, stop)) for _ in range(PAGES)]
            for visitor in visitors:
                visitor.start()
            try:
                yield
            finally:
                stop.set()
                self._signal(signal.SIGCONT)
        for visitor in visitors:
            visitor.join()

    def _signal(self, number: signal.Signals) -> None:
        for name in SERVERS:
            self.stack.processes[name].send_signal(number)

    def _login_form(self) -> tuple[str, str]:
        with closing(HTTPConnection("127.0.0.1", self.stack.web_port, timeout=10)) as line:
            line.request("GET", "/login/")
            answer = line.getresponse()
            cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
            token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', answer.read().decode())
        assert token, "the login has no form"
        return urlencode({"csrfmiddlewaretoken": token[1], "login": "trader", "password": "wrong"}), cookie

    def _log_in(self, body: str, cookie: str, stop: threading.Event) -> None:
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        while not stop.is_set():
            began = time.monotonic()
            with (
                suppress(OSError, HTTPException),
                closing(HTTPConnection("127.0.0.1", self.stack.web_port, timeout=10)) as line,
            ):
                line.request("POST", "/login/", body, headers)
                line.getresponse().read()
            self.page_times.append(time.monotonic() - began)


@contextmanager
def hanging_site() -> Iterator[HangingSite]:
    """It is healthy, and shows a price."""
    with TemporaryDirectory(prefix="hanging-") as name:
        site = HangingSite(Stack(Path(name)), free_port())
        stack = site.stack
        stack.environment["HEALTH_CHECK_PORT"] = str(site.machine_port)
        try:
            stack.start_redis()
            stack.start_failover()
            stack.start_exchange()
            stack.migrate()
            stack.start_worker()
            site.start_web()
            wait_in_thread_until(site.is_healthy, READY_WITHIN_S, "the site is healthy")
            yield site
        finally:
            stack.end_all()
