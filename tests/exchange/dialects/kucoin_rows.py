"""The payloads of KuCoin's channels: text prices, and a time of another kind in each."""

from __future__ import annotations

from tests.exchange.day import Day
from tests.exchange.dialect import plain, to_milliseconds
from tests.exchange.market import Quote, Trade


def match_row(trade: Trade) -> dict[str, object]:
    """Nanoseconds as text."""
    return {
        "makerOrderId": f"{trade.trade_id:024x}",
        "price": plain(trade.price),
        "sequence": str(trade.trade_id),
        "side": trade.side,
        "size": plain(trade.size),
        "symbol": trade.symbol,
        "takerOrderId": f"{trade.order_id:024x}",
        "time": f"{to_milliseconds(trade.traded_at)}000000",
        "tradeId": str(trade.trade_id),
        "type": "match",
    }


def ticker_row(quote: Quote, day: Day) -> dict[str, object]:
    """Milliseconds as a number."""
    return {
        "bestAsk": plain(quote.ask),
        "bestAskSize": plain(quote.ask_size),
        "bestBid": plain(quote.bid),
        "bestBidSize": plain(quote.bid_size),
        "price": plain(day.last),
        "sequence": str(quote.number),
        "size": plain(day.last_size),
        "time": to_milliseconds(quote.quoted_at),
    }


def level_row(quote: Quote) -> dict[str, object]:
    return {
        "asks": [plain(quote.ask), plain(quote.ask_size)],
        "bids": [plain(quote.bid), plain(quote.bid_size)],
        "timestamp": to_milliseconds(quote.quoted_at),
    }
