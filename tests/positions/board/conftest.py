"""What the tests of the board may ask for."""

import pytest

from tests.clock import ManualClock
from tests.positions.board.shown import Account


@pytest.fixture
def account(clock: ManualClock) -> Account:
    """Nothing is known of it yet."""
    return Account(clock)
