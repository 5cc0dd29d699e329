"""HTX (formerly Huobi) spot. https://www.htx.com/en-us/opend/newApiPages/?id=7ec4a4da-7773-11ed-9966-0242ac110003

Every frame from the server is one gzip member in a binary frame; what we send is plain text.
"""

import zlib
from datetime import datetime

import msgspec

from feeds.decimals import write_out
from feeds.errors import BadFrame
from feeds.types import Event, Refused, Reply, Side, Subscribed, as_quote, as_trade, time_from_ms
from feeds.venues.base import Frame, RawJSON, Request, Row, TradeNumber, Venue, encode
from feeds.venues.htx_rest import HTXRest

# 48 kB of gzip can hold 50 MB. No honest frame comes near this.
MAX_INFLATED_BYTES = 1024 * 1024
MAX_ID_DIGITS = 40


class _Head(Row, rename={"error_code": "err-code", "error_text": "err-msg"}):
    ping: int | None = None
    ch: str = ""
    tick: RawJSON = RawJSON(b"")
    id: int | str | None = None
    status: str = ""
    subbed: str = ""
    error_code: str = ""
    error_text: str = ""


class _Detail(Row, rename={"trade_id": "tradeId"}):
    """`id` is obsolete, has up to 28 digits and repeats; frames of 2019 have no other."""

    ts: int
    price: RawJSON
    amount: RawJSON
    direction: Side
    id: RawJSON
    trade_id: TradeNumber | None = None


class _Trades(Row):
    data: list[_Detail]


class _BestBidOffer(Row, rename="camel"):
    symbol: str
    bid: RawJSON
    bid_size: RawJSON
    ask: RawJSON
    ask_size: RawJSON
    quote_time: int


_head = msgspec.json.Decoder(_Head).decode
_trades = msgspec.json.Decoder(_Trades).decode
_offer = msgspec.json.Decoder(_BestBidOffer).decode


class HTX(Venue):
    code = "htx"
    name = "HTX"
    default_priority = 5
    rest = HTXRest()
    urls = ("wss://api.huobi.pro/ws", "wss://api-aws.huobi.pro/ws")
    # WebSocket pings are not its heartbeat: it sends JSON pings every 5 s and wants them answered.
    ping_every = None
    channels = ("trade.detail", "bbo")
    is_newest_first = True
    # `tradeId`, in a capture of 2021; the page only says that it is unique.
    has_consecutive_ids = True

    def symbol(self, base: str, quote: str) -> str:
        return f"{base}{quote}".lower()

    def request(self, channel: str, symbol: str, now: datetime) -> Request:
        # Acknowledged by its topic, refused by its id.
        topic = f"market.{symbol}.{channel}"
        return Request(topic, encode({"sub": topic, "id": topic}), symbol)

    def read(self, frame: Frame) -> list[Event]:
        head = _head(_inflate(frame))
        if head.ch:
            return _said(head)
        if head.ping is not None:
            return [Reply(f'{{"pong":{head.ping}}}')]
        if head.status == "error":
            return [Refused("" if head.id is None else str(head.id), f"{head.error_code}: {head.error_text}")]
        return [Subscribed(head.subbed)] if head.subbed else []


def _inflate(frame: Frame) -> bytes:
    if isinstance(frame, str):
        raise BadFrame("not_gzip", frame[:64])
    inflater = zlib.decompressobj(wbits=31)
    try:
        content = inflater.decompress(frame, MAX_INFLATED_BYTES)
    except zlib.error as error:
        raise BadFrame("gzip", frame[:64]) from error
    if not inflater.eof:
        raise BadFrame("gzip_size" if inflater.unconsumed_tail else "gzip", frame[:64])
    return content


def _said(head: _Head) -> list[Event]:
    symbol, _, kind = head.ch.removeprefix("market.").partition(".")
    match kind:
        case "trade.detail":
            return [_read_trade(symbol, row) for row in _trades(head.tick).data]
        case "bbo":
            return [_read_quote(_offer(head.tick))]
    return []


def _read_trade(symbol: str, row: _Detail) -> Event:
    trade_id = _old_id(row.id) if row.trade_id is None else str(row.trade_id)
    return as_trade(symbol, trade_id, write_out(row.price), write_out(row.amount), row.direction, time_from_ms(row.ts))


def _old_id(raw: RawJSON) -> str:
    text = str(raw, "utf-8", "replace").strip('"')
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_ID_DIGITS):
        raise BadFrame("trade_id", text)
    return text


def _read_quote(row: _BestBidOffer) -> Event:
    numbers = (write_out(row.bid), write_out(row.bid_size), write_out(row.ask), write_out(row.ask_size))
    return as_quote(row.symbol, *numbers, time_from_ms(row.quote_time))
