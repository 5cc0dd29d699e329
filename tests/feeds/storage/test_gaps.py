"""Rows of the gap ledger, in a real database."""

from datetime import datetime, timedelta
from typing import Final

import pytest

from feeds.market.gap import Gap, Hole, Mark
from feeds.models import Candle
from feeds.models import Gap as Row
from feeds.storage import gaps
from feeds.storage.gaps import EXPIRES_AFTER, LOOKED_AT, OpenGap
from tests.feeds.samples import NOON

pytestmark = pytest.mark.django_db

BTC: Final = "BTC-USDT"


def mark(number: int) -> Mark:
    return Mark(str(number), NOON + timedelta(seconds=number))


def hole(after: int, before: int | None, reason: str = "silent") -> Hole:
    return Hole("binance", BTC, mark(after), None if before is None else mark(before), reason)


def note(*holes: Hole) -> list[Row]:
    for each in holes:
        gaps.note(each, NOON)
    return list(Row.objects.order_by("id"))


def open_now(after: timedelta = timedelta(0)) -> list[OpenGap]:
    return gaps.open_gaps("binance", [BTC], NOON + after)


def test_gap_that_goes_on_is_ended_in_its_row() -> None:
    """E33: with the reason of its beginning."""
    (row,) = note(hole(5, None), hole(5, 9, "not running"))
    assert (row.after_id, row.before_id, row.reason, row.status) == ("5", "9", "silent", Row.Status.OPEN)


def test_gap_that_goes_on_is_one_row() -> None:
    """E33: however often it is said."""
    assert len(note(hole(5, None), hole(5, None))) == 1


def test_gap_that_began_later_proves_the_end_of_another_one() -> None:
    """E33: somebody heard the venue meanwhile; what is after that is a row of its own, and nothing is in no row."""
    unwanted = hole(5, None, "by choice")._replace(is_wanted=False)
    first, second = note(unwanted, hole(60, 70, "ids jump"))
    assert (first.after_id, first.before_id, first.status) == ("5", "60", Row.Status.UNREPAIRABLE)
    assert (second.after_id, second.before_id, second.status) == ("60", "70", Row.Status.OPEN)


def test_gap_that_began_earlier_is_a_row_of_its_own() -> None:
    """E33: two feeds that listen to one venue lose it at different trades."""
    rows = note(hole(5, None), hole(4, None), hole(4, 9))
    assert [(row.after_id, row.before_id) for row in rows] == [("5", "9"), ("4", "9")]


def test_gap_that_another_feed_wants_is_repaired() -> None:
    """E33: what one feed did without by choice is no choice of the other."""
    (row,) = note(hole(5, None)._replace(is_wanted=False), hole(5, None), hole(5, 9))
    assert (row.is_wanted, row.status, row.note) == (True, Row.Status.OPEN, "")


def test_empty_end_without_a_beginning_is_no_row() -> None:
    """E33: its beginning was never written, and nothing was missed."""
    assert note(hole(5, 5)) == []


def test_gap_that_goes_on_cannot_be_repaired_yet() -> None:
    """E33: its end is not known."""
    note(hole(5, None))
    assert open_now() == []


def test_open_gaps_come_newest_first_and_only_so_many() -> None:
    """E33: the newest are worth most, and thousands of rows are not read for one."""
    note(*(hole(number, number + 2) for number in range(LOOKED_AT + 10)))
    found = open_now()
    assert len(found) == LOOKED_AT
    assert found[0].after == mark(LOOKED_AT + 9)


def test_gap_that_waits_leaves_its_place_to_an_older_one() -> None:
    """E33: however many are put off, the others have their turn."""
    older, newer = note(hole(1, 3), hole(5, 7))
    (found,) = gaps.open_gaps("binance", [BTC], NOON, waiting=[newer.pk])
    assert found.number == older.pk


def test_settled_row_stays_as_it_is() -> None:
    """E33: two feeds may repair one gap, and the first one to end has the last word."""
    (row,) = note(hole(5, 9))
    assert gaps.settle(row.pk, "", 3, NOON)
    assert not gaps.narrow(row.pk, Gap("BTCUSDT", mark(6), mark(9)), filled=1)
    assert not gaps.settle(row.pk, "the venue has no more", 1, NOON)
    row.refresh_from_db()
    assert (row.after_id, row.status, row.filled) == ("5", Row.Status.REPAIRED, 3)


def test_gap_that_is_open_for_a_day_is_given_up() -> None:
    """E33: with a note in words; a younger one is not."""
    note(hole(5, 9))
    assert len(open_now(EXPIRES_AFTER)) == 1
    assert open_now(EXPIRES_AFTER + timedelta(seconds=10)) == []
    row = Row.objects.get()
    assert (row.status, row.note) == (Row.Status.UNREPAIRABLE, "not repaired within a day")


def test_row_shrinks_with_each_page_until_it_is_settled() -> None:
    """E33: so that the next attempt, or the next process, asks for the rest only."""
    note(hole(5, 9))
    (found,) = open_now()
    gaps.narrow(found.number, Gap("BTCUSDT", mark(6), mark(9)), filled=1)
    assert open_now() == [OpenGap(found.number, BTC, mark(6), mark(9), filled=1)]
    gaps.settle(found.number, "", 3, NOON)
    row = Row.objects.get()
    assert (row.status, row.filled, row.settled_at) == (Row.Status.REPAIRED, 3, NOON)


def test_candles_of_a_gap_are_made_again() -> None:
    """V-10: each minute that it touches, when it is written and settled; what a page filled when it is narrowed."""
    (row,) = note(hole(5, 210))
    minutes = [NOON + timedelta(minutes=number) for number in range(4)]
    assert due() == minutes
    gaps.narrow(row.pk, Gap("BTCUSDT", mark(70), mark(210)), filled=1)
    assert due() == [*minutes[:2], minutes[3]]
    gaps.settle(row.pk, "", 2, NOON)
    assert due() == minutes[1:]


def test_candles_of_a_gap_that_was_none_are_made_again() -> None:
    """V-10: while it went on, each minute until now missed something."""
    note(hole(5, None))
    due()
    gaps.note(hole(5, 5), NOON + timedelta(minutes=2))
    assert due() == [NOON + timedelta(minutes=number) for number in range(3)]


def due() -> list[datetime]:
    """The minutes that are to be made again, from now on made."""
    found = list(Candle.objects.filter(is_due=True).order_by("start_at").values_list("start_at", flat=True))
    Candle.objects.update(is_due=False)
    return found


def test_reasons_are_cut_to_what_the_columns_hold() -> None:
    """E33: a venue may have had a hand in them."""
    (row,) = note(hole(5, 9, "x" * 300))
    gaps.settle(row.pk, "y" * 300, 0, NOON)
    row.refresh_from_db()
    assert (row.reason, row.note) == ("x" * 200, "y" * 200)
