"""What of a venue's trades is known while an audit compares it, where ids do not show what is missing."""

from feeds.market.audit import MOST_TOLD
from feeds.market.coverage import NOT_COMPARED
from feeds.market.gap import Hole
from feeds.market.track import REMEMBERED_IDS
from tests.feeds.market.heard import BTC, coverage, mark, tell, trade


def test_whole_stretch_is_known_until_it_is_compared() -> None:
    """E33: however many trades a second a venue tells, and however late its REST answers, none seems to be unsent."""
    heard = coverage(has_consecutive_ids=False)
    tell(heard, *range(2000))
    assert heard.audit is not None
    stretch = heard.audit.due(0.0)
    assert stretch is not None
    assert heard.unknown(BTC, map(trade, range(2000))) == []
    heard.audit.done(stretch, 0.0)
    tell(heard, 2000)
    assert len(heard.unknown(BTC, map(trade, range(2000)))) == 2000 - REMEMBERED_IDS


def test_what_could_not_be_compared_in_time_is_a_hole() -> None:
    """E33: some of it may not have been sent, and nobody knows."""
    heard = coverage(has_consecutive_ids=False)
    tell(heard, *range(MOST_TOLD + 5))
    assert heard.settle(0.0) == [Hole("binance", BTC, mark(0), mark(MOST_TOLD), NOT_COMPARED)]
