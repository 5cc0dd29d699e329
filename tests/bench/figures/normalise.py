"""Frames in memory to typed events: we, the peers, and the bare decode that nobody in Python can beat."""

import sys
from pathlib import Path

from tests.bench.figure import Figure
from tests.bench.program import Program
from tests.bench.race import race
from tests.bench.setting import Setting
from tests.bench.workload import Workload

PYTHON = Path(sys.executable)
OMEGA = Program("omega", PYTHON, "tests.bench.peers.omega")
LIMIT = Program("bare msgspec decode", PYTHON, "tests.bench.peers.limit")
# Its Ticker has no sizes, so it reads half the numbers that we read.
# It still speaks Kraken's first version only.
SILENT = {("kraken trades", "cryptofeed 2.4.1")}
PARTIAL = {("binance quotes", "cryptofeed 2.4.1"): "cryptofeed 2.4.1 (no sizes)"}


def normalise(setting: Setting) -> list[Figure]:
    return [figure for workload in setting.workloads for figure in _normalise(workload, setting)]


def _normalise(workload: Workload, setting: Setting) -> list[Figure]:
    peers = [peer for peer in setting.peers if (workload.name, peer.name) not in SILENT]
    samples = race(workload, [OMEGA, *peers, LIMIT], setting.rounds, setting.seconds)
    measured = samples.pop(OMEGA.name)
    return [
        Figure(
            name=f"normalise {workload.name}",
            unit="frames/s",
            measured=measured,
            against=PARTIAL.get((workload.name, name), name),
            reference=sample,
        )
        for name, sample in samples.items()
    ]
