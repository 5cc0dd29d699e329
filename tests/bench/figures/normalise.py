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
# These hold what is reached, with room for a busy machine. The goals (3 times cryptofeed, 15 times ccxt.pro, 0.3 of
# the bare decode) are further: see docs/venues.md.
BARS = {"cryptofeed 2.4.1": 1.0, "ccxt.pro 4.5.90": 6.0, LIMIT.name: 0.1}
# Half of the time goes into gunzip, which costs everybody the same.
HTX_BARS = {"cryptofeed 2.4.1": 0.7, "ccxt.pro 4.5.90": 5.0, LIMIT.name: 0.25}
# How many ids a trade stands for is read by us alone.
OKX_BARS = BARS | {"cryptofeed 2.4.1": 0.85}
BARS_OF = {"htx": HTX_BARS, "okx": OKX_BARS}
# It still speaks Kraken's first version only.
SILENT = {("kraken trades", "cryptofeed 2.4.1")}
PARTIAL = {("binance quotes", "cryptofeed 2.4.1"): "cryptofeed 2.4.1 (no sizes)"}


def normalise(setting: Setting) -> list[Figure]:
    return [figure for workload in setting.workloads for figure in _normalise(workload, setting)]


def _normalise(workload: Workload, setting: Setting) -> list[Figure]:
    peers = [peer for peer in setting.peers if (workload.name, peer.name) not in SILENT]
    samples = race(workload, [OMEGA, *peers, LIMIT], setting.rounds, setting.seconds)
    measured = samples.pop(OMEGA.name)
    bars = BARS_OF.get(workload.venue, BARS)
    return [
        Figure(
            name=f"normalise {workload.name}",
            unit="frames/s",
            measured=measured,
            against=PARTIAL.get((workload.name, name), name),
            reference=sample,
            at_least=bars[name],
        )
        for name, sample in samples.items()
    ]
