"""Which trades count as taken before."""

from msgspec import structs

from dashboard.feed.memory import TradeMemory
from tests.dashboard.samples import trade


def test_an_id_counts_once_per_venue_and_instrument() -> None:
    """Two venues may give the same id, and so may one venue for two instruments."""
    memory = TradeMemory()
    here = trade(1, "10")
    others = [trade(1, "10", venue="htx"), structs.replace(here, instrument="ETH-USDT")]
    assert [memory.add(each) for each in (here, *others, here)] == [True, True, True, False]


def test_the_oldest_is_forgotten_first() -> None:
    """Memory has a bound, and what is repeated is recent."""
    memory = TradeMemory(limit=2)
    assert [memory.add(trade(number, "10")) for number in (1, 2, 3, 3, 2, 1)] == [True, True, True, False, False, True]
