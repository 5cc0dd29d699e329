"""What the exchanges say: one pure module each. This registry is the only list of them."""

from feeds.venues.base import Venue
from feeds.venues.binance import Binance
from feeds.venues.htx import HTX

REGISTRY: dict[str, Venue] = {venue.code: venue for venue in (Binance(), HTX())}

__all__ = ["REGISTRY", "Venue"]
