"""What `make load` says of a figure."""

import json
from pathlib import Path

from tests.faults.report import describe
from tests.faults.row import Result, Run
from tests.load.__main__ import keep
from tests.load.row import figure


def cuts(count: float, run: Run = Run()) -> Result:  # noqa: B008  # it is frozen
    return figure("C10 cuts", "clients are cut off", "1", count, run=run, least=10_000)


def test_too_few_are_not_ok() -> None:
    """C10: a minimum is a bar, too."""
    assert cuts(10_000).is_ok
    assert cuts(9_999).objections == ["run 1: 9999.000 1"]
    assert ">=10000" in describe(cuts(10_000))


def test_file_says_why(tmp_path: Path) -> None:
    """Who reads that a row is not ok reads the reason, too."""
    void, wrong = Run(void="there were only 3 cuts"), Run(complaints=("7 times only the state followed",))
    keep([cuts(3, void), cuts(10_000, wrong)], tmp_path / "var" / "load.json")
    entries = json.loads((tmp_path / "var" / "load.json").read_text())
    assert [entry["ok"] for entry in entries] == [False, False]
    assert [entry["objections"] for entry in entries] == [
        ["run 1: VOID, there were only 3 cuts"],
        ["run 1: 7 times only the state followed"],
    ]
