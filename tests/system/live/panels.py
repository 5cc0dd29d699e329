"""What each panel has to say of what REST says: in the words and figures of the first paint."""

from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec

from dashboard.chart.marks import Marks
from dashboard.feed.lately import Flow, FlowBucket, Moves
from dashboard.feed.messages import Bar, Coverage, Feed, Latency, Price, Trades, Uptime, Venues
from dashboard.feed.parts import TapeTrade, VenueLine
from dashboard.protocol.message import Message
from dashboard.system.messages import Log, Redis
from dashboard.templatetags import figures, market, operation
from feeds.market.flow import MINUTE_S
from tests.system.live.look import Messages, Said, Told

M = TypeVar("M", bound=Message)

NAMES: Final = {
    "binance": "Binance",
    "kucoin": "KuCoin",
    "bybit": "Bybit",
    "okx": "OKX",
    "htx": "HTX",
    "kraken": "Kraken",
    "gateio": "Gate.io",
}
_IN_TAPE: Final = 50


def newest(messages: Messages, type_: type[M]) -> M | None:
    told = messages.get(str(type_.__struct_config__.tag), [])
    return msgspec.convert(told[-1], type_) if told else None


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
        "time": _time(trade.traded_at),
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


def of_venues(messages: Messages) -> Said:
    venues = newest(messages, Venues)
    return {"venues": [_venue(each) for each in venues.venues]} if venues else {}


def _venue(venue: VenueLine) -> Said:
    state = {} if venue.state == "connected" else {"state": figures.state_label(venue.state)}  # else perhaps Silent
    return {
        **state,
        "priority": str(venue.priority),
        "name": venue.name,
        "role": venue.role,
        "reason": venue.reason,
        "delay": figures.delay(venue),
        "skew": operation.offset(venue.skew_ms),
        "reconnects": operation.count(venue.reconnects),
        "held": venue.quarantined_share or "0 %",
        "circuit": operation.circuit(venue),
        "flaws": figures.flaws(venue),
    }


def of_connection(messages: Messages) -> Said:
    feed, venues = newest(messages, Feed), newest(messages, Venues)
    if feed is None or venues is None:
        return {}
    switches = [
        {
            "time": _time(each.at),
            "from": each.from_venue or "nobody",
            "to": each.to_venue or "nobody",
            "text": each.text,
            "cost": each.cost,
        }
        for each in feed.switches
    ]
    return {"venue": NAMES.get(venues.active, "–"), "source": feed.lead.text, "switches": switches}


def of_uptime(messages: Messages) -> Said:
    uptime = newest(messages, Uptime)
    names = ("name", "since", "hour", "day", "month", "left")
    return {"lines": [{name: getattr(each, name) for name in names} for each in uptime.lines]} if uptime else {}


def of_latency(messages: Messages) -> Said:
    latency = newest(messages, Latency)
    names = ("p50", "p95", "p99")
    return (
        {
            "hops": [
                {"name": each.name, "about": each.about} | {name: f"{getattr(each, name):.1f}" for name in names}
                for each in latency.hops
            ]
        }
        if latency
        else {}
    )


def of_redis(messages: Messages) -> Said:
    redis = newest(messages, Redis)
    if redis is None:
        return {}
    servers = [
        {
            "name": each.name,
            "state": operation.server_state(each.state),
            "latency": operation.milliseconds(each.latency_ms),
            "memory": operation.memory(each),
            "commands": operation.count(each.commands_per_s),
            "failed": operation.failed(each),
            "waiting": operation.waiting(each),
        }
        for each in redis.servers
    ]
    active = next((each.name for each in redis.servers if each.is_active), "–")
    return {"active": active, "spool": operation.megabytes(redis.spool), "servers": servers}


def of_log(messages: Messages) -> Said:
    log = newest(messages, Log)
    return (
        {"lines": [{"level": each.level, "process": each.process, "text": each.text} for each in log.lines]}
        if log
        else {}
    )


def of_coverage(messages: Messages) -> list[list[str]]:
    """The table, cell by cell."""
    coverage = newest(messages, Coverage)
    return (
        [[each.name, *(operation.covered(cell.share) for cell in each.hours)] for each in coverage.lines]
        if coverage
        else []
    )


def of_position(messages: Messages) -> Said:
    """Its texts are the server's: here they only have to be in their places."""
    if "position" not in messages:
        return {}
    [told] = messages["position"]
    return {
        "positions": [_texts(each, leave=("levels", "targets_stale_since_at")) for each in told["positions"]],
        "check": told["check"]["text"],
        "title": messages["account"][0]["title"],
        "positions_note": told["note"],
    }


def of_orders(messages: Messages) -> Said:
    orders = messages.get("orders", [])
    return {"list": [_texts(each) for each in orders[0]["orders"]], "empty": orders[0]["note"]} if orders else {}


def of_balances(messages: Messages) -> Said:
    accounts = messages.get("account", [])
    return {"list": [_texts(each) for each in accounts[0]["balances"]]} if accounts else {}


def of_changes(messages: Messages) -> Said:
    changes = messages.get("changes", [])
    names = ("what", "sizes", "source")
    return {"list": [{name: each[name] for name in names} for each in changes[0]["changes"]]} if changes else {}


def _texts(row: dict[str, Any], leave: tuple[str, ...] = ()) -> Said:
    """As the page writes them; a figure brings its text."""
    texts: Said = {}
    for name, value in row.items():
        if name in ("side", "tone", "risk", *leave) or (name == "state" and "at" in row):
            continue
        if isinstance(value, dict):
            texts[name] = value["text"]
        else:
            texts[name] = [_texts(each) for each in value] if isinstance(value, list) else value
    return texts


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


def _time(at: datetime) -> str:
    return f"{at:%H:%M:%S}"


MARKET: Final[dict[str, Told]] = {"price": of_price, "tape": of_tape, "flow": of_flow}
FEED: Final[dict[str, Told]] = {
    "venues": of_venues,
    "connection": of_connection,
    "uptime": of_uptime,
    "latency": of_latency,
    "redis": of_redis,
}
ACCOUNT: Final[dict[str, Told]] = {
    "position": of_position,
    "orders": of_orders,
    "balances": of_balances,
    "changes": of_changes,
}
