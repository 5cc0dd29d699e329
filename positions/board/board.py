"""What an account shows of itself, as fenced and versioned values: positions, orders, its line, its balances.

The loop tells it what happens; `take` hands out what changed since, and what has to be written again so that it does
not run out in Redis. What was held stays on it while the line is down.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from feeds.clock import Clock
from feeds.storage import keys
from feeds.storage.latest import Stamped
from positions.board.byhand import EVERY_S, Desk
from positions.board.freshness import Freshness
from positions.board.outgoing import Outgoing, State
from positions.board.picture import Picture
from positions.board.ring import Rings
from positions.board.tally import Tally
from positions.board.vitals import Vitals
from positions.book.book import Book
from positions.book.difference import Difference
from positions.connection.cadence import What
from positions.connection.condition import LineState
from positions.errors import ErrorType
from positions.latest import AccountState, DebugState, OrdersState, PositionsState
from positions.plan import AccountPlan
from positions.types import Position, Ticker

# It is large, and read by people.
DEBUG_EVERY_S: Final = 1.0


class Board:
    """`desk` are the plain names, `rings` what the line said."""

    def __init__(self, plan: AccountPlan, fence: int, clock: Clock) -> None:
        self.desk = Desk(plan, fence)
        self.rings = Rings()
        self._account = plan.id
        self._fence = fence
        self._clock = clock
        self._outgoing = Outgoing()
        self._freshness = Freshness(clock.now())
        self._picture = Picture(self._freshness)
        self._vitals = Vitals(plan, fence, clock.now())
        self._tally = Tally()
        self._debug_due = self._desk_due = 0.0

    def follow(self, plan: AccountPlan) -> None:
        """Takes over what an admin changed, and what was found out."""
        self._vitals.follow(plan)
        self.desk.is_first = plan.is_first

    # What the line does.

    def entered(self, state: str, text: str = "", retry_at: datetime | None = None, attempts: int = 0) -> None:
        """The line is in this state now; `text` says why in a sentence."""
        now = self._clock.now()
        self._vitals.entered(state, text, retry_at, attempts, now)
        if state == LineState.CONNECTED:
            self._freshness.connected(now)
        else:
            self._freshness.lost(now)

    def subscribed(self, channels: Iterable[str]) -> None:
        """The channels that the venue acknowledged on this connection."""
        self._vitals.subscribed(channels)

    def heartbeat(self) -> None:
        """The venue said something, be it a pong."""
        self._vitals.heard(self._clock.now())

    def budget(self, used: float) -> None:
        """The highest share of a REST limit that is in use, 0 to 1."""
        self._vitals.spent(used)

    def skew(self, milliseconds: int) -> None:
        """How far the venue's clock is ahead of ours."""
        self._vitals.measured(milliseconds)

    def alert(self, kind: str, text: str) -> None:
        """A person should know, until it is cleared."""
        self._vitals.alert(kind, text, self._clock.now())

    def clear(self, kind: str) -> None:
        self._vitals.clear(kind)

    def said(self, kind: str, text: str) -> None:
        """A message, for staff."""
        self.rings.said(kind, text, self._clock.now())

    def failed(self, kind: str, text: str) -> None:
        """Something that was wrong, for staff."""
        self.rings.failed(kind, text, self._clock.now())

    def erred(self, kind: ErrorType, reason: str) -> None:
        """REST or data failed: it counts, and too many in a row are an alarm."""
        self._tally.failed(kind, reason, self._clock.now())

    @property
    def alarms(self) -> dict[str, str]:
        """That there were too many errors in a row, in a sentence, by kind of alert; "" for what has none."""
        return self._tally.alarms(self._clock.now())

    # What the account holds.

    def hear(self, said: Iterable[Position]) -> None:
        """One message's words on positions, before they are shown."""
        self._picture.hear(said)

    def show(self, book: Book) -> None:
        """After each event that the book heard."""
        self._picture.show(book, self._clock.now())

    def mark(self, ticker: Ticker) -> None:
        """A public price of a symbol that is held."""
        self._picture.mark(ticker, self._clock.now())

    def measure(self, atr: Mapping[str, Decimal]) -> None:
        """The average true range of an hour, by symbol, where it is known."""
        self._picture.atr = atr

    def checked(self, what: What, period: float, is_equal: bool, drifts: Collection[Difference] = ()) -> None:
        """REST was read, as it is every `period` seconds, and held against the book; `drifts` are the differences that
        are open.
        """
        self._freshness.checked(what, period, is_equal, drifts, self._clock.now())

    def unchecked(self, what: What, reason: str) -> None:
        """REST did not tell it, for this reason."""
        self._freshness.unchecked(what, reason)

    def unasked(self) -> None:
        """REST is not asked any more."""
        self._freshness.unasked()

    @property
    def overdue(self) -> str:
        """What REST should have told by now, in a sentence; "" for nothing."""
        return self._freshness.overdue(self._clock.now())

    @property
    def is_sure(self) -> bool:
        """Whether the line is up and the positions are what REST confirms."""
        return self._picture.stale_since_at(What.POSITIONS, self._clock.now()) is None

    @property
    def breach(self) -> str:
        """Which targets did not work, in a sentence, as of the last `take`; "" for none."""
        return self._picture.breach

    # What is read.

    def take(self) -> dict[str, Stamped]:
        """The states that changed or have to be written again, by key, each with the next version."""
        now = self._clock.monotonic()
        positions, line = self._positions(), self._line()
        states: dict[str, State] = {
            keys.positions(self._account): positions,
            keys.orders(self._account): self._orders(),
            keys.account(self._account): line,
        }
        if now >= self._debug_due:
            self._debug_due = now + DEBUG_EVERY_S
            states[keys.debug(self._account)] = self._debug(line.state)
        taken = self._outgoing.due(states, now, self._clock.now())
        if now >= self._desk_due:
            self._desk_due = now + EVERY_S
            taken |= self.desk.values(positions, line, self._clock.now())
        return taken

    def _debug(self, state: str) -> DebugState:
        return self.rings.state(self._fence, self._account, state, self._tally.states(self._clock.now()))

    def _positions(self) -> PositionsState:
        now = self._clock.now()
        return PositionsState(
            fence=self._fence,
            version=0,
            account=self._account,
            positions=self._picture.positions(),
            is_known=self._picture.is_known(What.POSITIONS),
            stale_since_at=self._picture.stale_since_at(What.POSITIONS, now),
            check=self._freshness.check(What.POSITIONS),
            told_at=self._picture.told_at,
        )

    def _orders(self) -> OrdersState:
        orders = self._picture.orders()
        return OrdersState(
            fence=self._fence,
            version=0,
            account=self._account,
            orders=orders,
            is_known=self._picture.is_known(What.ORDERS),
            stale_since_at=self._picture.stale_since_at(What.ORDERS, self._clock.now()),
            check=self._freshness.check(What.ORDERS),
            told_at=max((line.updated_at for line in orders if line.updated_at), default=None),
        )

    def _line(self) -> AccountState:
        return replace(
            self._vitals.state,
            balances=self._picture.balances(),
            stale_since_at=self._picture.stale_since_at(What.BALANCES, self._clock.now()),
            check=self._freshness.check(What.BALANCES),
        )
