"""What an instrument did lately, turned into messages second by second."""

from datetime import timedelta

from dashboard.feed import telling
from dashboard.feed.lately import Flow, FlowBucket
from feeds.market.lately import Lately
from tests.dashboard.samples import NOON, trade


def test_a_bucket_without_news_is_told_as_it_was() -> None:
    """F-28: what is told is the same as if it was made anew, also after a late trade; most of it is not made anew."""
    lately = Lately()
    for ago in range(120):
        lately.add(trade(ago, "10", NOON - timedelta(seconds=ago)))
    before = telling.everything(lately, None, None, "BTC-USDT", NOON)
    lately.add(trade(200, "10", NOON - timedelta(seconds=30)))
    later = NOON + timedelta(seconds=1)
    told = telling.everything(lately, None, None, "BTC-USDT", later, before)
    assert told == telling.everything(lately, None, None, "BTC-USDT", later)
    known = {id(message) for message in before}
    kept = [each for each in told if id(each) in known and isinstance(each, FlowBucket)]
    # The sums after a late trade are others; before it nothing is.
    assert 25 <= len(kept) <= 31


def test_venues_keep_their_places_whoever_traded_more() -> None:
    """F-28: the shares of the hour do not jump."""
    lately = Lately()
    orders = []
    for number, (venue, size) in enumerate((("okx", "1"), ("bybit", "2"), ("okx", "3"))):
        lately.add(trade(number, "10", NOON - timedelta(seconds=30 - number), venue, size=size))
        (hour,) = (each for each in telling.everything(lately, None, None, "BTC-USDT", NOON) if isinstance(each, Flow))
        orders.append(list(hour.venues))
    assert orders == [["okx"], ["bybit", "okx"], ["bybit", "okx"]]
