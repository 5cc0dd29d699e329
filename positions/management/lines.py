"""How what an account says is printed by commands: one JSON object a line, like the feeds' own events."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import msgspec
from msgspec import UNSET

from feeds.management.lines import stamp
from positions.types import (
    AccountEvent,
    Balances,
    ClosedPositions,
    Fills,
    LoggedIn,
    Orders,
    Positions,
    PublicTrade,
    PublicTrades,
    Tickers,
)


def as_lines(event: AccountEvent) -> Iterator[dict[str, object]]:
    """A line for each position, order, balance, fill, ticker or trade; without positions the account is flat."""
    match event:
        case Positions(positions=rows):
            if event.is_whole and not rows:
                yield {"type": "flat"}
            yield from (_line("position", row) for row in rows)
        case ClosedPositions(positions=rows):
            yield from (_line("closed_position", row) for row in rows)
        case Orders(orders=rows):
            yield from (_line("order", row) for row in rows)
        case Fills(fills=rows):
            yield from (_line("fill", row) for row in rows)
        case Balances(balances=rows):
            yield from (_line("balance", row) for row in rows)
        case Tickers(tickers=rows):
            yield from (_line("ticker", row) for row in rows)
        case PublicTrades(trades=rows):
            yield from map(_trade, rows)
        case LoggedIn():
            yield {"type": "logged_in"}
        case _:
            yield _line(type(event).__name__.lower(), event)


def _line(kind: str, row: msgspec.Struct) -> dict[str, object]:
    """Without what the message left out; null is what it says that there is none of."""
    told = ((name, value) for name, value in msgspec.structs.asdict(row).items() if value is not UNSET)
    return {"type": kind, **{name: _plain(value) for name, value in told}}


def _trade(trade: PublicTrade) -> dict[str, object]:
    return {
        "type": "trade",
        "symbol": trade.symbol,
        "price": _plain(trade.price),
        "size": _plain(trade.size),
        "side": trade.side,
        "id": trade.trade_id,
        "ts": _plain(trade.traded_at),
    }


def _plain(value: object) -> object:
    """Decimals with the digits of the wire, times with all six of their second."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return stamp(value) if isinstance(value, datetime) else value
