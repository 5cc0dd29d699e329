"""HTX (formerly Huobi) spot. https://www.htx.com/en-us/opend/newApiPages/?id=7ec4a4da-7773-11ed-9966-0242ac110003

Every frame from the server is one gzip member in a binary frame; what we send is plain text.
"""

import zlib
from collections.abc import Iterable
from datetime import datetime

import msgspec

from feeds.decimals import parse_number
from feeds.errors import BadFrame
from feeds.types import Event, Quote, Refused, Reply, Side, Subscribed, Trade, time_from_ms
from feeds.venues.base import Frame, RawJSON, Request, TradeNumber, Venue, decode, encode
from feeds.venues.htx_rest import HTXRest

# 48 kB of gzip can hold 50 MB. No honest frame comes near this.
MAX_INFLATED_BYTES = 1024 * 1024
MAX_ID_DIGITS = 40


class _Head(msgspec.Struct, rename={"error_code": "err-code", "error_text": "err-msg"}):
    ping: int | None = None
    ch: str = ""
    tick: RawJSON = RawJSON(b"")
    id: int | str | None = None
    status: str = ""
    subbed: str = ""
    error_code: str = ""
    error_text: str = ""


class _Row(msgspec.Struct, rename={"trade_id": "tradeId"}):
    """`id` is obsolete, has up to 28 digits and repeats; frames of 2019 have no other."""

    ts: int
    price: RawJSON
    amount: RawJSON
    direction: Side
    id: RawJSON
    trade_id: TradeNumber | None = None


class _Trades(msgspec.Struct):
    data: list[_Row]


class _BestBidOffer(msgspec.Struct, rename="camel"):
    symbol: str
    bid: RawJSON
    bid_size: RawJSON
    ask: RawJSON
    ask_size: RawJSON
    quote_time: int


_head = msgspec.json.Decoder(_Head)
_trades = msgspec.json.Decoder(_Trades)
_offer = msgspec.json.Decoder(_BestBidOffer)


class HTX(Venue):
    code = "htx"
    name = "HTX"
    default_priority = 5
    rest = HTXRest()
    urls = ("wss://api.huobi.pro/ws", "wss://api-aws.huobi.pro/ws")
    # WebSocket pings are not its heartbeat: it sends JSON pings every 5 s and wants them answered.
    ping_every = None
    is_newest_first = True

    def symbol(self, base: str, quote: str) -> str:
        return f"{base}{quote}".lower()

    def subscribe(self, symbols: Iterable[str], now: datetime) -> list[Request]:
        return [_request(symbol, kind) for symbol in symbols for kind in ("trade.detail", "bbo")]

    def parse(self, frame: Frame) -> list[Event]:
        head = decode(_head, _inflate(frame))
        if head.ping is not None:
            return [Reply(f'{{"pong":{head.ping}}}')]
        if head.status == "error":
            return [Refused("" if head.id is None else str(head.id), f"{head.error_code}: {head.error_text}")]
        if head.subbed:
            return [Subscribed(head.subbed)]
        return _read(head.ch, head.tick)


def _request(symbol: str, kind: str) -> Request:
    # Acknowledged by its topic, refused by its id.
    topic = f"market.{symbol}.{kind}"
    return Request(topic, encode({"sub": topic, "id": topic}), symbol)


def _inflate(frame: Frame) -> bytes:
    if isinstance(frame, str):
        raise BadFrame("not_gzip", frame)
    inflater = zlib.decompressobj(wbits=31)
    try:
        content = inflater.decompress(frame, MAX_INFLATED_BYTES)
    except zlib.error as error:
        raise BadFrame("gzip", frame[:64]) from error
    if not inflater.eof:
        raise BadFrame("gzip_size", frame[:64])
    return content


def _read(channel: str, tick: RawJSON) -> list[Event]:
    _, _, rest = channel.partition(".")
    symbol, _, kind = rest.partition(".")
    match kind:
        case "trade.detail":
            return [_as_trade(symbol, row) for row in decode(_trades, tick).data]
        case "bbo":
            return [_as_quote(decode(_offer, tick))]
    return []


def _as_trade(symbol: str, row: _Row) -> Trade:
    trade_id = _old_id(row.id) if row.trade_id is None else str(row.trade_id)
    price, size = parse_number(row.price), parse_number(row.amount)
    return Trade(symbol, trade_id, price, size, row.direction, time_from_ms(row.ts))


def _old_id(raw: RawJSON) -> str:
    text = str(raw, "utf-8", "replace").strip('"')
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_ID_DIGITS):
        raise BadFrame("trade_id", text)
    return text


def _as_quote(row: _BestBidOffer) -> Quote:
    bid, bid_size, ask, ask_size = (parse_number(raw) for raw in (row.bid, row.bid_size, row.ask, row.ask_size))
    return Quote(row.symbol, bid, bid_size, ask, ask_size, time_from_ms(row.quote_time))
