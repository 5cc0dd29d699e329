"""The rows that are measured, by name. A name of two words is a variant of the row of its first one."""

from tests.faults.row import Row
from tests.faults.rows import e01, e07, e11, e13, e14, e17, e18, e28, e29, e31, e32, ledger, r1, r2, r7, r15, w1, w2

ROWS: dict[str, Row] = {
    row.name: row
    for row in (
        ledger.ROW,
        e01.WARM,
        e01.COLD,
        e07.ROW,
        e11.ROW,
        e13.ROW,
        e14.ROW,
        e17.ROW,
        e18.ROW,
        e28.ROW,
        *e31.PATTERNS,
        e32.ROW,
        r1.ROW,
        r2.ROW,
        r7.ROW,
        r15.ROW,
        w1.ROW,
        w2.ROW,
        e29.ROW,
    )
}
