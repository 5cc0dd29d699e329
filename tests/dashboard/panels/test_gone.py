"""What a page says of panels whose feed or instrument is gone."""

from dataclasses import replace

import pytest

from dashboard.panels.page import read_page
from dashboard.panels.placed import row
from tests.dashboard.conftest import Visitor


@pytest.mark.parametrize(("feed", "instrument"), [("", "SOL-USDT"), ("gone", "")])
def test_a_panel_never_shows_something_else_instead(
    visitor: Visitor, redis_server: str, feed: str, instrument: str
) -> None:
    """Issue 8, item 2: of what is not there it says so, by name."""
    (placed,) = row("price")
    missing = replace(placed, number=2, feed=feed, instrument=instrument)
    shown = [each.panel for each in read_page([], [placed, missing]).panels]
    assert [each.instrument for each in shown if not each.refusal] == ["BTC-USDT"]
    assert [each.number for each in shown] == [1, 2]
    assert (feed or instrument) in shown[1].refusal


def test_a_page_that_asks_for_what_is_gone_is_shown_the_first(visitor: Visitor, redis_server: str) -> None:
    """Issue 4, item 8: an address that somebody kept still leads somewhere."""
    (shown,) = read_page([], row("price"), feed="gone", instrument="SOL-USDT").panels
    assert (shown.panel.feed, shown.panel.instrument, shown.panel.refusal) == ("main", "BTC-USDT", "")
