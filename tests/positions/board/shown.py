"""An account for the tests of what it shows."""

from datetime import timedelta

from feeds.storage.latest import Stamped
from positions.board.board import Board
from positions.book.book import Book, Source
from positions.book.difference import Difference
from positions.latest import AccountState, OrdersState, PositionLine, PositionsState
from positions.types import AccountEvent, Orders, Position, Positions
from positions.words import OrderKind
from tests.clock import ManualClock
from tests.positions.samples import PLAN, trigger

STOP = trigger("2", OrderKind.STOP_LOSS, "58000")
TARGET = trigger("1", OrderKind.TAKE_PROFIT, "66000")
MISSING = Difference("position BTCUSDT long crossed", "size", "0.5", "none")


class Account:
    """A board with the book that it shows, and what it handed out last."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.board = Board(PLAN, 3, clock)
        self.book = Book()
        self.written: dict[str, Stamped] = {}

    def hear(self, event: AccountEvent, source: Source = Source.STREAM) -> None:
        if isinstance(event, Positions):
            self.board.hear(event.positions)
        self.book.hear(event, source, self.clock.now())
        self.board.show(self.book)

    def connect(self, *held: Position) -> None:
        self.hear(Positions(held, is_whole=True))
        self.hear(Orders((TARGET, STOP), is_whole=True), Source.REST)
        self.board.entered("connected")

    def lose(self) -> None:
        self.book.interrupted()
        self.board.show(self.book)
        self.board.entered("reconnecting", "the line was cut", self.clock.now() + timedelta(seconds=1), 1)

    def taken(self) -> dict[str, Stamped]:
        taken = self.board.take()
        self.written |= taken
        return taken

    def positions(self) -> PositionsState:
        self.taken()
        state = self.written["position:7"]
        assert isinstance(state, PositionsState)
        return state

    def line(self) -> PositionLine:
        (line,) = self.positions().positions
        return line

    def orders(self) -> OrdersState:
        self.taken()
        state = self.written["orders:7"]
        assert isinstance(state, OrdersState)
        return state

    def state(self) -> AccountState:
        self.taken()
        state = self.written["account:7"]
        assert isinstance(state, AccountState)
        return state
