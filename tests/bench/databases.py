"""The databases that are measured, each a new one, and the program that measures one."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.figure import Figure, Sample
from tests.bench.program import ROOT, WorkerStopped
from tests.postgres_server import PostgresServer

# Takes the name and the address of an empty database.
Measure = Callable[[str, str], list[Figure]]


def of_each(measure: Measure) -> list[Figure]:
    with TemporaryDirectory() as folder:
        figures = measure("SQLite", f"sqlite:///{Path(folder) / 'bench.sqlite3'}")
    server = PostgresServer()
    try:
        return figures + measure("PostgreSQL", server.url)
    finally:
        server.remove()


def told_by(module: str, url: str, *arguments: object) -> dict[str, Sample]:
    """What a module prints as JSON, by name, when it is run on the database at `url`. WorkerStopped where it fails."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    told = subprocess.run(command, cwd=ROOT, env=os.environ | {"DATABASE_URL": url}, stdout=subprocess.PIPE)
    if told.returncode:
        raise WorkerStopped(f"{module} stopped without an answer")
    return {name: Sample(values) for name, values in json.loads(told.stdout).items()}
