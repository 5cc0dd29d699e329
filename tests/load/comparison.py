"""Ours beside the peers of the same run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tests.faults.row import Result

# Who is compared with whom, under the same load.
PAIRS: Final = (
    ("C1", "GROUP_SEND"),
    ("C1", "BROADCAST 500"),
    ("C2 web", "BROADCAST 1000"),
    ("C2 broadcast", "BROADCAST 1000"),
)
_FIGURES: Final = ("p50", "p99", "p99.9", "server")


def compare(results: Sequence[Result]) -> Iterator[str]:
    """A line for each pair that was measured: how many times the peer's figure is ours."""
    found = {result.row.name: result.maximum for result in results}
    for ours, theirs in PAIRS:
        ratios = [
            f"{what} {own:.1f} against {other:.1f} ({other / own:.1f} times)"
            for what in _FIGURES
            if (own := found.get(f"{ours} {what}")) and (other := found.get(f"{theirs} {what}"))
        ]
        if ratios:
            yield f"{ours} against {theirs}: {', '.join(ratios)}"
