"""How pages of trades fill a gap: forwards, backwards, or from a tail that may be too short."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from feeds.errors import BadFrame
from feeds.market.gap import Gap, Mark, Page, read_backward, read_forward, read_tail
from feeds.types import Side, Trade

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MOST = 5


def at(number: int) -> datetime:
    return START + timedelta(seconds=number)


def trades(*numbers: int) -> list[Trade]:
    return [Trade("BTCUSDT", str(n), Decimal(1), Decimal(1), Side.BUY, at(n)) for n in numbers]


def gap(after: int, before: int | None) -> Gap:
    return Gap("BTCUSDT", Mark(str(after), at(after)), None if before is None else Mark(str(before), at(before)))


def numbers(page: Page) -> list[int]:
    return [int(trade.trade_id) for trade in page.trades]


def pages_of(read: Callable[[Gap], Page], missing: Gap) -> list[Page]:
    pages = [read(missing)]
    while pages[-1].has_more:
        assert pages[-1].missing
        pages.append(read(pages[-1].missing))
    return pages


def forward(tape: list[int], asked: Gap, overlap: int) -> Page:
    """A venue that answers from the gap's beginning on, or from some trades before it."""
    first = int(asked.after.trade_id) - overlap
    return read_forward(asked, trades(*[n for n in tape if n >= first][:MOST]), MOST)


def backward(tape: list[int], asked: Gap, overlap: int) -> Page:
    """A venue that answers from the gap's end back, newest first."""
    last = int(asked.before.trade_id) + overlap if asked.before else max(tape) + 1
    return read_backward(asked, trades(*[n for n in tape if n < last][-MOST:][::-1]), MOST)


@given(
    tape=st.sets(st.integers(1, 60), min_size=4).map(sorted),
    ends=st.tuples(st.integers(0, 20), st.integers(0, 20)),
    is_open=st.booleans(),
    overlap=st.integers(0, 2),
)
@pytest.mark.parametrize("read", [forward, backward])
def test_pages_fill_a_gap_exactly(
    read: Callable[[list[int], Gap, int], Page], tape: list[int], ends: tuple[int, int], is_open: bool, overlap: int
) -> None:
    """V-06: each trade strictly inside once, none else, in both directions, with pages that overlap or do not."""
    first, last = sorted((tape[ends[0] % len(tape)], tape[ends[1] % len(tape)]))
    assume(first < last)
    before = None if is_open else last
    pages = pages_of(lambda missing: read(tape, missing, overlap), gap(first, before))
    found = sorted(number for page in pages for number in numbers(page))
    assert found == [n for n in tape if n > first and (before is None or n < before)]
    assert pages[-1].missing is None


def test_page_without_anything_new_is_the_last_one() -> None:
    """V-06: more trades at one moment than fit in a page are not asked for for ever; they stay missing."""
    page = read_forward(gap(10, 20), trades(6, 7, 8, 9, 10), MOST)
    assert page == Page([], gap(10, 20), has_more=False, is_cut=True)
    page = read_backward(gap(1, 10), trades(14, 13, 12, 11, 10), MOST)
    assert page == Page([], gap(1, 10), has_more=False, is_cut=True)


def test_what_a_venue_does_not_reach_back_to_stays_missing() -> None:
    """V-06: between the mark and the oldest trade that it still has."""
    assert read_backward(gap(1, 10), trades(9, 8, 7), MOST) == Page(trades(7, 8, 9), gap(1, 7))


@pytest.mark.parametrize(
    ("after", "before", "found", "missing"),
    [
        (12, 15, [13, 14], None),
        (10, None, [11, 12, 13, 14, 15], None),
        (9, None, [10, 11, 12, 13, 14, 15], (9, 10)),
        (4, 13, [10, 11, 12], (4, 10)),
        (4, 6, [], (4, 6)),
        (15, None, [], None),
    ],
)
def test_tail_gives_what_it_has(
    after: int, before: int | None, found: list[int], missing: tuple[int, int] | None
) -> None:
    """V-06: and says what is older than all of it."""
    page = read_tail(gap(after, before), trades(10, 11, 12, 13, 14, 15))
    assert numbers(page) == found
    assert page.missing == (gap(*missing) if missing else None)
    assert not page.has_more


def test_marks_that_are_not_in_the_tail_are_placed_by_their_time() -> None:
    """V-06: KuCoin's old ids and Bybit's cannot be compared, times can."""
    asked = Gap("BTCUSDT", Mark("5c24c5da03aa673885cd67aa", at(11)), Mark("5c24c5da03aa673885cd67ab", at(13)))
    page = read_tail(asked, trades(10, 11, 12, 13, 14))
    assert (numbers(page), page.missing) == ([11, 12, 13], None)


def test_empty_tail_fills_nothing() -> None:
    """V-06: and everything stays missing."""
    assert read_tail(gap(1, 2), []) == Page([], gap(1, 2))


def test_id_that_is_no_number_is_a_bad_frame() -> None:
    """E24: where a venue's ids are numbers."""
    with pytest.raises(BadFrame):
        read_forward(Gap("BTCUSDT", Mark("x", START)), trades(1), MOST)
