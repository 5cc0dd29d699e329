"""What a wish means: of the feed that is named, of the first, or of the one that is yet to come."""

import pytest

from dashboard.hub import SourceName
from dashboard.protocol.commands import Wish
from dashboard.protocol.topics import Topic
from dashboard.sockets.identity import Identity
from dashboard.sockets.order import Refused, order
from dashboard.sources import FEED

ADA = Identity(user_id=1, username="ada", is_staff=False, topics=frozenset(Topic), may_publish=False)
FEEDS = {"main": frozenset({"BTC-USDT"}), "other": frozenset({"ETH-USDT"})}


def test_unnamed_feed_is_the_first_or_the_one_that_comes() -> None:
    """A page that is opened before there is a feed is told of it once there is one."""
    assert order(Wish(Topic.HEALTH), ADA, FEEDS).source == SourceName(FEED, "main")
    assert order(Wish(Topic.HEALTH), ADA, {}).source == SourceName(FEED, "")


@pytest.mark.parametrize("wish", [Wish(Topic.PRICE, "gone"), Wish(Topic.PRICE, "main", "ETH-USDT")])
def test_what_is_not_there_is_refused(wish: Wish) -> None:
    """Each instrument is of its own feed."""
    for feeds in (FEEDS, {}):
        with pytest.raises(Refused, match="There is no feed|has no instrument"):
            order(wish, ADA, feeds)
