"""The command line: `python -m tests.bench`. Exit 1: a bar was missed or the peers read something else."""

import argparse
import sys

from tests.bench.environments import READERS, WRITERS, available
from tests.bench.figures import FIGURES
from tests.bench.program import ROOT, WorkerStopped
from tests.bench.race import AnswersDiffer
from tests.bench.report import machine, table, write_json
from tests.bench.setting import Setting
from tests.bench.workload import WANTED, load_workload
from tests.chromium import chromium_on_path

RESULT = ROOT / "var" / "bench.json"


def main() -> int:
    options = _options()
    workloads = [load_workload(venue, kind) for venue, kind in WANTED]
    for workload in workloads:
        _say(f"{workload.name}: {workload.source}")
    if (chromium := chromium_on_path()) is None:
        _say("SKIPPED the pages: there is no Chromium")
    peers, writers = available(READERS, _say), available(WRITERS, _say)
    setting = Setting(workloads, peers, writers, options.rounds, options.seconds, chromium, options.rows)
    try:
        figures = [figure for measure in FIGURES for figure in measure(setting)]
    except (AnswersDiffer, WorkerStopped) as error:
        _say(f"no figures: {error}")
        return 1
    write_json(figures, RESULT)
    _say(f"\n{table(figures)}\n")
    _say(f"Medians of {options.rounds} alternating rounds of {options.seconds} s of CPU time, ± half the range.")
    _say("A fault of Redis is played once for each, and so is what a page shows, for 20 s.")
    _say(machine())
    return 0 if all(figure.is_ok for figure in figures) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure how fast frames are read.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.3, help="length of one round")
    parser.add_argument("--rows", type=int, default=1_000_000, help="length of the history that is asked for")
    return parser.parse_args()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
