"""Which trades were already taken, so that one that the log holds twice counts once."""

from collections import deque
from typing import Final

from feeds.storage.latest import LoggedTrade

# The recorder repeats its last batch, some hundred trades, and the first look at the log has 5000.
REMEMBERED: Final = 10_000
# The venue's id is unique per venue and instrument. The log has one that is released from quarantine once more.
Key = tuple[str, str, str, bool]


class TradeMemory:
    """The last trades by what makes them unique. Bounded."""

    def __init__(self, limit: int = REMEMBERED) -> None:
        self._limit = limit
        self._known: set[Key] = set()
        self._order: deque[Key] = deque()

    def add(self, trade: LoggedTrade) -> bool:
        """Remembers a trade; False when it was known."""
        key = _key(trade, is_held=bool(trade.quarantine))
        if key in self._known:
            return False
        if len(self._order) == self._limit:
            self._known.discard(self._order.popleft())
        self._known.add(key)
        self._order.append(key)
        return True

    def is_release(self, trade: LoggedTrade) -> bool:
        """Whether a trade that may be believed now was in quarantine before."""
        return not trade.quarantine and _key(trade, is_held=True) in self._known


def _key(trade: LoggedTrade, *, is_held: bool) -> Key:
    return (trade.venue, trade.instrument, trade.trade_id, is_held)
