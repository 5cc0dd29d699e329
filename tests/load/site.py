"""The site under load: its real programs, the server on a processor of its own, a pair of Redis, and many people."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from omega_site.probes import answers, free_port
from tests.load.line import Door
from tests.load.process import cores
from tests.prepared import ROOT
from tests.redis_server import RedisServer
from tests.system.stack import Stack
from tests.waiting import wait_until

# Below the limits of the site, which stay as they are: a client that comes back meets the seat that it had.
SOCKETS_PER_PERSON: Final = 7
SOCKETS_PER_ADDRESS: Final = 30
PEOPLE: Final = 200
READY_WITHIN_S: Final = 30.0
_LOOK_EVERY_S: Final = 0.05
LOGS: Final = ROOT / "var" / "load"
PAGES, CLIENTS = "/ws/dashboard/", "/ws/v2/"
_SERVER_CORE, _CLIENT_CORE = cores()


class DidNotStart(RuntimeError):
    """A server ended instead."""


@dataclass
class Site:
    stack: Stack
    primary: RedisServer
    failover: RedisServer
    people: list[dict[str, str]]
    broadcast_port: int
    _seats: Iterator[int] = field(default_factory=count)

    # --- servers ----------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def web(self) -> AsyncIterator[int]:
        """The web program, fresh; its process id. Its clients begin with the first person again."""
        self._seats = count()
        pid = await self.start_web()
        try:
            yield pid
        finally:
            await asyncio.to_thread(self.stack.end, "web", "kill")

    @asynccontextmanager
    async def broadcasting(self, module: str, rate: float) -> AsyncIterator[tuple[int, list[float]]]:
        """A server that is its own writer: its process id, and when it wrote."""
        self._seats = count()
        async with self._program(module, str(self.broadcast_port), str(rate)) as (pid, times):
            os.sched_setaffinity(pid, _SERVER_CORE)
            await wait_until(lambda: times, READY_WITHIN_S)
            yield pid, times

    async def start_web(self, queries: Path | None = None) -> int:
        """With a file it counts its queries in there."""
        module = ("tests.load.counted", str(queries)) if queries else ("omega_site.programs", "web")
        pid = self.start("web", *module)
        await self._ready("web", self.stack.web_port)
        return pid

    @asynccontextmanager
    async def broadcast(self) -> AsyncIterator[int]:
        """The broadcast program, fresh; its process id."""
        self._seats = count()
        pid = self.start("broadcast", "omega_site.programs", "broadcast")
        try:
            await self._ready("broadcast", self.broadcast_port)
            yield pid
        finally:
            await asyncio.to_thread(self.stack.end, "broadcast", "kill")

    @asynccontextmanager
    async def daphne(self, application: str) -> AsyncIterator[int]:
        """Another application on the same server as the site's."""
        self._seats = count()
        options = ("-p", str(self.stack.web_port), "--websocket_timeout", "-1", "--verbosity", "0")
        pid = self.start("web", "daphne", *options, application)
        try:
            await self._ready("web", self.stack.web_port)
            yield pid
        finally:
            await asyncio.to_thread(self.stack.end, "web", "kill")

    def start(self, name: str, *module: str) -> int:
        """A server, on its own processor from its first line on."""
        process = self.stack.start(name, sys.executable, "-m", *module)
        os.sched_setaffinity(process.pid, _SERVER_CORE)
        return process.pid

    async def _ready(self, name: str, port: int) -> None:
        """DidNotStart with what it said last."""
        process = self.stack.processes[name]
        # Any answer is one: the peers have no pages. Who only connects may have met himself on a free port.
        is_ready = answers("127.0.0.1", port, f"GET /live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n", "HTTP/1.1 ")
        async with asyncio.timeout(READY_WITHIN_S):
            while not await is_ready(()):
                if process.poll() is not None:
                    raise DidNotStart(f"{name} ended: {self.stack.log(name)[-1000:]}")
                await asyncio.sleep(_LOOK_EVERY_S)

    def restart_primary(self) -> None:
        """Where it was: its clients know the port."""
        self.primary.start(port=self.stack.environment["REDIS_PORT"])

    # --- doors ------------------------------------------------------------------------------------------------

    def pages(self, number: int, buffer: int = 0) -> list[Door]:
        """For browsers that are logged in."""
        port = self.stack.web_port
        origin = {"Origin": f"http://127.0.0.1:{port}"}
        return [
            Door(port, PAGES, {**origin, "Cookie": f"omega_session={person['session']}"}, source, buffer)
            for person, source in self._next(number)
        ]

    def clients(self, number: int, port: int = 0, buffer: int = 0) -> list[Door]:
        """For API clients, of the web port by default."""
        return [
            Door(port or self.stack.web_port, CLIENTS, {"Authorization": f"Bearer {person['token']}"}, source, buffer)
            for person, source in self._next(number)
        ]

    def strangers(self, number: int, port: int) -> list[Door]:
        """For clients that need no login, of a server that is not ours."""
        return [Door(port, "/", source=source) for _, source in self._next(number)]

    def _next(self, number: int) -> Iterator[tuple[dict[str, str], str]]:
        for _ in range(number):
            seat = next(self._seats)
            yield self.people[seat // SOCKETS_PER_PERSON], f"127.0.1.{1 + seat // SOCKETS_PER_ADDRESS}"

    # --- writers ----------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def writing(self, rate: float, module: str = "tests.load.writer") -> AsyncIterator[list[float]]:
        """Somebody writes prices so often a second; when each was written."""
        async with self._program(module, str(rate)) as (_, times):
            await wait_until(lambda: times, READY_WITHIN_S)
            yield times

    @asynccontextmanager
    async def _program(self, *module: str) -> AsyncIterator[tuple[int, list[float]]]:
        """A program of `pace`: its process id, and the times that it prints. It ends with the block."""
        pipe = subprocess.PIPE
        with (self.stack.folder / "writer.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", *module),
                cwd=ROOT,
                env=self.stack.environment,
                stdin=pipe,
                stdout=pipe,
                stderr=log,
            )
        times: list[float] = []
        reading = asyncio.create_task(_read(process, times))
        try:
            yield process.pid, times
        finally:
            assert process.stdin is not None
            process.stdin.close()
            await process.wait()
            await reading


