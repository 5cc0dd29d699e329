"""What a private account can say, as plain immutable values. Exact decimals, aware UTC times.

Three answers are told apart everywhere: UNSET is "the message does not say", None is "it says that there is none"
(an empty string, or a liquidation price below zero), and a value is a value. What is missing is never zero.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from positions.words import MarginMode, OrderKind, OrderSide, OrderStatus, PositionMode, PositionSide

# What a message may leave out, and what it may say that there is none of.
Told = Decimal | None | UnsetType
ToldText = str | None | UnsetType
ToldTime = datetime | None | UnsetType


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """One holding, or what one message says of it. Sizes in the base currency, money in `margin_coin`.

    `roe` is the venue's own ratio of unrealised PnL to margin (0.0013 is 0.13 %); `margin_ratio` and
    `maintenance_ratio` are ratios too. In one-way mode `venue_id` is the slot's, not this holding's.
    `raw` are the fields of the message that we have no name for.
    """

    symbol: str
    side: PositionSide
    margin_mode: MarginMode | UnsetType = UNSET
    size: Told = UNSET
    available: Told = UNSET
    frozen: Told = UNSET
    entry_price: Told = UNSET
    mark_price: Told = UNSET
    liquidation_price: Told = UNSET
    break_even_price: Told = UNSET
    leverage: Told = UNSET
    margin: Told = UNSET
    unrealized_pnl: Told = UNSET
    roe: Told = UNSET
    realized_pnl: Told = UNSET
    margin_ratio: Told = UNSET
    maintenance_ratio: Told = UNSET
    funding_fee: Told = UNSET
    trading_fee: Told = UNSET
    take_profit: Told = UNSET
    stop_loss: Told = UNSET
    position_mode: PositionMode | UnsetType = UNSET
    margin_coin: ToldText = UNSET
    venue_id: ToldText = UNSET
    updated_at: ToldTime = UNSET
    raw: dict[str, Any] = {}


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """An order, or what one message says of it. `side` names the position's direction in hedge mode (BitGet).

    `action` is open, close, or the venue's own word for a forced kind; `trigger_price` is set where it waits for one;
    `take_profit` and `stop_loss` are preset with it. `filled` is the total so far.
    """

    order_id: str
    symbol: ToldText = UNSET
    client_id: ToldText = UNSET
    kind: OrderKind | UnsetType = UNSET
    status: OrderStatus | UnsetType = UNSET
    side: OrderSide | UnsetType = UNSET
    position_side: PositionSide | None | UnsetType = UNSET
    action: ToldText = UNSET
    price: Told = UNSET
    trigger_price: Told = UNSET
    size: Told = UNSET
    filled: Told = UNSET
    average_price: Told = UNSET
    take_profit: Told = UNSET
    stop_loss: Told = UNSET
    leverage: Told = UNSET
    margin_mode: MarginMode | UnsetType = UNSET
    is_reduce_only: bool | UnsetType = UNSET
    cancel_reason: ToldText = UNSET
    created_at: ToldTime = UNSET
    updated_at: ToldTime = UNSET
    raw: dict[str, Any] = {}


class Fill(msgspec.Struct, frozen=True, kw_only=True):
    """One execution of one of our orders. `fee` is negative when paid, whichever sign the venue uses.

    Where both orders are ours, both executions have the same `fill_id`.
    """

    fill_id: str
    order_id: str
    symbol: str
    side: OrderSide
    price: Decimal
    size: Decimal
    filled_at: datetime
    fee: Decimal | None = None
    fee_coin: str | None = None
    is_maker: bool | None = None
    pnl: Decimal | None = None
    action: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What no other execution of the account has."""
        return self.fill_id, self.order_id


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """Of one coin; the coin "" stands for the whole unified account, in US dollars."""

    coin: str
    equity: Told = UNSET
    available: Told = UNSET
    frozen: Told = UNSET
    usdt_equity: Told = UNSET
    unrealized_pnl: Told = UNSET
    margin_ratio: Told = UNSET
    raw: dict[str, Any] = {}


class ClosedPosition(msgspec.Struct, frozen=True, kw_only=True):
    """A holding that is over, as the venue sums it up. The fees are negative when paid."""

    symbol: str
    side: PositionSide
    size: Told = UNSET
    entry_price: Told = UNSET
    close_price: Told = UNSET
    realized_pnl: Told = UNSET
    funding_fee: Told = UNSET
    opening_fee: Told = UNSET
    closing_fee: Told = UNSET
    closed_at: ToldTime = UNSET
    raw: dict[str, Any] = {}


class Ticker(msgspec.Struct, frozen=True, kw_only=True):
    """Public: the newest prices of one futures symbol."""

    symbol: str
    mark_price: Told = UNSET
    last_price: Told = UNSET
    index_price: Told = UNSET
    funding_rate: Told = UNSET
    next_funding_at: ToldTime = UNSET
    told_at: datetime | None = None


class PublicTrade(msgspec.Struct, frozen=True, kw_only=True):
    """Public: one execution of the venue; V1 gives it no id."""

    symbol: str
    price: Decimal
    size: Decimal
    side: OrderSide
    traded_at: datetime
    trade_id: str | None = None


class Positions(msgspec.Struct, frozen=True):
    """`is_whole`: these are all positions of the account, and what is missing is closed; else they only changed."""

    positions: tuple[Position, ...]
    is_whole: bool
    told_at: datetime | None = None


class ClosedPositions(msgspec.Struct, frozen=True):
    """News of the past only: what is open is in `Positions`."""

    positions: tuple[ClosedPosition, ...]


class Orders(msgspec.Struct, frozen=True):
    """The orders that changed. `is_whole` only from REST: all that are open."""

    orders: tuple[Order, ...]
    is_whole: bool = False
    told_at: datetime | None = None


class Fills(msgspec.Struct, frozen=True):
    fills: tuple[Fill, ...]


class Balances(msgspec.Struct, frozen=True):
    balances: tuple[Balance, ...]
    told_at: datetime | None = None


class Tickers(msgspec.Struct, frozen=True):
    tickers: tuple[Ticker, ...]


class PublicTrades(msgspec.Struct, frozen=True):
    trades: tuple[PublicTrade, ...]


class KeyInfo(msgspec.Struct, frozen=True):
    """What an API key may do: `rights` out of read, trade and withdraw; whatever else it may change is trade too.

    `addresses` are the IP addresses that it is bound to, none where it works from everywhere. `uid` names the account.
    """

    uid: str
    rights: frozenset[str]
    addresses: tuple[str, ...] = ()
    expires_at: datetime | None = None


class LoggedIn(msgspec.Struct, frozen=True):
    """The venue took our login."""


class Subscribed(msgspec.Struct, frozen=True):
    """The venue took the request for this channel."""

    channel: str


class Refused(msgspec.Struct, frozen=True):
    """The venue said no, with its code as text; `channel` is "" where it is not about one.

    `text` is the venue's and may hold what we sent: only the command that reads recordings prints it.
    """

    code: str
    text: str
    channel: str = ""


class Pong(msgspec.Struct, frozen=True):
    """The venue answers our ping."""


AccountNews = Positions | ClosedPositions | Orders | Fills | Balances
MarketNews = Tickers | PublicTrades
AccountEvent = AccountNews | MarketNews | LoggedIn | Subscribed | Refused | Pong
