"""A row of the fault matrix that is measured: what goes wrong, what is counted, and the bar."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from tests.faults.ground import Ground


class FaultMissing(AssertionError):
    """The fault did not happen, so nothing was proved."""


@dataclass(frozen=True)
class Run:
    """What one run came to. `figure` is None where what was to be measured never happened; `complaints` is what was
    wrong besides; `void`, why the run proves nothing.

    `lost`, `duplicated` and `unexplained` are numbers of trades, see `tests.faults.ledger.Balance`.
    """

    figure: float | None = None
    lost: int = 0
    duplicated: int = 0
    unexplained: int = 0
    complaints: tuple[str, ...] = ()
    void: str = ""
    # The share of its time that its process wanted a processor and had none: on a busy machine figures say little.
    waited: float = 0.0


@dataclass(frozen=True)
class Measure:
    """What is measured, and how much it may be, or has to be at `least`; with neither it is there to compare with."""

    name: str
    fault: str
    unit: str
    bar: float | None
    least: float | None = field(default=None, kw_only=True)

    @property
    def allowed(self) -> str:
        """For people."""
        if self.least is not None:
            return f">={self.least:g}"
        return "-" if self.bar is None else f"{self.bar:g}"


@dataclass(frozen=True)
class Row(Measure):
    """`play` lets it happen once. `most_at_once`: no more runs at a time, because each needs much of the machine.

    A run that was not as it should be, and waited longer for a processor than `may_wait` of its time, is no proof.
    """

    play: Callable[[Ground], Awaitable[Run]]
    within: float = 60.0
    runs: int = 30
    most_at_once: int | None = None
    may_wait: float = 0.5


def judge(row: Row, run: Run, waited: float) -> Run:
    """The run, void where the machine is to blame for what was wrong with it."""
    run = replace(run, waited=waited)
    if run.void or waited <= row.may_wait or Result(row, [run]).is_ok:
        return run
    return replace(run, void=f"it waited {waited:.0%} of its time for a processor")


@dataclass(frozen=True)
class Result:
    """All runs of a row."""

    row: Measure
    runs: Sequence[Run]

    @property
    def proved(self) -> list[Run]:
        return [run for run in self.runs if not run.void]

    @property
    def maximum(self) -> float | None:
        """None where it was never measured."""
        return max((run.figure for run in self.proved if run.figure is not None), default=None)

    @property
    def waited(self) -> float:
        return max((run.waited for run in self.runs), default=0.0)

    @property
    def objections(self) -> list[str]:
        """Why it is not passed, one sentence for each run that is to blame."""
        return [f"run {number}: {text}" for number, run in enumerate(self.runs, 1) if (text := self._objection(run))]

    @property
    def is_ok(self) -> bool:
        return bool(self.runs) and not self.objections

    def _objection(self, run: Run) -> str:
        if run.void:
            return f"VOID, {run.void}"
        counts = {"lost": run.lost, "duplicated": run.duplicated, "unexplained": run.unexplained}
        found = [f"{count} {name}" for name, count in counts.items() if count]
        if run.figure is None:
            found.append("nothing to measure")
        elif _is_missed(self.row, run.figure):
            found.append(f"{run.figure:.3f} {self.row.unit}")
        return ", ".join([*found, *run.complaints])

    def entry(self) -> dict[str, object]:
        """One element of var/faults.json, and most of one of var/load.json."""
        return {
            "row": self.row.name,
            "runs": len(self.proved),
            "maximum": None if self.maximum is None else round(self.maximum, 4),
            "unit": self.row.unit,
            "bar": self.row.bar,
            "lost": sum(run.lost for run in self.proved),
            "duplicated": sum(run.duplicated for run in self.proved),
            "unexplained": sum(run.unexplained for run in self.proved),
            "ok": self.is_ok,
        }


def _is_missed(row: Measure, figure: float) -> bool:
    return (row.bar is not None and figure > row.bar) or (row.least is not None and figure < row.least)