async def _read(process: asyncio.subprocess.Process, times: list[float]) -> None:
    assert process.stdout is not None
    async for line in process.stdout:
        times.append(float(line))


@contextmanager
def site() -> Iterator[Site]:
    """With a migrated database and people; no server runs yet. Everything that is started from here on keeps off the
    server's processor.
    """
    os.sched_setaffinity(0, _CLIENT_CORE)
    primary, failover = RedisServer(), RedisServer()
    with TemporaryDirectory(prefix="load-") as folder:
        stack = Stack(Path(folder))
        stack.environment |= _more(primary, failover)
        try:
            stack.migrate()
            people = json.loads(_output(stack, "tests.load.people", str(PEOPLE)))
            yield Site(stack, primary, failover, people, int(stack.environment["WEBSOCKET_PORT"]))
        finally:
            stack.end_all()
            primary.remove()
            failover.remove()
            _keep_logs(stack.folder)


def _keep_logs(folder: Path) -> None:
    """What the programs said, until the next time."""
    shutil.rmtree(LOGS, ignore_errors=True)
    LOGS.mkdir(parents=True)
    for log in folder.glob("*.log"):
        shutil.copy(log, LOGS)


def _more(primary: RedisServer, failover: RedisServer) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "omega_site.settings",
        "LOG_LEVEL": "WARNING",
        "REDIS_PORT": str(primary.listen()),
        "FAILOVER_REDIS_HOST": "127.0.0.1",
        "FAILOVER_REDIS_PORT": str(failover.listen()),
        "WEBSOCKET_PORT": str(free_port()),
        "WEBSOCKET_SSL_PORT": "0",
    }


def _output(stack: Stack, *module: str) -> str:
    command = (sys.executable, "-m", *module)
    return subprocess.run(
        command, cwd=ROOT, env=stack.environment, check=True, stdout=subprocess.PIPE, text=True
    ).stdout
