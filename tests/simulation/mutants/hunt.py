"""Plants each bug in a copy of the tree, and runs seeds there until an invariant breaks."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from tests.simulation.mutants.mutant import ROOT, Mutant

COPIED: Final = ("feeds", "tests/simulation")


@dataclass(frozen=True)
class Trophy:
    """`found` is what gave the mutant away; "" where nothing did."""

    mutant: Mutant
    found: str


def hunt(mutants: Iterable[Mutant], seeds: int, hours: float) -> Iterator[Trophy]:
    """All mutants, as many at a time as there are processors."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(partial(_hunt_one, seeds=seeds, hours=hours), mutants)


def _hunt_one(mutant: Mutant, seeds: int, hours: float) -> Trophy:
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        root = Path(folder)
        for part in COPIED:
            shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
        (root / "tests" / "__init__.py").touch()
        mutant.plant(root)
        return Trophy(mutant, _run(root, seeds, hours))


def _run(root: Path, seeds: int, hours: float) -> str:
    """The last line that was said, of the simulation or of Python: a bug may also crash."""
    command = [sys.executable, "-m", "tests.simulation", "--first", "--seeds", str(seeds), "--hours", str(hours)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip().splitlines()[-1] if done.returncode else ""
