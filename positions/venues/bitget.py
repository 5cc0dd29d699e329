"""BitGet's private accounts: the two worlds in which they live, and the registry of their dialects.

Classic accounts are served by the second generation of its interface, unified ones by the third. The first is
switched off, and only read in old recordings. https://www.bitget.com/api-doc/common/intro
"""

from typing import Final

from feeds.venues.base import Frame
from positions.types import AccountEvent
from positions.venues.bitget_dialect import Dialect
from positions.venues.bitget_frames import parse
from positions.venues.bitget_push import DEFAULT
from positions.venues.bitget_v2_rest import ClassicRest
from positions.venues.bitget_v3_rest import UnifiedRest
from positions.words import AccountKind

_CATEGORY: Final = "usdt-futures"
_COIN: Final = "USDT"


class ClassicDialect(Dialect):
    kind = AccountKind.CLASSIC
    rest = ClassicRest()
    version = "v2"
    channels = ("positions", "orders", "orders-algo", "account", "fill")

    def argument(self, channel: str) -> dict[str, str]:
        about = "coin" if channel == "account" else "instId"
        return {"instType": "USDT-FUTURES", "channel": channel, about: DEFAULT}

    def ticker(self, symbol: str) -> dict[str, str]:
        return {"instType": "USDT-FUTURES", "channel": "ticker", "instId": symbol}


class UnifiedDialect(Dialect):
    kind = AccountKind.UNIFIED
    rest = UnifiedRest()
    version = "v3"
    channels = ("position", "order", "strategy-order", "account", "fill")

    def argument(self, channel: str) -> dict[str, str]:
        return {"instType": "UTA", "topic": channel}

    def ticker(self, symbol: str) -> dict[str, str]:
        return {"instType": _CATEGORY, "topic": "ticker", "symbol": symbol}

    def parse(self, frame: Frame) -> list[AccountEvent]:
        """One stream has all products of the account; USDT futures are what we follow."""
        return parse(frame, _is_of_usdt_futures)


def _is_of_usdt_futures(row: object) -> bool:
    """Positions name their coin, orders and fills their category, balances neither."""
    if not isinstance(row, dict):
        return True
    category, coin = row.get("category", _CATEGORY), row.get("marginCoin", _COIN)
    return str(category).lower() == _CATEGORY and coin in (_COIN, "")


DIALECTS: Final[dict[AccountKind, Dialect]] = {
    dialect.kind: dialect for dialect in (ClassicDialect(), UnifiedDialect())
}
