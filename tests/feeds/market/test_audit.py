"""Which stretches of what was told are compared with REST, and when."""

from datetime import timedelta
from typing import Final

from feeds.market.audit import AUDIT_EVERY_S, LEFT, MOST_TOLD, Audit, Stretch
from feeds.market.gap import Mark
from tests.feeds.samples import NOON

BTC: Final = "BTC-USDT"
ROWS: Final = 60


def mark(number: int) -> Mark:
    return Mark(str(number), NOON + timedelta(seconds=number))


def tell(audit: Audit, *numbers: int, instrument: str = BTC, now: float = 0.0) -> None:
    for number in numbers:
        audit.told(instrument, mark(number), now)


def test_stretch_is_due_when_a_third_of_a_call_was_told() -> None:
    """E33: Bybit gives the last sixty trades, so that twenty more may come until it answers, and twenty again."""
    audit = Audit(ROWS)
    tell(audit, *range(20))
    assert audit.due(0.0) is None
    tell(audit, 20)
    assert audit.due(0.0) == Stretch(BTC, mark(0), mark(20), told=20)


def test_quiet_stretch_is_due_after_five_seconds() -> None:
    """E33: but one in which nothing was told is none."""
    audit = Audit(ROWS)
    tell(audit, 1)
    assert audit.due(AUDIT_EVERY_S) is None
    tell(audit, 2)
    assert audit.due(AUDIT_EVERY_S - 0.01) is None
    assert audit.due(AUDIT_EVERY_S) == Stretch(BTC, mark(1), mark(2), told=1)


def test_next_stretch_begins_where_the_last_one_ended() -> None:
    """E33: what was told while the venue was asked belongs to the next."""
    audit = Audit(ROWS)
    tell(audit, *range(21))
    stretch = audit.due(0.0)
    assert stretch is not None
    tell(audit, 21, 22)
    audit.done(stretch, 1.0)
    assert audit.due(1.0) is None
    assert audit.due(1.0 + AUDIT_EVERY_S) == Stretch(BTC, mark(20), mark(22), told=2)


def test_stretch_that_was_not_compared_stays_due() -> None:
    """E33: a call that failed is made again, for as much as was told by then."""
    audit = Audit(ROWS)
    tell(audit, *range(21))
    audit.due(0.0)
    tell(audit, 21)
    assert audit.due(0.0) == Stretch(BTC, mark(0), mark(21), told=21)


def test_interrupted_stretch_is_due_at_once_and_the_next_one_does_not_span_the_absence() -> None:
    """E33: the absence is a gap of its own."""
    audit = Audit(ROWS)
    tell(audit, 1, 2)
    audit.interrupted(BTC)
    tell(audit, 8, 9)
    stretch = audit.due(0.0)
    assert stretch == Stretch(BTC, mark(1), mark(2), told=1)
    audit.done(stretch, 0.0)
    assert audit.due(AUDIT_EVERY_S) == Stretch(BTC, mark(8), mark(9), told=1)


def test_longest_stretch_comes_first() -> None:
    """E33: it is the one that the venue's last trades will leave behind first."""
    audit = Audit(ROWS)
    tell(audit, *range(30))
    tell(audit, *range(40), instrument="ETH-USDT")
    stretch = audit.due(0.0)
    assert stretch is not None
    assert stretch.instrument == "ETH-USDT"


def test_long_stretch_is_overdue_and_the_next_one_begins_at_its_end() -> None:
    """E33: memory is bounded while a venue's REST is down; what was not compared is said, once."""
    audit = Audit(ROWS)
    tell(audit, *range(MOST_TOLD + 2))
    assert audit.take_overdue() == [Stretch(BTC, mark(0), mark(MOST_TOLD), told=MOST_TOLD)]
    assert audit.take_overdue() == []
    assert audit.outstanding(BTC) == 1


def test_stretches_that_pile_up_are_overdue() -> None:
    """E33: memory is bounded while a venue's REST is down and its line is cut again and again."""
    audit = Audit(ROWS)
    for start in range(0, 100, 10):
        tell(audit, start, start + 1)
        audit.interrupted(BTC)
    assert [stretch.after for stretch in audit.take_overdue()] == [mark(number) for number in range(0, 70, 10)]
    left: list[Stretch] = []
    while stretch := audit.due(0.0):
        left.append(stretch)
        audit.done(stretch, 0.0)
    assert [stretch.after for stretch in left] == [mark(number) for number in (70, 80, 90)]
    assert len(left) == LEFT


def test_late_trade_may_be_the_oldest() -> None:
    """E26: of a session that begins out of order, what lies behind its first trade is compared too."""
    audit = Audit(ROWS)
    tell(audit, 5, 3)
    assert audit.due(AUDIT_EVERY_S) == Stretch(BTC, mark(3), mark(5), told=1)


def test_late_trade_does_not_move_the_end_back() -> None:
    """E26: a stretch ends at its newest trade."""
    audit = Audit(ROWS)
    tell(audit, 1, 5, 3)
    assert audit.due(AUDIT_EVERY_S) == Stretch(BTC, mark(1), mark(5), told=2)
