"""The panels of the market: price, tape, flow and chart."""

from typing import Any, Final

import msgspec

from dashboard.chart.marks import Marks
from dashboard.feed.lately import Flow, FlowBucket, Moves
from dashboard.feed.messages import Bar, Price, Trades
from dashboard.feed.parts import TapeTrade
from dashboard.templatetags import figures, market
from feeds.market.flow import MINUTE_S
from tests.system.live.look import Messages, Said, Told
from tests.system.live.panels.words import NAMES, newest, time_of

_IN_TAPE: Final = 50


def of_price(messages: Messages) -> Said:
    price, moves = newest(messages, Price), newest(messages, Moves)
    if price is None or moves is None or moves.day is None or not (price.bid and price.ask and price.spread):
        return {}
    return {
        "price": figures.price(price.price),
        "venue": NAMES[price.venue],
        "bid": figures.price(price.bid),
        "ask": figures.price(price.ask),
        "spread": figures.price(price.spread),
        "bps": f"{price.spread_bps} bps",
        "moves": [{"told": market.significance(move)} for move in moves.horizons],
        "low": figures.price(moves.day.low),
        "high": figures.price(moves.day.high),
        "change": market.percent(moves.day.change),
    }


def of_tape(messages: Messages) -> Said:
    trades = newest(messages, Trades)
    return {"trades": [_trade(each) for each in trades.trades[::-1][:_IN_TAPE]]} if trades else {}


def _trade(trade: TapeTrade) -> Said:
    return {
        "time": time_of(trade.traded_at),
        "side": trade.side,
        "price": figures.price(trade.price),
        "size": figures.size(trade.size),
        "venue": NAMES[trade.venue],
    }


def of_flow(messages: Messages) -> Said:
    flow = newest(messages, Flow)
    buckets = [msgspec.convert(each, FlowBucket) for each in messages.get("bucket", [])]
    minutes = sorted((each for each in buckets if each.width == MINUTE_S), key=lambda each: each.start_at)
    if flow is None or not minutes:
        return {}
    return {
        "total": market.signed(minutes[-1].cvd),
        "venues": [{"name": NAMES[code], "told": _share(volume, flow)} for code, volume in flow.venues.items()],
        "buckets": [_bucket(each) for each in minutes[::-1]],
    }


def _share(volume: str, flow: Flow) -> str:
    return f"{market.part(volume, flow.volume)} % ({market.amount(volume)})"


def _bucket(bucket: FlowBucket) -> Said:
    return {
        "time": f"{bucket.start_at:%H:%M}",
        "buy": market.amount(bucket.buy),
        "sell": market.amount(bucket.sell),
        "delta": market.signed(bucket.delta),
        "cvd": market.signed(bucket.cvd),
        "vwap": figures.price(bucket.vwap) if bucket.vwap else "–",
        "count": str(bucket.trades),
    }


def bars(listed: list[dict[str, Any]], count: int = 10) -> list[Said]:
    """The table beside the chart: newest first."""
    told = [msgspec.convert(each, Bar) for each in listed[::-1][:count]]
    return [_bar(each) for each in told]


def _bar(bar: Bar) -> Said:
    prices = {"open": bar.open, "high": bar.high, "low": bar.low, "close": bar.close}
    shown = {name: figures.price(value) if value else "–" for name, value in prices.items()}
    return {
        "time": f"{bar.start_at:%Y-%m-%d %H:%M}",
        **shown,
        "volume": figures.size(bar.volume),
        "trust": figures.trust(bar),
    }


def counted(answer: bytes) -> Said:
    marks = msgspec.json.decode(answer, type=Marks)
    return {"switches": str(len(marks.switches)), "gaps": str(len(marks.gaps)), "fills": str(len(marks.fills))}


MARKET: Final[dict[str, Told]] = {"price": of_price, "tape": of_tape, "flow": of_flow}
