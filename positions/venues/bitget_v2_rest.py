"""BitGet's second generation over REST: a classic account with USDT futures.

https://www.bitget.com/api-doc/contract/position/get-all-position and its neighbours.
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
from positions.venues.bitget_v2 import read_balance, read_position
from positions.venues.bitget_v2_orders import read_fill, read_order, read_trigger

_PRODUCT: Final = "USDT-FUTURES"
_RATE: Final = Rate(10, 1.0)
# One call for each; the last are take-profits and stop-losses of all kinds.
_PLANS: Final = ("normal_plan", "track_plan", "profit_loss")
# All other rights let a key change something: https://www.bitget.com/api-doc/spot/account/Get-Account-Info
_READING: Final = frozenset(
    ("readonly", "read", "coor", "cpor", "stor", "smor", "ttor", "wtor", "taxr", "chor", "p2pr", "pllr")
)
_WITHDRAWING: Final = frozenset(("wwow", "withdraw"))


class ClassicRest(AccountRest):
    cursor = "idLessThan"

    def positions(self) -> Call:
        name = path("/api/v2/mix/position/all-position", productType=_PRODUCT, marginCoin="USDT")
        return Call("positions", name, Rate(5, 1.0))

    def read_positions(self, body: bytes) -> Positions:
        rows = rows_of(data_of(body), "list")
        return Positions(tuple(read_position(Fields(row)) for row in rows), is_whole=True)

    def orders(self, after: str = "") -> Call:
        name = path("/api/v2/mix/order/orders-pending", productType=_PRODUCT, limit=PAGE_ROWS)
        return self.next_page(Call("orders", name, _RATE), after)

    def triggers(self) -> tuple[Call, ...]:
        name = "/api/v2/mix/order/orders-plan-pending"
        paths = (path(name, productType=_PRODUCT, planType=plan, limit=PAGE_ROWS) for plan in _PLANS)
        return tuple(Call("triggers", each, _RATE) for each in paths)

    def read_orders(self, body: bytes) -> Page[Orders]:
        """Trigger orders have a `planType`; an account without orders may have null for a list."""
        data = data_of(body)
        rows = rows_of(data, "entrustedList")
        fields = [Fields(row) for row in rows]
        orders = (read_trigger(f) if "planType" in f.raw else read_order(f) for f in fields)
        return Page(Orders(tuple(map(as_open, orders))), cursor_of(data, "endId", rows))

    def balances(self) -> Call:
        return Call("balances", path("/api/v2/mix/account/accounts", productType=_PRODUCT), _RATE)

    def read_balances(self, body: bytes) -> Balances:
        return Balances(tuple(read_balance(Fields(row)) for row in rows_of(data_of(body), "list")))

    def fills(self, since: datetime, after: str = "") -> Call:
        start = microseconds(since) // 1000
        name = path("/api/v2/mix/order/fills", productType=_PRODUCT, startTime=start, limit=PAGE_ROWS)
        return self.next_page(Call("fills", name, _RATE), after)

    def read_fills(self, body: bytes) -> Page[Fills]:
        data = data_of(body)
        rows = rows_of(data, "fillList")
        return Page(Fills(tuple(read_fill(Fields(row)) for row in rows)), cursor_of(data, "endId", rows))

    def key_info(self) -> Call:
        return Call("key_info", "/api/v2/spot/account/info", Rate(1, 1.0))

    def read_key_info(self, body: bytes) -> KeyInfo:
        """Rights are words of four letters, in older answers whole words. Who does not tell them may have any."""
        info = Fields(data_of(body))
        authorities = frozenset(info.told_texts("authorities"))
        rights = {"read"}
        if authorities & _WITHDRAWING:
            rights.add("withdraw")
        if authorities - _READING - _WITHDRAWING:
            rights.add("trade")
        return key_info_of(info, frozenset(rights))
