"""What panels of every kind have in common: the newest message, the names of venues, times."""

from datetime import datetime
from typing import Final, TypeVar

import msgspec

from dashboard.protocol.message import Message
from tests.system.live.look import Messages

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


def newest(messages: Messages, type_: type[M]) -> M | None:
    told = messages.get(str(type_.__struct_config__.tag), [])
    return msgspec.convert(told[-1], type_) if told else None


def time_of(at: datetime) -> str:
    return f"{at:%H:%M:%S}"
