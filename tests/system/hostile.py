"""The programs with sockets, web and broadcast, for tests that mean them harm, and how they refuse what is said."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from omega_site.probes import free_port, is_free
from tests.conformance.wire import CLOSE, Line
from tests.system.stack import Stack, running_stack
from tests.waiting import wait_in_thread_until

KIB, MIB = 1024, 1024 * 1024
PROGRAMS = ("web", "broadcast")
ANSWER_WITHIN_S = 5.0


@dataclass
class Site:
    """Both programs."""

    stack: Stack
    seen: int = 0

    def port(self, program: str) -> int:
        return int(self.stack.environment["OMEGA_PORT" if program == "web" else "WEBSOCKET_PORT"])

    def pid(self, program: str) -> int:
        return self.stack.processes[program].pid

    def is_ready(self) -> bool:
        return self.stack.is_web_up() and not is_free("127.0.0.1", self.port("broadcast"))

    def complaints(self) -> list[str]:
        """What came into the logs since the last call, and must not be there."""
        told = [line for program in PROGRAMS for line in self.stack.log(program).splitlines()]
        new, self.seen = told[self.seen :], len(told)
        return [line for line in new if "Traceback" in line or "rror" in line]


def running_site(folder: Path) -> Iterator[Site]:
    """Both programs on the database of the tests, which is there already."""
    for stack in running_stack(folder):
        stack.environment |= {
            **{"DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}", "SECRET_KEY": settings.SECRET_KEY},
            **{"WEBSOCKET_HOST": "127.0.0.1", "WEBSOCKET_PORT": str(free_port()), "WEBSOCKET_SSL_PORT": "0"},
            "HANDSHAKES_PER_SECOND": "1000",
        }
        stack.start_redis()
        for program in PROGRAMS:
            stack.start(program, sys.executable, "-m", "omega_site.programs", program)
        site = Site(stack)
        wait_in_thread_until(site.is_ready, 20, "both programs answer")
        yield site


@asynccontextmanager
async def saying(line: Line, pieces: Iterable[bytes]) -> AsyncIterator[None]:
    """Says them meanwhile, as far as the server takes them."""

    async def say() -> None:
        for piece in pieces:
            if not await line.say(piece):
                return
            # Its own turn for who listens.
            await asyncio.sleep(0)

    task = asyncio.create_task(say())
    try:
        yield
    finally:
        task.cancel()


async def refusal(line: Line, pieces: Iterable[bytes]) -> tuple[int | None, float]:
    """The server's close code, and the seconds until it came. Returns once the server has hung up."""
    began, code, took = time.monotonic(), None, 0.0
    async with saying(line, pieces):
        while frame := await line.hear():
            if frame.first == CLOSE:
                code, took = frame.code, time.monotonic() - began
    return code, took
