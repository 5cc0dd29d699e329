"""What the exchanges say: one pure module each. This registry is the only list of them."""

from feeds.venues.base import Venue
from feeds.venues.binance import Binance
from feeds.venues.bybit import Bybit
from feeds.venues.gateio import GateIO
from feeds.venues.htx import HTX
from feeds.venues.kraken import Kraken
from feeds.venues.kucoin import KuCoin
from feeds.venues.okx import OKX

# In the order of their default priority.
REGISTRY: dict[str, Venue] = {
    venue.code: venue for venue in (Binance(), KuCoin(), Bybit(), OKX(), HTX(), Kraken(), GateIO())
}

__all__ = ["REGISTRY", "Venue"]
