"""One price out of what several venues say."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.market.consensus import Consensus, View
from feeds.venues import REGISTRY

PRICES = st.decimals("0.00000001", "1000000", places=8)


def view(*prices: str, sizes: Mapping[int, str] | None = None) -> View:
    """What venues 0, 1, 2 … say that traded at these prices just now, one coin each unless `sizes` says more."""
    consensus = Consensus()
    for number, price in enumerate(prices):
        consensus.note(str(number), Decimal(price), Decimal((sizes or {}).get(number, "1")), 0.0)
    return consensus.view(0.0, {})


def test_nobody_says_nothing() -> None:
    """V-07: no price is no number, and no spread is not zero."""
    assert view() == View("none", None, None, 0, 0, {})


def test_one_venue_is_a_single_source() -> None:
    """V-07: its price, exact to the last digit; that one source agrees with itself says nothing about a spread."""
    assert view("0.000000920000000001") == View("single source", Decimal("0.000000920000000001"), None, 1, 1, {})


@pytest.mark.parametrize(
    ("second", "status", "agreeing"),
    [("100.25", "agreed", 2), ("99.751", "agreed", 2), ("100.251", "disputed", 0), ("130", "disputed", 0)],
)
def test_two_venues_agree_within_25_bps(second: str, status: str, agreeing: int) -> None:
    """V-07: of one another; their price is the middle, whoever traded more."""
    found = view("100", second, sizes={0: "1000"})
    assert (found.status, found.agreeing, found.sources) == (status, agreeing, 2)
    assert found.price == (100 + Decimal(second)) / 2


def test_three_venues_are_a_consensus() -> None:
    """V-07: the weighted median, how far the venues are from it, and how many are within 25 bps of it."""
    found = view("100", "100.1", "101")
    assert (found.status, found.price, found.agreeing, found.sources) == ("consensus", Decimal("100.1"), 2, 3)
    assert found.spread_bps == pytest.approx(10.0, abs=0.01)


@pytest.mark.parametrize(("third", "agreeing"), [("100.2503", 3), ("100.2504", 2), ("99.7504", 3), ("99.7503", 2)])
def test_agreeing_is_within_25_bps_of_the_consensus(third: str, agreeing: int) -> None:
    """V-07: by logarithms, so that one above it and one below are as far."""
    assert view("100", "100", third).agreeing == agreeing


def test_busiest_venue_counts_for_40_percent_at_most() -> None:
    """V-07: however much it traded, two others outweigh it."""
    assert view("100", "90", "90.01", sizes={0: "1000000000"}).price == Decimal("90.01")


def test_cap_is_40_percent() -> None:
    """V-07: beside eight others, who have 7.5 % each, it takes two of them to make the half."""
    assert view(*map(str, range(100, 109)), sizes={0: "1000000000"}).price == Decimal(102)


def test_cap_holds_for_two_busy_venues_too() -> None:
    """V-07: what is cut from one does not lift the next above the cap: 40 % and 40 %, so the third is the middle."""
    busy = {0: "1000000000", 1: "1000000"}
    assert view("100", "80", "90", sizes=busy).price == Decimal(90)


def test_volume_counts_by_its_root() -> None:
    """V-07: nine coins weigh as three venues with one each: with the next one, half of eight."""
    assert view("100", "101", "102", "103", "104", "105", sizes={0: "9"}).price == Decimal("101.5")


@pytest.mark.parametrize(("now", "price"), [(60.0, "103"), (61.0, "102")])
def test_minute_of_volume_counts(now: float, price: str) -> None:
    """V-07: what the highest venue traded 60 s ago draws the price up, a second later no more."""
    consensus = Consensus()
    consensus.note("busy", Decimal(104), Decimal(10_000), 0.0)
    consensus.confirm("busy", now)
    for number in range(4):
        consensus.note(str(number), Decimal(100 + number), Decimal(1), now)
    assert consensus.view(now, {}).price == Decimal(price)


def test_fresh_venue_outweighs_older_ones() -> None:
    """V-07: of exp(-age / 2 s) an eighth is left after four seconds: six that are so old count less than one of now."""
    consensus = Consensus()
    for number in range(6):
        consensus.note(f"old {number}", Decimal(100 + number), Decimal(1), 0.0)
    for venue, price in (("d", 110), ("e", 111)):
        consensus.note(venue, Decimal(price), Decimal(1), 4.0)
    assert consensus.view(4.0, {}).price == Decimal(110)


def test_venue_that_only_quotes_still_counts() -> None:
    """V-07: it traded nothing in 60 s, but a quote said just now that its price stands: a source of little weight."""
    consensus = Consensus()
    consensus.note("quiet", Decimal(100), Decimal(5), 0.0)
    for venue, price in (("a", 101), ("b", 102), ("c", 103)):
        consensus.note(venue, Decimal(price), Decimal(1), 100.0)
    consensus.confirm("quiet", 100.0)
    found = consensus.view(100.0, {})
    assert (found.sources, found.excluded, found.price) == (4, {}, Decimal(102))


def test_venues_that_only_quote_count_the_same() -> None:
    """V-07: in a market without a trade for a minute there is a consensus all the same."""
    consensus = Consensus()
    for venue, price in (("a", 101), ("b", 102), ("c", 103)):
        consensus.note(venue, Decimal(price), Decimal(1), 0.0)
        consensus.confirm(venue, 100.0)
    assert consensus.view(100.0, {}).price == Decimal(102)


def test_quote_of_a_venue_without_a_price_confirms_none() -> None:
    """V-07: there is nothing that could stand."""
    consensus = Consensus()
    consensus.confirm("a", 0.0)
    assert consensus.view(0.0, {}).status == "none"


def test_what_is_older_than_5_s_is_not_asked() -> None:
    """V-07: at 5 s it is, after it is named with the reason; a quote makes it young again."""
    consensus = Consensus()
    consensus.note("a", Decimal(100), Decimal(1), 0.0)
    assert consensus.view(5.0, {}).status == "single source"
    assert consensus.view(5.001, {}) == View("none", None, None, 0, 0, {"a": "older than 5 s"})
    consensus.confirm("a", 6.0)
    assert consensus.view(7.0, {}).price == Decimal(100)


def test_barred_venue_is_named_with_the_reason() -> None:
    """V-07: quarantined or its circuit open; the caller's reason is told, also of one that is old."""
    consensus = Consensus()
    for venue in "abc":
        consensus.note(venue, Decimal(100), Decimal(1), 0.0)
    found = consensus.view(0.0, {"a": "circuit open"})
    assert (found.status, found.sources, found.excluded) == ("agreed", 2, {"a": "circuit open"})
    assert consensus.view(9.0, {"a": "circuit open"}).excluded["a"] == "circuit open"


