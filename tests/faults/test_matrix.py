"""The fault matrix is complete: every row has a test, and the timed ones are measured thirty times."""

from tests.faults.matrix import ROWS, proofs
from tests.faults.rows import ROWS as MEASURED

TIMED = ("E1", "E7", "E11", "E13", "E14", "E17", "E18", "E28", "E31", "E32")


def test_every_row_of_the_matrix_has_a_test() -> None:
    """Issue 4: thirty-five rows, each named by the docstring of what proves it, or measured by `make faults`."""
    proved = {row for row, tests in proofs().items() if tests} | set(MEASURED)
    assert [row for row in ROWS if row not in proved] == []
    assert list(ROWS) == [f"E{number}" for number in range(1, 36)]


def test_timed_rows_are_played_thirty_times() -> None:
    """Issue 4: by `make faults`; the flood needs one run."""
    assert {name: row.runs for name, row in MEASURED.items() if name in TIMED} == dict.fromkeys(TIMED, 30)
    assert MEASURED["E29"].runs == 1
