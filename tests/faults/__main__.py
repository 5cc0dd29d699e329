"""The command line of `make faults`. Exit 1: a bar was missed, a fault did not happen, a trade is unaccounted for."""

import argparse
import asyncio
import os
import shutil
import sys
import time

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

# Rows import models.
from tests.faults.calibration import TOO_SLOW, slowness  # noqa: E402
from tests.faults.campaign import LOGS, ROOT, Campaign  # noqa: E402
from tests.faults.report import HEAD, describe, matrix_page, write_json  # noqa: E402
from tests.faults.row import Row  # noqa: E402
from tests.faults.rows import ROWS  # noqa: E402

RESULT = ROOT / "var" / "faults.json"


def main() -> int:
    options = _options()
    if options.matrix:
        _say(matrix_page(ROWS))
        return 0
    began = time.monotonic()
    _say_how_slow()
    _say(HEAD)
    shutil.rmtree(LOGS, ignore_errors=True)
    campaign = Campaign(_chosen(options.rows), options.runs, options.jobs, lambda result: _say(describe(result)))
    results = asyncio.run(campaign.fight())
    write_json(results, RESULT)
    _say(f"{time.monotonic() - began:.0f} s, {options.jobs} runs at a time. Kept in {RESULT.relative_to(ROOT)}.")
    if all(result.is_ok for result in results):
        return 0
    _say(f"What the feeds logged in the runs that are to blame is in {LOGS.relative_to(ROOT)}/.")
    return 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Play the timed rows of the faults.")
    parser.add_argument("--rows", default="", help="such as E1,E7; all of them where none is named")
    parser.add_argument("--runs", type=int, help="of each row; its own number where none is given")
    parser.add_argument("--jobs", type=int, default=5 * (os.cpu_count() or 1), help="runs at a time")
    parser.add_argument("--matrix", action="store_true", help="print which tests prove which row, and play none")
    return parser.parse_args()


def _chosen(names: str) -> list[Row]:
    """By the first word too: E1 is also E1 cold."""
    wanted = set(names.replace(",", " ").split())
    chosen = [row for row in ROWS.values() if not wanted or {row.name, row.name.split()[0]} & wanted]
    if unknown := wanted - {name for row in chosen for name in (row.name, row.name.split()[0])}:
        raise SystemExit(f"There is no row {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}.")
    return chosen


def _say_how_slow() -> None:
    if (times := slowness()) > TOO_SLOW:
        _say(
            f"WARNING: THIS MACHINE IS {times:.1f} TIMES SLOWER THAN THE ONE THE BARS WERE SET ON. FIGURES SAY LITTLE."
        )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
