"""How late prices reach people, as a hub measures it."""

from datetime import timedelta

import pytest
from msgspec import structs

from dashboard.delivery import HANDED, PAINTED, Delivery
from dashboard.feed import conversion
from dashboard.feed.messages import Price
from tests.clock import ManualClock
from tests.dashboard.samples import price_state, trade


def price(clock: ManualClock, number: int, late: float) -> Price:
    last = structs.replace(trade(number, "100"), received_at=clock.now() - timedelta(seconds=late))
    return conversion.price_message(price_state(last, clock.now()), "", None)


def test_a_new_price_counts_from_its_receipt_and_an_unchanged_one_does_not(clock: ManualClock) -> None:
    """F-31: a quote that confirms an old trade is no late trade, and nobody waited for the first price."""
    delivery = Delivery(clock)
    first, second = price(clock, 1, late=30), price(clock, 2, late=0.1)
    delivery.handed([first])
    delivery.handed([first])
    assert delivery.delays() == {}
    delivery.handed([second])
    assert delivery.delays()[HANDED].p99 == pytest.approx(100, rel=0.05)


@pytest.mark.parametrize(("late", "hops"), [(0.2, [PAINTED]), (-1, []), (61, [])])
def test_what_a_browser_says_is_bounded(clock: ManualClock, late: float, hops: list[str]) -> None:
    """F-31: a page that slept, or one that lies, does not spoil the numbers."""
    delivery = Delivery(clock)
    delivery.painted(clock.now() - timedelta(seconds=late))
    assert list(delivery.delays()) == hops
