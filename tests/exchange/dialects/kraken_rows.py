"""The rows of Kraken's channels: prices and sizes are JSON numbers with all their digits."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import msgspec

from tests.exchange.day import Day
from tests.exchange.market import Listing, Quote, Trade


def trade_row(trade: Trade) -> dict[str, object]:
    return {
        "symbol": trade.symbol,
        "side": trade.side,
        "price": number(trade.price),
        "qty": _size(trade.size),
        "ord_type": "market",
        "trade_id": trade.trade_id,
        "timestamp": stamp(trade.traded_at),
    }


def ticker_row(quote: Quote, day: Day, listing: Listing) -> dict[str, object]:
    change = day.last - day.open
    return {
        "symbol": quote.symbol,
        "bid": number(quote.bid),
        "bid_qty": _size(quote.bid_size),
        "ask": number(quote.ask),
        "ask_qty": _size(quote.ask_size),
        "last": number(day.last),
        "volume": _size(day.volume),
        "vwap": number(day.mean.quantize(listing.tick)),
        "low": number(day.low),
        "high": number(day.high),
        "change": number(change),
        "change_pct": number((100 * change / day.open).quantize(Decimal("0.01"))),
        "trades": day.trades,
        "timestamp": stamp(quote.quoted_at),
    }


def number(value: Decimal) -> msgspec.Raw:
    return msgspec.Raw(f"{value:f}".encode())


def _size(value: Decimal) -> msgspec.Raw:
    return msgspec.Raw(f"{value:.8f}".encode())


def stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"
