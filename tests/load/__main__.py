"""The command line of `make load`. Exit 1: a bar was missed, something was lost, or a run proves nothing."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from tests.faults.calibration import TOO_SLOW, slowness
from tests.faults.report import HEAD, describe
from tests.faults.row import Result, Run
from tests.load.comparison import compare
from tests.load.row import Row, figure
from tests.load.rows import ROWS
from tests.load.site import Site, site
from tests.prepared import ROOT

RESULT: Final = ROOT / "var" / "load.json"
# The server has a processor to itself, or the figures are somebody else's too.
MAY_WAIT: Final = 0.1

logger = logging.getLogger(__name__)


def main() -> int:
    options = _options()
    rows, began = _chosen(options.rows), time.monotonic()
    with site() as place:
        _say(HEAD)
        results = [result for row in rows for result in _play(row, place, options.seconds)]
    keep(results, RESULT)
    for line in compare(results):
        _say(line)
    _say(f"{time.monotonic() - began:.0f} s. Kept in {RESULT.relative_to(ROOT)}.")
    return 0 if all(result.is_ok for result in results) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description="Put hundreds of clients on the site.")
    parser.add_argument("--rows", default="", help="such as C1,C3; all of them where none is named")
    parser.add_argument("--seconds", type=float, default=20.0, help="for how long each row is measured")
    return parser.parse_args()


def _chosen(names: str) -> list[Row]:
    """By the first word too: C2 is C2 web and C2 broadcast."""
    wanted = set(names.replace(",", " ").split())
    known = {name for row in ROWS for name in (row, row.split()[0])}
    if unknown := wanted - known:
        raise SystemExit(f"There is no row {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}.")
    return [row for name, row in ROWS.items() if not wanted or {name, name.split()[0]} & wanted]


def _play(row: Row, place: Site, seconds: float) -> Sequence[Result]:
    """Whatever happens, the other rows go on."""
    results = [_judged(result, slowness()) for result in asyncio.run(_outcome(row, place, seconds))]
    for result in results:
        _say(describe(result))
    return results


async def _outcome(row: Row, place: Site, seconds: float) -> list[Result]:
    try:
        return await row.play(place, seconds)
    except Exception as error:
        logger.exception("%s broke off", row.name)
        return [figure(row.name, "it broke off", "-", None, run=Run(complaints=(f"{type(error).__name__} {error}",)))]


def keep(results: Sequence[Result], path: Path) -> None:
    """As JSON, and why a row is void or not ok."""
    entries = [{**each.entry(), "least": each.row.least, "objections": each.objections} for each in results]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(entries, indent=2) + "\n")


def _judged(result: Result, times: float) -> Result:
    """Void where it is not as it should be and the machine is to blame: loudly, and not passed."""
    void = ""
    if times > TOO_SLOW:
        void = f"this machine is {times:.1f} times slower than the one the bars were set on"
    elif result.waited > MAY_WAIT:
        void = f"the server waited {result.waited:.0%} of its time for a processor"
    if result.is_ok or not void:
        return result
    return replace(result, runs=[replace(run, void=run.void or void) for run in result.runs])


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
