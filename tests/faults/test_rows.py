"""Each row that `make faults` plays thirty times, played once, inside its bar."""

import pytest

from tests.faults.ground import Ground
from tests.faults.row import Result
from tests.faults.rows import ROWS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("name", ROWS)
async def test_row_is_inside_its_bar(name: str, redis_server: str) -> None:
    """Issue 4: the fault happened, the bar held, and no trade is lost, doubled or unexplained."""
    row = ROWS[name]
    assert Result(row, [await row.play(Ground(redis_server))]).objections == []
