"""A REST read held against the book: what differs, who is right, when to ask again. Pure; the time is an argument.

The first read that differs is a suspicion, since a push may be on its way. The second one, at least 2 s later, that
says the same while the stream said nothing new is a drift: a row, and REST wins, if its word is not the older one. What
the book does not know since the line came up it is told by the first read. An error is no read, and changes nothing.
"""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from positions.book.book import Book
from positions.book.difference import Difference, Finding, findings
from positions.book.merge import is_before
from positions.types import Balances, Orders, Positions

ASK_AGAIN_AFTER_S: Final = 2.0

Read = Positions | Orders | Balances


class Judgement(NamedTuple):
    """`adopt`: the book may hear this read, for its fresher numbers where they are equal.

    `drifts` are the differences that are new, `settled` those that are over; `resolution` says what was done about
    all that differ. `ask_again_after` is in seconds; None: at the next turn.
    """

    is_equal: bool
    adopt: bool
    drifts: tuple[Difference, ...] = ()
    settled: tuple[Difference, ...] = ()
    ask_again_after: float | None = None
    resolution: str = ""


class _Suspicion(NamedTuple):
    """`pushed_at`: when the stream had last told all of it."""

    found: tuple[Finding, ...]
    pushed_at: datetime | None
    since_at: datetime


class _Case:
    """What goes on about positions, about orders, or about balances."""

    def __init__(self) -> None:
        self.suspicion: _Suspicion | None = None
        self.drifts: dict[tuple[str, str], Difference] = {}

    def settle(self, found: tuple[Finding, ...]) -> tuple[Difference, ...]:
        """Takes away the drifts that are not found any more."""
        still = {_name(finding.difference) for finding in found}
        over = [name for name in self.drifts if name not in still]
        return tuple(self.drifts.pop(name) for name in over)

    def open(self, found: tuple[Finding, ...]) -> tuple[Difference, ...]:
        """Those that were not drifts before."""
        new = [finding.difference for finding in found if _name(finding.difference) not in self.drifts]
        self.drifts |= {_name(difference): difference for difference in new}
        return tuple(new)


class Reconciler:
    """Of one account. Positions, orders and balances are judged apart."""

    def __init__(self) -> None:
        self._cases: dict[type[Read], _Case] = {Positions: _Case(), Orders: _Case(), Balances: _Case()}

    def drifts(self, what: type[Read]) -> tuple[Difference, ...]:
        """The differences that are not settled."""
        return tuple(self._cases[what].drifts.values())

    def judge(self, read: Read, book: Book, now: datetime) -> Judgement:
        """`read` came without an error."""
        case = self._cases[type(read)]
        found = findings(read, book) if _is_known(read, book) else ()
        settled = case.settle(found)
        if not found:
            case.suspicion = None
            return Judgement(is_equal=True, adopt=True, settled=settled)
        pushed_at = _pushed_at(read, book)
        if is_before(read.told_at, pushed_at):
            case.suspicion = None
            return Judgement(is_equal=False, adopt=False, settled=settled, ask_again_after=ASK_AGAIN_AFTER_S)
        if case.suspicion is None or case.suspicion[:2] != (found, pushed_at):
            case.suspicion = _Suspicion(found, pushed_at, now)
        wait = case.suspicion.since_at + timedelta(seconds=ASK_AGAIN_AFTER_S) - now
        if wait > timedelta(0):
            return Judgement(is_equal=False, adopt=False, settled=settled, ask_again_after=wait.total_seconds())
        return _decide(case, found, settled)


def _decide(case: _Case, found: tuple[Finding, ...], settled: tuple[Difference, ...]) -> Judgement:
    """Two reads say the same."""
    drifts = case.open(found)
    if any(finding.is_old for finding in found):
        return Judgement(False, False, drifts, settled, resolution="kept: the stream's word is the newer one")
    case.suspicion = None
    return Judgement(False, True, drifts, settled, resolution="REST said so twice: taken over")


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


def _name(difference: Difference) -> tuple[str, str]:
    return difference.subject, difference.field
