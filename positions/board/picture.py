"""What an account holds, put together for showing: the book, public prices, what protects it, how sure it is. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from positions.board.freshness import Freshness
from positions.board.lines import balance_line, order_line, pnl_check, position_line
from positions.board.prices import PublicPrices
from positions.board.protection import Breaches, Held, found
from positions.book.book import Book, Key, key_of
from positions.connection.cadence import What
from positions.latest import BalanceLine, OrderLine, PnlCheck, PositionLine
from positions.types import Position, Ticker


class Picture:
    """`atr` are average true ranges of an hour, by symbol, where they are known.

    `breach` is a sentence about targets that did not work, as of the last look at the positions; "" for none.
    """

    def __init__(self, freshness: Freshness) -> None:
        self._prices = PublicPrices()
        self.atr: Mapping[str, Decimal] = {}
        self.breach = ""
        self._freshness = freshness
        self._book = Book()
        self._breaches = Breaches()
        self._was_told: set[What] = set()
        self._pnl_checks: dict[Key, PnlCheck] = {}

    def hear(self, said: Iterable[Position]) -> None:
        """One message's words on positions, before the book puts them together with those of others."""
        self._pnl_checks |= {key_of(each): check for each in said if (check := pnl_check(each))}

    def show(self, book: Book, now: datetime) -> None:
        """As it is after each event that it heard."""
        self._book = book
        self._was_told.update(what for what in What if _knows(book, what))
        self._prices.keep(self._symbols())
        for position in book.positions.values():
            self._prices.hear_position(position, now)
        self._pnl_checks = {key: check for key, check in self._pnl_checks.items() if key in book.positions}

    def mark(self, ticker: Ticker, now: datetime) -> None:
        """A public price; one that comes a moment late, of a symbol that is not held any more, is none."""
        if ticker.symbol in self._symbols():
            self._prices.hear(ticker, now)

    @property
    def told_at(self) -> datetime | None:
        """The venue's time of its last whole word on positions; None where the line has told none since it came up."""
        return self._book.pushed_at

    def is_known(self, what: What) -> bool:
        """It was told once, by the line or by REST: what is not there was not there then, however stale that is."""
        return what in self._was_told or self._freshness.check(what).checked_at is not None

    def stale_since_at(self, what: What, now: datetime) -> datetime | None:
        return self._freshness.stale_since_at(what, _knows(self._book, what), now)

    def positions(self) -> list[PositionLine]:
        """By symbol, side and margin mode."""
        held = self._held()
        self.breach = "; ".join(sentence for each in held for sentence in _breached(each))
        return [
            position_line(
                each,
                self.atr.get(each.position.symbol),
                self._freshness.is_aligned(each.position),
                self._pnl_checks.get(key_of(each.position)),
            )
            for each in held
        ]

    def orders(self) -> list[OrderLine]:
        """By symbol, the oldest first as far as ids tell."""
        lines = map(order_line, self._book.orders.values())
        return sorted(lines, key=lambda line: (line.symbol, len(line.order_id), line.order_id))

    def balances(self) -> list[BalanceLine]:
        """By coin."""
        return [balance_line(balance) for _, balance in sorted(self._book.balances.items())]

    def _symbols(self) -> set[str]:
        return {key.symbol for key in self._book.positions}

    def _held(self) -> list[Held]:
        """REST that is late clears no breach: the line would tell of an order that is gone."""
        orders = list(self._book.orders.values())
        pairs = sorted(self._book.positions.items())
        held = [found(position, orders, self._prices.of(position.symbol)) for _, position in pairs]
        if self._freshness.is_connected and self._book.knows_orders:
            return self._breaches.marked(held)
        self._breaches.forget()
        return held


def _knows(book: Book, what: What) -> bool:
    match what:
        case What.POSITIONS:
            return book.knows_positions
        case What.ORDERS:
            return book.knows_orders
        case What.BALANCES:
            return book.knows_balances


def _breached(held: Held) -> list[str]:
    name = f"{held.position.symbol} {held.position.side}"
    return [
        f"{name}: the mark price is beyond the {kind} at {target.price:f}, and the order is still there"
        for kind, targets in (("take-profit", held.take_profits), ("stop-loss", held.stop_losses))
        for target in targets
        if target.is_breached
    ]
