"""How long a venue is left alone for what it said when it closed."""

import pytest

from feeds.connection.effects import Connect
from feeds.connection.events import Ended
from feeds.errors import ClosedByVenue
from tests.feeds.connection.stage import Stage


@pytest.mark.parametrize(
    ("code", "least", "most"),
    [(1008, 600.0, 660.0), (1012, 1.0, 5.0), (1013, 30.0, 33.0)],
)
@pytest.mark.parametrize("chance", [0.0, 0.5, 0.99])
def test_venue_is_left_alone_for_as_long_as_its_code_says(code: int, least: float, most: float, chance: float) -> None:
    """E15: 1008 ten minutes, 1013 half a minute, 1012 one to five seconds; within a tenth, as another one leads."""
    stage = Stage("binance", "kucoin", "bybit", "okx")
    stage.run(20)
    stage.mark()
    (session,) = stage.open("binance")
    del stage.sessions[session]
    error = ClosedByVenue(code, "")
    stage.tell(Ended(session, error, error.cool_off, chance))
    stage.run(700)
    waited = stage.times(Connect, "binance")[0]
    assert least * 0.9 <= waited <= most * 1.1
