"""Workers as real processes, on the database and the exchange of a stage: they are ended, and others take over."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import redis
from django.conf import settings

from feeds.connection.feed import lease_name
from feeds.models import Lease
from feeds.storage.latest import LoggedTrade
from omega_site.probes import free_port
from tests.faults.stage import DELIVERED_WITHIN_S, STANDBYS, Stage, drain_the_rest
from tests.waiting import wait_for, wait_until

ROOT: Final = Path(__file__).resolve().parents[2]
STARTED_WITHIN_S: Final = 30.0
ENDED_WITHIN_S: Final = 10.0
NAMES: Final = ("one", "other")
WORKER: Final = (sys.executable, "-m", "celery", "-A", "omega_site", "worker", "--without-mingle", "--without-gossip")


class Workers:
    """Two processes that find the stage's stores in a data folder of their own."""

    def __init__(self, on: Stage, folder: Path) -> None:
        self._on, self._folder = on, folder
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        environment = {
            **{key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG")},
            "OMEGA_MODE": "test",
            "OMEGA_DATA_DIR": str(self._folder),
            "DATABASE_URL": f"sqlite:///{settings.DATABASES['default']['NAME']}",
            "REPLAY_EXCHANGE_URL": self._on.exchange.url,
        }
        with (self._folder / f"{name}.log").open("ab") as log:
            command = (*WORKER, "-l", "info", "-n", f"{name}@test")
            self._processes[name] = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)

    async def ready(self, name: str) -> None:
        await wait_until(lambda: " ready." in (self._folder / f"{name}.log").read_text(), STARTED_WITHIN_S)

    async def holder(self, after: int = 0, within: float = DELIVERED_WITHIN_S) -> tuple[str, int]:
        """Which of them holds the feed with a higher fence than this one, as soon as one does; and that fence."""

        async def look() -> tuple[str, int] | None:
            lease = await self._on.database.run(Lease.objects.filter(pk=lease_name("main")).first)
            names = [name for name, process in self._processes.items() if lease and f":{process.pid}:" in lease.holder]
            return (names[0], lease.fence) if lease and names and lease.fence > after else None

        return await wait_for(look, within)

    def signal(self, name: str, number: int) -> None:
        self._processes[name].send_signal(number)

    def has_ended(self, name: str) -> bool:
        return self._processes[name].poll() is not None

    async def stop(self) -> None:
        """Politely: what the last one has found out is written."""
        for process in self._processes.values():
            process.terminate()
        await wait_until(lambda: all(map(self.has_ended, self._processes)), ENDED_WITHIN_S)

    def kill(self) -> None:
        for process in self._processes.values():
            process.kill()
            process.wait()


@asynccontextmanager
async def two_workers(on: Stage, redis_url: str) -> AsyncIterator[Workers]:
    """One of them holds the feed, and its standbys deliver. When they have ended, all is stored."""
    with TemporaryDirectory(prefix="workers-") as name:
        folder = Path(name)
        (folder / "redis_url").write_text(_over_tcp(redis_url))
        workers = Workers(on, folder)
        await on.set_feed(standbys=STANDBYS)
        try:
            for each in NAMES:
                workers.start(each)
            for each in NAMES:
                await workers.ready(each)
            await on.begun()
            await on.delivered(1 + STANDBYS)
            yield workers
            await on.delivered(1 + STANDBYS)
            await workers.stop()
        finally:
            workers.kill()
        await on.database.run(drain_the_rest)


def _over_tcp(url: str) -> str:
    """Has a Redis of the tests listen on a port as well: Celery knows no Unix socket by that name."""
    port = free_port()
    with redis.Redis.from_url(url) as client:
        client.config_set("port", port)
    return f"redis://127.0.0.1:{port}/0"


def longest_pause(shown: list[LoggedTrade]) -> float | None:
    """Seconds between two trades that were shown, of the two that were farthest apart."""
    times = [trade.received_at for trade in shown]
    return max(((new - old).total_seconds() for old, new in zip(times, times[1:], strict=False)), default=None)
