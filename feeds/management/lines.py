"""How events are printed by the commands: one JSON object a line."""

from datetime import datetime

import msgspec

from feeds.types import Event, Trade


def as_json(event: Event) -> dict[str, object]:
    if isinstance(event, Trade):
        return {
            "type": "trade",
            "symbol": event.symbol,
            "price": format(event.price, "f"),
            "size": format(event.size, "f"),
            "side": event.side,
            "id": event.trade_id,
            "ts": stamp(event.traded_at),
        }
    said: dict[str, object] = msgspec.to_builtins(event)
    return {"type": type(event).__name__.lower(), **said}


def stamp(moment: datetime) -> str:
    """The time with all six decimals of its second."""
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
