"""Volume in buckets: by hand, and in whatever order the trades come."""

from datetime import timedelta
from decimal import Decimal
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.market.flow import MINUTE_S, SECOND_S, Bucket, Flow, Kind, cumulative, patterns, robust_z
from feeds.market.lately import Lately
from feeds.storage.latest import LoggedTrade
from feeds.types import Side
from tests.dashboard.samples import NOON, trade

START = int(NOON.timestamp())


def taken(side: Side, size: str, second: float = 0.0, price: str = "100", venue: str = "binance") -> LoggedTrade:
    made = trade(1, price, NOON + timedelta(seconds=second), venue, size)
    return msgspec.structs.replace(made, side=side)


def flow_of(*trades: LoggedTrade, width_s: int = SECOND_S, kept: int = 60) -> Flow:
    flow = Flow(width_s, kept)
    for each in trades:
        flow.add(each, int(each.traded_at.timestamp()))
    return flow


def bucket(n: int, buy: str, sell: str) -> Bucket:
    return Bucket(n, Decimal(buy), Decimal(sell), venues={"binance": Decimal(buy) + Decimal(sell)})


def test_a_bucket_says_who_took_how_much_where_and_at_which_price() -> None:
    """V-03 F-28: two buys and a sell of one second at two venues; the second after it is empty, then a sell."""
    first, second, third = flow_of(
        taken(Side.BUY, "2", 0.1, "100"),
        taken(Side.BUY, "1", 0.9, "103", "okx"),
        taken(Side.SELL, "1", 0.5, "105"),
        taken(Side.SELL, "4", 2),
    ).until(START + 2)
    assert [first.buy, first.sell, first.delta, first.vwap] == [3, 1, 2, 102]
    assert first.trades == 3
    assert first.venues == {"binance": 3, "okx": 1}
    assert second == Bucket(START + 1)
    assert second.vwap is None
    assert cumulative([first, second, third]) == [2, 2, -2]


@given(st.lists(st.tuples(st.sampled_from(Side), st.integers(1, 9), st.integers(0, 80)), max_size=40), st.integers())
def test_neither_the_order_of_trades_nor_where_history_was_cut_changes_a_bucket(
    drawn: list[tuple[Side, int, int]], seed: int
) -> None:
    """V-03: a process that was started again tells what it told before; sums are exact."""
    trades = [taken(side, f"0.{size}00000000000000001", second) for side, size, second in drawn]
    shuffled, chance = list(trades), Random(seed)
    chance.shuffle(shuffled)
    whole, live, past = Lately(), Lately(), Lately()
    for each in trades:
        whole.add(each)
    for each in shuffled:
        (live if each.traded_at >= NOON + timedelta(seconds=30) else past).add(each)
    live.join(past)
    for one, other in ((whole.minutes, live.minutes), (whole.seconds, live.seconds)):
        assert one.until(START + 80) == other.until(START + 80)


def test_only_the_newest_buckets_are_kept() -> None:
    """V-03: a page that stays open all day needs no more room."""
    flow = flow_of(*(taken(Side.BUY, "1", n) for n in range(500)), kept=60)
    assert [each.start for each in flow.until(START + 499)] == list(range(START + 440, START + 500))
    assert len(flow_of(*(taken(Side.BUY, "1", 60 * n) for n in range(5)), width_s=MINUTE_S).until(START + 290)) == 5


@pytest.mark.parametrize(
    ("sells", "found"),
    [(["0.15"] * 5, [(Kind.ONE_SIDED, 0, 5)]), (["0.15"] * 4 + ["0.16"], []), (["0.15"] * 4, []), (["0.9"] * 9, [])],
)
def test_five_buckets_in_a_row_of_which_seven_tenths_lean_to_one_side(
    sells: list[str], found: list[tuple[Kind, int, int]]
) -> None:
    """V-03: 0.85 bought and 0.15 sold is exactly 0.7; a whole that changes sides is two runs."""
    buckets = [bucket(n, str(1 - Decimal(sell)), sell) for n, sell in enumerate(sells)]
    if sells[0] == "0.9":
        buckets = [bucket(n, *("0.9", "0.1")[:: 1 if n < 4 else -1]) for n in range(8)]
    assert [(each.kind, each.start, each.end) for each in patterns(buckets, SECOND_S)] == found


def test_a_run_of_sales_says_its_side_its_strength_and_its_venues() -> None:
    """V-03: as strong as its weakest bucket."""
    buckets = [bucket(n, sold[0], sold[1]) for n, sold in enumerate([("0", "1"), ("1", "9")] * 3)]
    (run,) = patterns(buckets, SECOND_S)
    assert (run.side, run.strength, run.venues) == (Side.SELL, Decimal("0.8"), ("binance",))


def test_a_spike_is_three_robust_deviations_above_what_was_usual() -> None:
    """V-03: volumes of 9, 10 and 11 in turn: the median is 10, its absolute deviation 1."""
    usual = [Decimal(9), Decimal(10), Decimal(11)] * 5
    assert robust_z(10 + 3 * Decimal("1.4826"), usual) == 3
    buckets = [bucket(n, str(volume / 2), str(volume / 2)) for n, volume in enumerate(usual)]
    assert patterns([*buckets, bucket(15, "7.2", "7.2")], SECOND_S) == []
    (spike,) = patterns([*buckets, bucket(15, "8", "7")], SECOND_S)
    assert (spike.kind, spike.start, spike.end, spike.side) == (Kind.SPIKE, 15, 16, Side.BUY)
    assert round(spike.strength, 3) == Decimal("0.337")


def test_nothing_is_a_spike_where_too_little_is_known_or_nothing_varied() -> None:
    """V-03: fourteen buckets are too few, and no deviation is no yardstick."""
    assert robust_z(Decimal(1000), [Decimal(1), Decimal(2)] * 7) is None
    assert robust_z(Decimal(1000), [Decimal(1)] * 60) is None
