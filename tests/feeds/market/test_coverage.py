"""What of a venue's trades is covered: jumps of ids, repeats, and trades that are late."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from feeds.market.gap import Hole
from feeds.market.track import JUMP, REMEMBERED_IDS, SETTLE_S
from feeds.market.validation import LATE_IN_A_ROW
from feeds.types import Side, Trade
from tests.feeds.market.heard import BTC, LATER, coverage, mark, spans, tell, trade
from tests.feeds.samples import NOON


def test_ids_in_a_row_leave_no_hole() -> None:
    """E33: nothing is suspected where nothing is missing."""
    heard = coverage()
    tell(heard, 5, 6, 7)
    assert heard.settle(LATER) == []


def test_jump_of_ids_is_a_hole_after_two_seconds() -> None:
    """E33: two trades may be late until then; between which trades, and why."""
    heard = coverage()
    tell(heard, 5, 8)
    assert heard.settle(SETTLE_S - 0.01) == []
    assert heard.settle(SETTLE_S) == [Hole("binance", BTC, mark(5), mark(8), JUMP)]
    assert heard.settle(LATER) == []


def test_late_trades_make_a_hole_smaller() -> None:
    """E26: what came in the middle leaves two holes, what came at an edge one."""
    heard = coverage()
    tell(heard, 1, 10, 5, 9, 2)
    assert spans(heard.settle(LATER)) == [("2", "5"), ("5", "9")]


def test_group_of_trades_covers_all_its_ids() -> None:
    """E33: OKX tells what one order did under the last id, and how many ids it stands for."""
    heard = coverage()
    tell(heard, 5)
    heard.trade(1, BTC, trade(8, count=3), 0.0)
    heard.trade(1, BTC, trade(12, count=2), 0.0)
    assert spans(heard.settle(LATER)) == [("8", "11")]


def test_group_that_begins_among_known_ids_leaves_no_hole() -> None:
    """E33: it was told in part before, or its count is wrong."""
    heard = coverage()
    tell(heard, 5)
    heard.trade(1, BTC, trade(8, count=5), 0.0)
    heard.ended(1, "closed", is_wanted=True)
    heard.trade(2, BTC, trade(10, count=4), 0.0)
    assert spans(heard.settle(LATER)) == [("8", None), ("8", "8")]


def test_venue_that_numbers_anew_while_nobody_listens_is_not_whole() -> None:
    """E33: a lower id proves nothing."""
    heard = coverage()
    tell(heard, 1000)
    heard.ended(1, "closed", is_wanted=True)
    heard.trade(2, BTC, Trade("BTCUSDT", "1", Decimal(1), Decimal(1), Side.BUY, NOON + timedelta(hours=1)), 0.0)
    assert spans(heard.settle(LATER)) == [("1000", None), ("1000", "1")]


def test_old_trade_that_was_forgotten_is_not_news() -> None:
    """E25: a repeat from before all that is remembered opens nothing."""
    heard = coverage()
    tell(heard, *range(REMEMBERED_IDS + 10))
    tell(heard, 1)
    assert heard.settle(LATER) == []


def test_venue_that_numbers_anew_is_followed() -> None:
    """E33: a far lower id a minute later is no late trade; jumps are seen again after it."""
    heard = coverage()
    tell(heard, 1000)
    anew = [Trade("BTCUSDT", str(n), Decimal(1), Decimal(1), Side.BUY, NOON + timedelta(hours=n)) for n in (1, 2, 4)]
    for each in anew:
        heard.trade(1, BTC, each, 0.0)
    assert spans(heard.settle(LATER)) == [("1000", "1"), ("2", "4")]


@pytest.mark.parametrize(("second", "end"), [(60, LATE_IN_A_ROW + 11), (1, 62)], ids=["a hundred", "a minute"])
def test_absurd_id_does_not_hide_what_is_missing_after_it(second: int, end: int) -> None:
    """E33: so many in a row, or for so long, are not late: what they left out is a hole, and jumps are seen again."""
    heard = coverage()
    heard.trade(1, BTC, structs.replace(trade(second), trade_id="1000000000"), 0.0)
    told = [number for number in range(2, LATE_IN_A_ROW + 12) if not 40 <= number < 50]
    tell(heard, *told)
    assert spans(heard.settle(LATER)) == [("2", str(end))]
    tell(heard, told[-1] + 1, told[-1] + 5)
    assert spans(heard.settle(LATER)) == [(str(told[-1] + 1), str(told[-1] + 5))]


def test_ids_that_are_opaque_never_jump() -> None:
    """E33: KuCoin's rise, but not by one: only an absence is a hole."""
    heard = coverage(has_consecutive_ids=False)
    tell(heard, 5, 8, 20)
    assert heard.settle(LATER) == []
    heard.ended(1, "closed", is_wanted=True)
    tell(heard, 30, session=2)
    assert spans(heard.settle(LATER)) == [("20", None), ("20", "30")]


def test_ids_order_what_happened_in_one_moment() -> None:
    """E26: opaque ids that are numbers all the same; an absence begins at the last of a burst that came shuffled."""
    heard = coverage(has_consecutive_ids=False)
    for number in (8, 10, 9):
        heard.trade(1, BTC, Trade("BTCUSDT", str(number), Decimal(1), Decimal(1), Side.BUY, NOON), 0.0)
    heard.ended(1, "closed", is_wanted=True)
    assert spans(heard.settle(LATER)) == [("10", None)]


def disturbed(chance: random.Random, most: int) -> tuple[list[list[int]], set[int]]:
    """Sessions of a stream of ids that is cut, thinned out, repeated and reordered; and the ids that came."""
    numbers = [number for number in range(1, most + 1) if chance.random() > 0.1]
    numbers = [number for number in numbers for _ in range(2 if chance.random() < 0.1 else 1)]
    cuts = sorted(chance.sample(range(len(numbers) + 1), min(3, len(numbers))))
    sessions = [numbers[a:b] for a, b in zip([0, *cuts], [*cuts, len(numbers)], strict=True)]
    sessions = [part[chance.randint(0, 3) :] for part in sessions]
    for part in sessions:
        part.sort(key=lambda number: number + chance.random() * 20)
    return sessions, {number for part in sessions for number in part}


@given(seed=st.integers())
def test_every_id_was_told_or_is_in_exactly_one_hole(seed: int) -> None:
    """E25 E26 E33: however the stream is dropped, repeated, shuffled and cut, from the first trade on."""
    sessions, told = disturbed(random.Random(seed), 200)
    heard = coverage()
    holes: list[Hole] = []
    for session, part in enumerate(sessions):
        tell(heard, *part, session=session)
        heard.ended(session, "cut", is_wanted=True)
        holes += heard.settle(0.0)
    first = next((part[0] for part in sessions if part), 0)
    missing = [number for hole in holes if hole.before for number in inside(hole)]
    assert len(missing) == len(set(missing))
    assert set(missing) == {number for number in range(first, max(told, default=0)) if number not in told}


def inside(hole: Hole) -> range:
    assert hole.before is not None
    return range(int(hole.after.trade_id) + 1, int(hole.before.trade_id))
