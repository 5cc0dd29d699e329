"""The ledger: every trade that was handed to a socket, in order, on which connection.

A trade that goes to two connections, or twice to one, has an entry for each time. A trade handed over just
before a connection is cut has an entry too, though it may never arrive: that is a gap for the client to find.
`happened` beside it is every trade of the random market, whether anybody was told or not.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import overload

from tests.exchange.market import Side, Trade


@dataclass(frozen=True, slots=True)
class Sent:
    number: int
    venue: str
    symbol: str
    trade_id: str
    order_id: int
    price: Decimal
    size: Decimal
    side: Side
    traded_at: datetime
    connection: int


@dataclass(frozen=True, slots=True)
class SentFrame:
    """A frame of a recording; `frame` is its index among the recording's inbound frames."""

    number: int
    venue: str
    frame: int
    connection: int


class Ledger(Sequence[Sent]):
    """The newest entries; numbers go on rising when old ones are dropped."""

    def __init__(self, keep: int = 200_000) -> None:
        self.happened: deque[Trade] = deque(maxlen=keep)
        self.frames: deque[SentFrame] = deque(maxlen=keep)
        self._trades: deque[Sent] = deque(maxlen=keep)
        self._last_trade = self._last_frame = 0

    def write_trade(self, trade: Trade, connection: int) -> None:
        self._last_trade += 1
        self._trades.append(
            Sent(
                number=self._last_trade,
                venue=trade.venue,
                symbol=trade.symbol,
                trade_id=str(trade.trade_id),
                order_id=trade.order_id,
                price=trade.price,
                size=trade.size,
                side=trade.side,
                traded_at=trade.traded_at,
                connection=connection,
            )
        )

    def write_frame(self, venue: str, frame: int, connection: int) -> None:
        self._last_frame += 1
        self.frames.append(SentFrame(self._last_frame, venue, frame, connection))

    @property
    def last_number(self) -> int:
        return self._last_trade

    def since(self, number: int) -> list[Sent]:
        """The entries after this number."""
        dropped = self._last_trade - len(self._trades)
        return list(islice(self._trades, max(0, number - dropped), None))

    def frames_since(self, number: int) -> list[SentFrame]:
        dropped = self._last_frame - len(self.frames)
        return list(islice(self.frames, max(0, number - dropped), None))

    def __len__(self) -> int:
        return len(self._trades)

    def __iter__(self) -> Iterator[Sent]:
        return iter(tuple(self._trades))

    @overload
    def __getitem__(self, index: int) -> Sent: ...
    @overload
    def __getitem__(self, index: slice) -> list[Sent]: ...
    def __getitem__(self, index: int | slice) -> Sent | list[Sent]:
        return list(self._trades)[index] if isinstance(index, slice) else self._trades[index]
