"""From the log in Redis to rows: our whole drain, and the database alone that is given rows known to be new."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.figure import Figure, Sample
from tests.bench.program import ROOT, WorkerStopped
from tests.bench.setting import Setting
from tests.postgres_server import PostgresServer

# These hold what is reached, with room for a busy machine. Ours reads, decodes, knows repeats, and notes which bars
# are due and where it stands.
BARS = {"executemany": 0.15, "COPY": 0.2}


def drain(setting: Setting) -> list[Figure]:
    with TemporaryDirectory() as folder:
        sqlite = _measure("SQLite", f"sqlite:///{Path(folder) / 'bench.sqlite3'}", setting)
    with _postgres() as url:
        return sqlite + _measure("PostgreSQL", url, setting)


def _measure(database: str, url: str, setting: Setting) -> list[Figure]:
    command = [sys.executable, "-m", "tests.bench.draining", str(setting.rounds), str(setting.seconds)]
    told = subprocess.run(command, cwd=ROOT, env=os.environ | {"DATABASE_URL": url}, stdout=subprocess.PIPE)
    if told.returncode:
        raise WorkerStopped(f"the drain into {database} stopped without an answer")
    samples = {name: Sample(values) for name, values in json.loads(told.stdout).items()}
    ours = samples.pop("drain")
    return [
        Figure(f"drain into {database}", "rows/s", ours, f"bare {name}", sample, at_least=BARS[name])
        for name, sample in samples.items()
    ]


@contextmanager
def _postgres() -> Iterator[str]:
    """The address of an empty database."""
    server = PostgresServer()
    try:
        yield server.url
    finally:
        server.remove()
