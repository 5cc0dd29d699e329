"""BitGet's third generation over REST: a unified account.

https://www.bitget.com/api-doc/uta/trade/Get-Position and its neighbours.
"""

from datetime import datetime
from typing import Final

from feeds.pace import Rate
from feeds.venues.rest import microseconds, path
from positions.types import Balances, Fills, KeyInfo, Orders, Positions
from positions.venues.bitget_fields import Fields
from positions.venues.bitget_rest import (
    PAGE_ROWS,
    AccountRest,
    Call,
    Page,
    as_open,
    cursor_of,
    data_of,
    key_info_of,
    rows_of,
)
from positions.venues.bitget_v3 import read_account, read_fill, read_order, read_position, read_strategy

_CATEGORY: Final = "USDT-FUTURES"
_RATE: Final = Rate(20, 1.0)
_STRATEGIES: Final = ("tpsl", "trigger")
_READ_ONLY: Final = frozenset(("read-only", "read_only", "readonly"))
# https://www.bitget.com/api-doc/uta/account/Get-Account-Info
_READABLE: Final = frozenset(("uta_mgt", "uta_trade"))
_WITHDRAWING: Final = frozenset(("withdraw",))


class UnifiedRest(AccountRest):
    cursor = "cursor"

    def positions(self) -> Call:
        return Call("positions", path("/api/v3/position/current-position", category=_CATEGORY), _RATE)

    def read_positions(self, body: bytes) -> Positions:
        rows = rows_of(data_of(body), "list")
        return Positions(tuple(read_position(Fields(row)) for row in rows), is_whole=True)

    def orders(self, after: str = "") -> Call:
        name = path("/api/v3/trade/unfilled-orders", category=_CATEGORY, limit=PAGE_ROWS)
        return self.next_page(Call("orders", name, _RATE), after)

    def triggers(self) -> tuple[Call, ...]:
        name = "/api/v3/trade/unfilled-strategy-orders"
        return tuple(Call("triggers", path(name, category=_CATEGORY, type=kind), _RATE) for kind in _STRATEGIES)

    def read_orders(self, body: bytes) -> Page[Orders]:
        """Strategy orders have no `orderStatus`, and come without pages."""
        data = data_of(body)
        rows = rows_of(data, "list")
        fields = [Fields(row) for row in rows]
        orders = (read_order(f) if "orderStatus" in f.raw else read_strategy(f) for f in fields)
        return Page(Orders(tuple(map(as_open, orders))), cursor_of(data, "cursor", rows))

    def balances(self) -> Call:
        return Call("balances", "/api/v3/account/assets", _RATE)

    def read_balances(self, body: bytes) -> Balances:
        return Balances(tuple(read_account(Fields(data_of(body)))))

    def fills(self, since: datetime, after: str = "") -> Call:
        start = microseconds(since) // 1000
        name = path("/api/v3/trade/fills", category=_CATEGORY, startTime=start, limit=PAGE_ROWS)
        return self.next_page(Call("fills", name, _RATE), after)

    def read_fills(self, body: bytes) -> Page[Fills]:
        data = data_of(body)
        rows = rows_of(data, "list")
        return Page(Fills(tuple(read_fill(Fields(row)) for row in rows)), cursor_of(data, "cursor", rows))

    def key_info(self) -> Call:
        return Call("key_info", "/api/v3/account/info", Rate(1, 1.0))

    def read_key_info(self, body: bytes) -> KeyInfo:
        """`permType` is about the `permissions` that can be for reading only; another one may change something."""
        info = Fields(data_of(body))
        permissions = frozenset(info.told_texts("permissions"))
        rights = {"read"}
        if permissions & _WITHDRAWING:
            rights.add("withdraw")
        if permissions - _READABLE - _WITHDRAWING or str(info.raw.get("permType")).lower() not in _READ_ONLY:
            rights.add("trade")
        return key_info_of(info, frozenset(rights))
