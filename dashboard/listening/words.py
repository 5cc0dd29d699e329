"""Messages as lines for a terminal. Pure. What others wrote is printed with its control characters escaped."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from dashboard.feed.messages import Alerts, Bar, Price, Snapshot, Trades
from dashboard.protocol.told import Part, Told
from dashboard.publication import Published

_ARROWS: Final = {"up": "▲", "down": "▼"}


def lines(part: Part) -> list[str]:
    """A message has a line, or one for each thing that it tells. What has no words of its own is printed as it came."""
    told = list(_told(part.told)) or [bytes(part.raw).decode(errors="backslashreplace")]
    return [escaped(line) for line in told]


def escaped(text: str) -> str:
    """In one line, without what a terminal would obey."""
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)


def _told(message: Told | None) -> Iterable[str]:
    match message:
        case Price():
            yield _line(message.seen_at, "price", message.instrument, *_price(message))
        case Trades():
            for trade in message.trades:
                what = f"{trade.side:<4} {trade.size} at {trade.price}"
                yield _line(trade.traded_at, "trade", message.instrument, what, trade.venue, trade.held)
        case Bar():
            prices = " ".join(price or "–" for price in (message.open, message.high, message.low, message.close))
            yield _line(message.start_at, "candle", message.instrument, prices, f"volume {message.volume}")
        case Alerts():
            for event in message.events:
                yield _line(event.at, event.what, event.instrument, event.text)
        case Published():
            yield _line(message.at, "said", message.topic, bytes(message.data).decode())
        case Snapshot():
            yield _line(message.now, "feed", message.feed, message.title, " ".join(message.instruments))


def _price(message: Price) -> list[str]:
    sides = [f"bid {message.bid}", f"ask {message.ask}"] if message.bid and message.ask else []
    return [f"{message.price} {_ARROWS.get(message.move, ' ')}", message.venue, *sides]


def _line(at: datetime, what: str, *parts: str) -> str:
    return "  ".join([f"{at:%H:%M:%S.%f}"[:-3], f"{what:<7}", *(part for part in parts if part)])
