"""What can be subscribed to."""

from enum import StrEnum
from typing import Final


class Topic(StrEnum):
    """`price` to `traps` are of a feed, `positions` to `debug` of an account, `published` is what clients say,
    `redis` and `log` are of the system itself."""

    PRICE = "price"
    TRADES = "trades"
    CANDLES = "candles"
    FLOW = "flow"
    VENUES = "venues"
    HEALTH = "health"
    ALERTS = "alerts"
    TRAPS = "traps"
    POSITIONS = "positions"
    ORDERS = "orders"
    ACCOUNT = "account"
    DEBUG = "debug"
    PUBLISHED = "published"
    REDIS = "redis"
    LOG = "log"


OF_FEEDS: Final = frozenset(
    {Topic.PRICE, Topic.TRADES, Topic.CANDLES, Topic.FLOW, Topic.VENUES, Topic.HEALTH, Topic.ALERTS, Topic.TRAPS}
)
OF_ACCOUNTS: Final = frozenset({Topic.POSITIONS, Topic.ORDERS, Topic.ACCOUNT, Topic.DEBUG})
# What only staff may hear.
OF_STAFF: Final = frozenset({Topic.DEBUG, Topic.LOG})
# In order, and none is left out; all others are states, of which the newest counts.
EVENTS: Final = frozenset({Topic.TRADES, Topic.ALERTS, Topic.PUBLISHED})
