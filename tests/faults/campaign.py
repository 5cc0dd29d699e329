"""Many runs of many rows, several at a time: each in a process of its own, as rows change settings and limits."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from tests.faults.row import Result, Row, Run

ROOT = Path(__file__).resolve().parents[2]
LOGS = ROOT / "var" / "faults"
TRIES = 3


class WorkerStopped(RuntimeError):
    """A worker ended without an answer. What it had to say is on stderr."""


class Campaign:
    """`runs` replaces the number that each row asks for; `say` hears of each row that is done."""

    def __init__(self, rows: Sequence[Row], runs: int | None, jobs: int, say: Callable[[Result], None]) -> None:
        self._rows, self._runs, self._jobs, self._say = rows, runs, jobs, say
        self._played: dict[str, dict[int, Run]] = {row.name: {} for row in rows}

    async def fight(self) -> list[Result]:
        """Those that need more of the machine come last, fewer at a time."""
        jobs = {row.name: min(self._jobs, row.most_at_once or self._jobs) for row in self._rows}
        for count in sorted(set(jobs.values()), reverse=True):
            await self._play([row for row in self._rows if jobs[row.name] == count], count)
        return [self._result(row) for row in self._rows]

    async def _play(self, rows: Sequence[Row], jobs: int) -> None:
        waiting = iter([(row, number) for row in rows for number in range(self._wanted(row))])

        async def work() -> None:
            async with _worker() as worker:
                for row, number in waiting:
                    self._note(row, number, await _play(worker, row, number))

        if rows:
            await asyncio.gather(*(work() for _ in range(jobs)))

    def _wanted(self, row: Row) -> int:
        return row.runs if self._runs is None else min(self._runs, row.runs)

    def _note(self, row: Row, number: int, run: Run) -> None:
        self._played[row.name][number] = run
        if len(self._played[row.name]) == self._wanted(row):
            self._say(self._result(row))

    def _result(self, row: Row) -> Result:
        return Result(row, [run for _, run in sorted(self._played[row.name].items())])


@asynccontextmanager
async def _worker() -> AsyncIterator[Process]:
    environment = {name: value for name, value in os.environ.items() if name != "OMEGA_DATA_DIR"}
    environment["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    command = [sys.executable, "-m", "tests.faults.worker"]
    worker = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment, stdin=PIPE, stdout=PIPE)
    assert worker.stdin is not None
    try:
        yield worker
    finally:
        worker.stdin.close()
        await worker.wait()


async def _play(worker: Process, row: Row, number: int) -> Run:
    """One that proved nothing is played again."""
    for _ in range(TRIES - 1):
        run = await _order(worker, row, number)
        if not run.void:
            return run
    return await _order(worker, row, number)


async def _order(worker: Process, row: Row, number: int) -> Run:
    assert worker.stdin is not None
    assert worker.stdout is not None
    log = LOGS / f"{row.name.replace(' ', '-').replace('/', '-')}-{number + 1}.log"
    worker.stdin.write(msgspec.json.encode({"row": row.name, "number": number, "log": str(log)}) + b"\n")
    if not (answer := await worker.stdout.readline()):
        raise WorkerStopped(f"the process that played {row.name} stopped without an answer")
    return msgspec.json.decode(answer, type=Run)
