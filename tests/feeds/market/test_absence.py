"""What was missed while nobody listened: a hole that begins with the absence, and ends with what comes after it."""

import pytest

from feeds.market.coverage import AWAY
from feeds.market.gap import Hole
from tests.feeds.market.heard import BTC, LATER, coverage, mark, spans, tell


def test_absence_is_a_hole_that_goes_on_until_the_next_trade() -> None:
    """E33: said when it begins, with its reason, and again with its end."""
    heard = coverage()
    tell(heard, 5)
    heard.ended(1, "silent: no market data", is_wanted=True)
    reason = "silent: no market data"
    assert heard.settle(0.0) == [Hole("binance", BTC, mark(5), None, reason)]
    tell(heard, 9, session=2)
    assert heard.settle(LATER) == [Hole("binance", BTC, mark(5), mark(9), reason)]


def test_absence_by_choice_says_so() -> None:
    """E33: a venue that is not needed is no fault to repair."""
    heard = coverage()
    tell(heard, 5)
    heard.ended(1, "replaced: no longer needed", is_wanted=False)
    tell(heard, 9, session=2)
    assert [hole.is_wanted for hole in heard.settle(LATER)] == [False, False]


@pytest.mark.parametrize("has_consecutive_ids", [True, False])
def test_repeated_trade_after_an_absence_proves_that_nothing_was_missed(has_consecutive_ids: bool) -> None:
    """E25 E33: HTX and OKX tell the last trade again after a subscription; then the absence was empty."""
    heard = coverage(has_consecutive_ids)
    tell(heard, 4, 5)
    heard.ended(1, "closed", is_wanted=True)
    tell(heard, 5, 6, session=2)
    assert spans(heard.settle(LATER)) == [("5", None), ("5", "5")]


def test_repeated_old_trade_proves_nothing_where_ids_do_not_tell() -> None:
    """E25 E33: only that the venue's memory reaches so far; what came after it is not known."""
    heard = coverage(has_consecutive_ids=False)
    tell(heard, 4, 5)
    heard.ended(1, "closed", is_wanted=True)
    tell(heard, 4, 99, session=2)
    assert spans(heard.settle(LATER)) == [("5", None), ("5", "99")]


def test_next_id_after_an_absence_proves_that_nothing_was_missed() -> None:
    """E33: where ids are consecutive."""
    heard = coverage()
    tell(heard, 5)
    heard.ended(1, "closed", is_wanted=True)
    tell(heard, 6, session=2)
    assert spans(heard.settle(LATER)) == [("5", None), ("5", "5")]


@pytest.mark.parametrize(
    ("has_consecutive_ids", "expected"),
    [(True, [("5", "8"), ("8", "10")]), (False, [("5", "8")])],
)
def test_absence_ends_at_the_oldest_trade_of_the_next_session(
    has_consecutive_ids: bool, expected: list[tuple[str, str]]
) -> None:
    """E26 E33: even if that is not the first one to come."""
    heard = coverage(has_consecutive_ids)
    tell(heard, 5)
    heard.ended(1, "closed", is_wanted=True)
    heard.settle(0.0)
    tell(heard, 10, 8, session=2)
    assert spans(heard.settle(LATER)) == expected


def test_absence_that_late_trades_fill_is_said_to_be_empty() -> None:
    """E26 E33: the row that goes on has to hear its end."""
    heard = coverage()
    tell(heard, 5)
    heard.ended(1, "closed", is_wanted=True)
    heard.settle(0.0)
    tell(heard, 7, 6, session=2)
    assert spans(heard.settle(LATER)) == [("5", "5")]


def test_session_that_renews_another_leaves_no_hole() -> None:
    """E17: the old one ends after the new one has told what the old one told."""
    heard = coverage()
    tell(heard, 5, 6)
    tell(heard, 6, 7, session=2)
    heard.ended(1, "replaced: renewed", is_wanted=True)
    tell(heard, 8, session=2)
    assert heard.settle(LATER) == []


def test_hole_before_the_end_is_said_before_the_absence() -> None:
    """E33: in their order, so that each ends where the next one begins; nothing late comes after the end."""
    heard = coverage()
    tell(heard, 5, 8)
    heard.ended(1, "closed", is_wanted=True)
    assert spans(heard.settle(0.0)) == [("5", "8"), ("8", None)]


def test_stored_trade_of_a_former_process_begins_a_hole() -> None:
    """E33: what happened while nobody ran is missing, up to the first trade."""
    heard = coverage()
    heard.resume(BTC, mark(5))
    tell(heard, 9)
    assert heard.settle(LATER) == [Hole("binance", BTC, mark(5), mark(9), AWAY)]


def test_stored_trade_does_not_matter_once_the_venue_was_heard() -> None:
    """E33: a plan that is adopted again resumes nothing."""
    heard = coverage()
    tell(heard, 9)
    heard.resume(BTC, mark(5))
    tell(heard, 10)
    assert heard.settle(LATER) == []


def test_session_that_told_nothing_ends_without_a_hole() -> None:
    """E33: the absence that it found goes on."""
    heard = coverage()
    tell(heard, 5)
    heard.ended(1, "closed", is_wanted=True)
    heard.settle(0.0)
    heard.ended(2, "connect", is_wanted=True)
    assert heard.settle(LATER) == []
