"""BitGet's part of the control API: accounts are opened, told what happens, and looked at. No secret comes out."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from tests.exchange.bitget.account import Topic
from tests.exchange.bitget.card import Environment, Kind, PositionMode, Right
from tests.exchange.bitget.faults import DeskFaults
from tests.exchange.bitget.state import Action, MarginMode, OrderType, PositionSide

if TYPE_CHECKING:
    from tests.exchange.bitget.account import DeskAccount
    from tests.exchange.bitget.desk import BitgetDesk


class NewAccount(msgspec.Struct, forbid_unknown_fields=True):
    key: str
    secret: str
    passphrase: str
    kind: Kind = "classic"
    environment: Environment = "live"
    uid: str = ""
    rights: tuple[Right, ...] = ("read",)
    addresses: tuple[str, ...] = ()
    expires_at: datetime | None = None
    position_mode: PositionMode = "one_way_mode"


class Command(msgspec.Struct, forbid_unknown_fields=True, tag_field="do"):
    """A method of DeskAccount with its arguments."""


class Open(Command, tag="open"):
    symbol: str
    side: PositionSide
    size: str
    price: str
    margin_mode: MarginMode = "crossed"
    leverage: int = 10
    push: bool = True


class Shut(Command, tag="close"):
    symbol: str
    side: PositionSide
    price: str | None = None
    push: bool = True


class PlaceOrder(Command, tag="order"):
    symbol: str
    side: PositionSide
    size: str
    price: str
    action: Action = "open"
    order_type: OrderType = "limit"
    margin_mode: MarginMode = "crossed"
    leverage: int = 10
    take_profit: str | None = None
    stop_loss: str | None = None
    push: bool = True


class FillOrder(Command, tag="fill"):
    order_id: str
    size: str | None = None
    price: str | None = None
    push: bool = True


class CancelOrder(Command, tag="cancel"):
    order_id: str
    push: bool = True


class Protect(Command, tag="protect"):
    symbol: str
    side: PositionSide
    take_profit: str | None = None
    stop_loss: str | None = None
    size: str | None = None
    push: bool = True


class Mark(Command, tag="mark"):
    symbol: str
    price: str


class SetBalance(Command, tag="balance"):
    coin: str
    equity: str
    available: str | None = None
    push: bool = True


class SayRow(Command, tag="say"):
    row: dict[str, Any]
    topic: Topic = "positions"


class Trigger(Command, tag="trigger"):
    order_id: str
    push: bool = True


class Revoke(Command, tag="revoke"):
    pass


class Cut(Command, tag="cut"):
    pass


Order = (
    Open | Shut | PlaceOrder | FillOrder | CancelOrder | Protect | Trigger | Mark | SetBalance | SayRow | Revoke | Cut
)


class DeskControl:
    def __init__(self, desk: BitgetDesk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/bitget", self.show),
            web.post("/bitget/accounts", self.open_account),
            web.post("/bitget/accounts/{uid}", self.command),
            web.post("/bitget/faults", self.set_faults),
            web.delete("/bitget/faults", self.clear_faults),
        ]

    async def show(self, request: web.Request) -> web.Response:
        return _json(
            {
                "accounts": [_describe(account) for account in self._desk.accounts],
                "marks": self._desk.marks,
                "logins": self._desk.logins,
                "calls": self._desk.calls,
                "subscribed_before_login": self._desk.subscribed_before_login,
                "faults": self._desk.faults,
            }
        )

    async def open_account(self, request: web.Request) -> web.Response:
        card = msgspec.json.decode(await request.read(), type=NewAccount)
        return _json(_describe(self._desk.open_account(**msgspec.structs.asdict(card))))

    async def command(self, request: web.Request) -> web.Response:
        """What the method gave, such as the id of the new order."""
        account = self._desk.find_uid(request.match_info["uid"])
        order = msgspec.json.decode(await request.read(), type=Order)
        method = getattr(account, str(order.__struct_config__.tag))
        return _json({"result": method(**msgspec.structs.asdict(order))})

    async def set_faults(self, request: web.Request) -> web.Response:
        self._desk.faults = msgspec.json.decode(await request.read(), type=DeskFaults)
        return _json(self._desk.faults)

    async def clear_faults(self, request: web.Request) -> web.Response:
        self._desk.faults = DeskFaults()
        return _json(self._desk.faults)


def _describe(account: DeskAccount) -> dict[str, object]:
    return {
        "uid": account.card.uid,
        "kind": account.card.kind,
        "environment": account.card.environment,
        "is_revoked": account.card.is_revoked,
        "positions": account.holdings,
        "orders": account.open_orders,
        "trigger_orders": account.open_plans,
        "balances": list(account.coins.values()),
        "fills": len(account.executions),
    }


def _json(body: object) -> web.Response:
    return web.Response(body=msgspec.json.encode(body) + b"\n", content_type="application/json")
