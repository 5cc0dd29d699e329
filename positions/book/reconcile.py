"""A REST read held against the book: what differs, who is right, when to ask again. Pure; the time is an argument.

The first read that differs in something is a suspicion, since a push may be on its way. One that still differs there
at least 2 s later, while the stream said nothing new of it, makes it a drift: a row, and the newer read wins, if its
word is not older than the stream's. Each position and each order has its own two seconds, whatever else moves. What the
book does not know since the line came up it is told by the first read, and while the line is down by each: there is no
stream then to differ from. An error is no read, and changes nothing.
"""

from datetime import datetime
from typing import Final, NamedTuple

from positions.book.book import Book
from positions.book.difference import Difference, Finding, Read, findings, without
from positions.book.merge import is_before
from positions.types import Balances, Order, Orders, Position, Positions

ASK_AGAIN_AFTER_S: Final = 2.0
KEPT: Final = "kept: the stream's word is the newer one"
TAKEN: Final = "REST differed twice: its word is taken over"


class Judgement(NamedTuple):
    """`adopt` is what the book may hear of the read: without what is only suspected, and with the fresher numbers of
    all that is equal.

    `drifts` are the differences that are new, each with what was done about it; `settled` those that are over.
    `ask_again_after` is in seconds; None: at the next turn.
    """

    is_equal: bool
    adopt: Read | None
    drifts: tuple[tuple[Difference, str], ...] = ()
    settled: tuple[Difference, ...] = ()
    ask_again_after: float | None = None


class _Suspicion(NamedTuple):
    """Against this word of the book's. `pushed_at`: when the stream had last told all of it."""

    known: Position | Order | None
    pushed_at: datetime | None
    since_at: datetime


class _Case:
    """What goes on about positions, about orders, or about balances: by subject and field."""

    def __init__(self) -> None:
        self.suspicions: dict[tuple[str, str], _Suspicion] = {}
        self.drifts: dict[tuple[str, str], Difference] = {}

    def settle(self, found: tuple[Finding, ...]) -> tuple[Difference, ...]:
        """Takes away the drifts that are not found any more."""
        still = {_name(finding) for finding in found}
        over = [name for name in self.drifts if name not in still]
        return tuple(self.drifts.pop(name) for name in over)

    def open(self, found: list[Finding]) -> tuple[tuple[Difference, str], ...]:
        """Those that were not drifts before."""
        new = [finding for finding in found if _name(finding) not in self.drifts]
        self.drifts |= {_name(finding): finding.difference for finding in new}
        return tuple((finding.difference, KEPT if finding.is_old else TAKEN) for finding in new)

    def suspect(self, found: tuple[Finding, ...], pushed_at: datetime | None, now: datetime) -> None:
        """Forgets what is not found any more; begins anew where the stream spoke."""
        before, self.suspicions = self.suspicions, {}
        for finding in found:
            fresh = _Suspicion(finding.known, pushed_at, now)
            was = before.get(_name(finding), fresh)
            self.suspicions[_name(finding)] = was if was[:2] == fresh[:2] else fresh

    def wait(self, finding: Finding, now: datetime) -> float:
        """Seconds until a read that still differs there is believed; 0: it is now."""
        since_at = self.suspicions[_name(finding)].since_at
        return max(0.0, ASK_AGAIN_AFTER_S - (now - since_at).total_seconds())


class Reconciler:
    """Of one account. Positions, orders and balances are judged apart."""

    def __init__(self) -> None:
        self._cases: dict[type[Read], _Case] = {Positions: _Case(), Orders: _Case(), Balances: _Case()}

    def drifts(self, what: type[Read]) -> tuple[Difference, ...]:
        """The differences that are not settled."""
        return tuple(self._cases[what].drifts.values())

    def judge(self, read: Read, book: Book, now: datetime, *, is_followed: bool = True) -> Judgement:
        """`read` came without an error. `is_followed`: the line is up, so that there is a stream to differ from."""
        case = self._cases[type(read)]
        found = findings(read, book) if is_followed and _is_known(read, book) else ()
        settled = case.settle(found)
        pushed_at = _pushed_at(read, book)
        if found and is_before(read.told_at, pushed_at):
            case.suspicions = {}
            return Judgement(is_equal=False, adopt=None, settled=settled, ask_again_after=ASK_AGAIN_AFTER_S)
        case.suspect(found, pushed_at, now)
        doubted = [finding for finding in found if case.wait(finding, now)]
        return Judgement(
            is_equal=not found,
            adopt=without(doubted, read),
            drifts=case.open([finding for finding in found if finding not in doubted]),
            settled=settled,
            ask_again_after=min((case.wait(finding, now) for finding in doubted), default=None),
        )


def _is_known(read: Read, book: Book) -> bool:
    match read:
        case Positions():
            return book.knows_positions
        case Orders():
            return book.knows_orders
    return book.knows_balances


def _pushed_at(read: Read, book: Book) -> datetime | None:
    """When the stream last told all of it, by the venue's clock; of orders it never does."""
    return book.pushed_at if isinstance(read, Positions) else None


def _name(finding: Finding) -> tuple[str, str]:
    return finding.difference.subject, finding.difference.field
