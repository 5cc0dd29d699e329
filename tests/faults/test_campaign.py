"""The machinery of `make faults`: what passes a row, what is said of it, and what is kept."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.campaign import Campaign
from tests.faults.ground import Ground
from tests.faults.report import describe, write_json
from tests.faults.row import Result, Row, Run, judge
from tests.faults.rows import ROWS


async def never(ground: Ground) -> Run:
    raise AssertionError("it is not to be played")


ROW = Row("E99", "the sky falls", "s", 2.0, never)


@pytest.mark.parametrize(
    ("run", "objection"),
    [
        (Run(2.0), ""),
        (Run(2.001), "run 1: 2.001 s"),
        (Run(1.0, lost=1), "run 1: 1 lost"),
        (Run(1.0, duplicated=2), "run 1: 2 duplicated"),
        (Run(1.0, unexplained=3), "run 1: 3 unexplained"),
        (Run(1.0, complaints=("it rained",)), "run 1: it rained"),
        (Run(), "run 1: nothing to measure"),
        (Run(1.0, void="nothing fell"), "run 1: VOID, nothing fell"),
    ],
)
def test_every_run_has_to_be_inside_the_bar(run: Run, objection: str) -> None:
    """Issue 4: of many good runs one bad one is enough, and one that proved nothing is none."""
    good = Result(ROW, [Run(1.0)] * 29)
    assert (good.is_ok, good.maximum) == (True, 1.0)
    result = Result(ROW, [run, *good.runs])
    assert "; ".join(result.objections) == objection
    assert result.is_ok is (objection == "")


@pytest.mark.parametrize(("figure", "waited", "is_void"), [(3.0, 0.6, True), (3.0, 0.4, False), (1.0, 0.9, False)])
def test_machine_without_a_processor_voids_what_it_spoiled(figure: float, waited: float, is_void: bool) -> None:
    """Skipped loudly, not passed; and what was good in spite of it is good."""
    run = judge(ROW, Run(figure), waited)
    assert bool(run.void) is is_void
    assert Result(ROW, [run]).is_ok is (figure <= 2.0)


def test_row_that_was_never_played_is_not_passed() -> None:
    """No run proves nothing."""
    assert not Result(ROW, []).is_ok


def test_results_are_kept_with_every_key(tmp_path: Path) -> None:
    """Issue 4: {row, runs, maximum, unit, bar, lost, duplicated, unexplained, ok}; void runs do not count."""
    write_json([Result(ROW, [Run(0.5, lost=1), Run(1.25), Run(9.0, void="no")])], tmp_path / "var" / "faults.json")
    assert json.loads((tmp_path / "var" / "faults.json").read_text()) == [
        {
            "row": "E99",
            "runs": 2,
            "maximum": 1.25,
            "unit": "s",
            "bar": 2.0,
            "lost": 1,
            "duplicated": 0,
            "unexplained": 0,
            "ok": False,
        }
    ]


def test_line_of_a_row_says_what_is_wrong_and_when_the_machine_was_busy() -> None:
    """The maximum stands beside its bar; below it the runs that are to blame, loudly where the machine may be."""
    line, *notes = describe(Result(ROW, [Run(0.5), Run(3.0, waited=0.4)])).splitlines()
    assert line.split()[:6] == ["E99", "2", "3.000", "2", "0", "0"]
    assert "NOT OK" in line
    assert [note.strip().partition(":")[0] for note in notes] == ["run 2", "BUSY MACHINE"]
    assert len(describe(Result(ROW, [Run(0.5, waited=0.4)])).splitlines()) == 1


async def test_campaign_plays_a_row_in_a_process_of_its_own() -> None:
    """Issue 4: a real feed is cut off, and what it came to is told once."""
    told: list[Result] = []
    row = replace(ROWS["E1"], runs=1)
    results = await Campaign([row], runs=5, jobs=1, say=told.append).fight()
    assert results == told
    assert [len(result.proved) for result in results] == [1]