@given(honest=st.lists(PRICES, min_size=3, max_size=6), odd=PRICES, sizes=st.lists(PRICES, min_size=7, max_size=7))
def test_one_venue_never_moves_the_price_out_of_what_the_others_say(
    honest: list[Decimal], odd: Decimal, sizes: list[Decimal]
) -> None:
    """V-07 F-17: whatever it says and trades: the consensus stays among the honest ones, so moves by their spread."""
    consensus, numbers = Consensus(), count()
    for price, size in zip(honest, sizes, strict=False):
        consensus.note(str(next(numbers)), price, size, 0.0)
    without = consensus.view(0.0, {}).price
    consensus.note("odd", odd, sizes[-1], 0.0)
    found = consensus.view(0.0, {}).price
    assert without is not None
    assert found is not None
    assert min(honest) <= found <= max(honest)
    assert abs(found - without) <= max(honest) - min(honest)


@given(prices=st.lists(PRICES, min_size=1, max_size=7))
def test_price_is_what_somebody_said_or_the_middle_of_two(prices: list[Decimal]) -> None:
    """V-07: exact, never through a float."""
    found = view(*map(str, prices)).price
    assert found in {(one + other) / 2 for one in prices for other in prices}


def test_memory_of_a_busy_venue_is_bounded() -> None:
    """V-07: an hour of trades is as large as its last minute."""
    consensus = Consensus()
    for number in range(36_000):
        consensus.note("a", Decimal(100), Decimal(1), number / 10)
    assert len(consensus._sources["a"]._sums) == 61


@pytest.mark.parametrize("code", sorted(REGISTRY))
def test_dollars_and_tethers_are_two_books(code: str) -> None:
    """V-07: every venue spells them apart, so that what is heard of one is never noted as the other."""
    assert REGISTRY[code].symbol("BTC", "USDT") != REGISTRY[code].symbol("BTC", "USD")
