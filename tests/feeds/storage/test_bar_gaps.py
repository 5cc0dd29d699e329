"""What is missing of a minute is said by its bar, for as long as nobody brings it."""

from datetime import timedelta

import pytest

from feeds.models import Candle, Gap
from feeds.storage.bars import mark_due
from tests.feeds.samples import NOON, logged
from tests.feeds.storage.bars import lose, make, prices, repair, statuses
from tests.feeds.stored import store

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_gap_makes_its_minutes_partial_until_it_is_repaired() -> None:
    """E33: over two minutes with trades and one without; then the missing trades come and the gap is closed."""
    store(logged(50, price="10"), logged(130, price="12"))
    make(200)
    gap = lose(50, 130)
    make(201)
    assert statuses() == [(0, "partial", 10.0), (1, "partial", 60.0), (2, "partial", 10.0)]
    assert prices()[1] == ("None", "None", "None", "None", "0", "0")
    store(logged(70, price="11"))
    repair(gap)
    make(202)
    assert statuses() == [(0, "repaired", 0.0), (1, "repaired", 0.0), (2, "repaired", 0.0)]
    assert prices()[1][:4] == ("11", "11", "11", "11")


def test_a_gap_in_which_nothing_happened_leaves_no_bar() -> None:
    """V-10: a minute without trades has no bar; only while it is not known is there a row."""
    gap = lose(10, 40)
    make(100)
    assert statuses() == [(0, "partial", 30.0)]
    repair(gap)
    make(101)
    assert statuses() == []


def test_a_gap_that_goes_on_counts_up_to_now_and_one_for_good_stays() -> None:
    """E33: a minute is partial from the moment of the gap on, also where nobody can repair it."""
    store(logged(1))
    lose(20, None)
    make(50)
    assert statuses() == [(0, "partial", 30.0)]
    Gap.objects.update(status=Gap.Status.UNREPAIRABLE)
    make(62)
    assert statuses() == [(0, "partial", 40.0)]


@pytest.mark.parametrize(("start", "end"), [(0, 0), (1, 1), (-20, 0)])
def test_a_gap_without_length_makes_a_minute_partial(start: float, end: float) -> None:
    """E33: of many trades in one moment one is missing: no second is, and yet the volume is wrong."""
    store(logged(0), logged(1))
    lose(start, end)
    Candle.objects.filter(start_at__lt=NOON).delete()
    make(62)
    assert statuses() == [(0, "partial", 0.0)]


def test_of_a_long_gap_the_last_day_gets_rows_and_older_bars_are_marked() -> None:
    """V-10: a venue that was away for a year does not write half a million rows."""
    store(logged(1))
    make(100)
    mark_due("binance", "BTC-USDT", NOON, NOON + timedelta(days=400))
    assert Candle.objects.count() == 1 + 24 * 60 + 1
    assert Candle.objects.get(start_at=NOON).is_due
