"""Many seeds at a time, on all processors; and the same seeds twice, under other hash seeds."""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from tests.simulation.world import Outcome, run

ROOT = Path(__file__).resolve().parents[2]


def run_all(seeds: Iterable[int], seconds: float) -> Iterator[Outcome]:
    """In the order of the seeds, each as soon as it is there."""
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(partial(run, seconds=seconds), seeds)


def differing(count: int, seconds: float) -> list[int]:
    """Seeds whose two runs, in two processes with different hash seeds, did not say the same."""
    first, second = (_start(count, seconds, hash_seed) for hash_seed in ("1", "2"))
    digests = [process.communicate()[0].split() for process in (first, second)]
    if [len(each) for each in digests] != [count, count]:
        return list(range(count))
    return [seed for seed, pair in enumerate(zip(*digests, strict=True)) if pair[0] != pair[1]]


def _start(count: int, seconds: float, hash_seed: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.simulation", "--digests", str(count), "--hours", str(seconds / 3600)]
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
