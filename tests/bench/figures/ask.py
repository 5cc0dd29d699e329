"""What a history costs whoever asks for it: a page anywhere in it, a day of it as a file, and the worst question."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.bench.figure import Figure, Sample
from tests.bench.program import ROOT, WorkerStopped
from tests.bench.setting import Setting
from tests.postgres_server import PostgresServer

PAGE_MS: Final = 50.0
EXPORTED_PER_SECOND: Final = 50_000.0
GROWS_BY_MB: Final = 16.0
CUT_AFTER_S: Final = 2.5
# A page of many rows may take so many times as long as one of few.
SLOWER: Final = 2.0


def ask(setting: Setting) -> list[Figure]:
    with TemporaryDirectory() as folder:
        figures = _figures("SQLite", f"sqlite:///{Path(folder) / 'bench.sqlite3'}", setting)
    with _postgres() as url:
        return figures + _figures("PostgreSQL", url, setting)


def _figures(database: str, url: str, setting: Setting) -> list[Figure]:
    told = {name: Sample(values) for name, values in _measured(database, url, setting).items()}
    page, name = _p95(told["page"]), f"page of 1000 of {setting.rows:,}, {database}"
    rate, grown, worst = told["export"], told["export grows by"], told["worst question"]
    peers = ("DRF CursorPagination", "limit, offset and COUNT")
    return [
        *(Figure(f"{name}, p95", "ms", page, peer, _p95(told[peer]), most=PAGE_MS) for peer in peers),
        Figure(f"{name}, p95", "ms", page, "of 100,000", _p95(told["page of a short history"]), at_most=SLOWER),
        Figure(f"export, {database}", "rows/s", rate, "what is demanded", Sample([EXPORTED_PER_SECOND]), at_least=1.0),
        Figure(f"export, {database}, grows by", "MB", grown, "nothing", Sample([0.0]), most=GROWS_BY_MB),
        Figure(f"worst question, {database}", "s", worst, "its limit", Sample([2.0]), most=CUT_AFTER_S),
    ]


def _measured(database: str, url: str, setting: Setting) -> dict[str, list[float]]:
    command = [sys.executable, "-m", "tests.bench.asking", str(setting.rows), str(setting.rounds)]
    told = subprocess.run(command, cwd=ROOT, env=os.environ | {"DATABASE_URL": url}, stdout=subprocess.PIPE)
    if told.returncode:
        raise WorkerStopped(f"{database} could not be asked")
    found: dict[str, list[float]] = json.loads(told.stdout)
    return found


def _p95(times: Sample) -> Sample:
    return Sample([sorted(times)[int(0.95 * (len(times) - 1))]])


@contextmanager
def _postgres() -> Iterator[str]:
    """The address of an empty database."""
    server = PostgresServer()
    try:
        yield server.url
    finally:
        server.remove()
