"""Results as lines for people, and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.faults.matrix import ROWS, proofs
from tests.faults.row import Result

HEAD = f"{'row':20} {'runs':>4}  {'maximum':>10} {'bar':>8}  {'lost':>4} {'dup.':>4} {'unex.':>5}  verdict"
# The first few say what is wrong; thirty say it no better.
OBJECTIONS_SHOWN = 5
MUCH_WAITED = 0.1


def describe(result: Result) -> str:
    """One line with the figures, and one for each of the first runs that are to blame."""
    row, entry = result.row, result.entry()
    maximum = "-" if result.maximum is None else f"{result.maximum:.3f}"
    verdict = "ok" if result.is_ok else "NOT OK"
    line = (
        f"{row.name:20} {len(result.proved):>4}  {maximum:>10} {row.allowed:>8}  {entry['lost']:>4} "
        f"{entry['duplicated']:>4} {entry['unexplained']:>5}  {verdict}  {row.fault}, in {row.unit}"
    )
    notes = result.objections[:OBJECTIONS_SHOWN]
    if not result.is_ok and result.waited > MUCH_WAITED:
        notes.append(f"BUSY MACHINE: a run waited {result.waited:.0%} of its time for a processor. Figures say little.")
    return "\n    ".join([line, *notes])


def write_json(results: Iterable[Result], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([result.entry() for result in results], indent=2) + "\n")


def matrix_page(measured: Iterable[str]) -> str:
    """Every row of the fault matrix, and below it the tests that prove it; these are also played by `make faults`."""
    timed = {name.split()[0] for name in measured}
    return "\n".join(_page_of(row, tests, row in timed) for row, tests in proofs().items())


def _page_of(row: str, tests: Sequence[str], is_timed: bool) -> str:
    played = [f"make faults ROWS={row}"] if is_timed else []
    return "\n    ".join([f"{row}  {ROWS[row]}", *played, *tests])
