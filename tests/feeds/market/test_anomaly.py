"""Which prices are believed, which are held, and what releases them."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import count

import pytest

from feeds.market.anomaly import HELD_AT_MOST, Anomaly

VENUES = ("a", "b", "c")


class Market:
    """One instrument; its trades are numbered from 0 as they come."""

    def __init__(self) -> None:
        self._anomaly: Anomaly[int] = Anomaly()
        self._numbers = count()
        self.released: list[int] = []

    def say(self, venue: str, price: str, now: float) -> str:
        """What is thought of a trade; collects what it releases."""
        reason, released = self._anomaly.judge(venue, next(self._numbers), Decimal(price), now)
        self.released += released
        return reason

    def says(self, venue: str, price: str, times: Iterable[float]) -> list[str]:
        return [self.say(venue, price, now) for now in times]


def calm(*venues: str, price: str = "100.00") -> Market:
    """A market that stood at this price for a minute, up to time 0; trades from here on are numbered 0, 1, 2 …"""
    market = Market()
    for second in range(-60, 1):
        for venue in venues:
            assert market.say(venue, price, float(second)) == ""
    market._numbers = count()
    return market


@pytest.mark.parametrize("venues", [("a",), ("a", "b"), ("a", "b", "c")], ids=len)
@pytest.mark.parametrize("price", ["1000.00", "10.00", "130.00", "70.00", "111.00", "89.00"])
def test_single_spike_is_held(venues: tuple[str, ...], price: str) -> None:
    """E28 F-17: tenfold, 30 % or just beyond 10 %, with and without other venues; what follows is the old price."""
    market = calm(*venues)
    assert market.say("a", price, 0.1) == "jump"
    for step in range(1, 200):
        assert market.says("a", "100.00", [0.1 + step / 10]) == [""]
    assert market.released == []


@pytest.mark.parametrize(("price", "reason"), [("100.50", ""), ("100.51", "off_market"), ("99.49", "off_market")])
def test_price_that_no_other_venue_is_near_is_off_market(price: str, reason: str) -> None:
    """V-06 layer 7: more than 50 bps from each of two others that were heard, though no jump for the venue itself."""
    assert calm("a", "b", "c").say("a", price, 0.1) == reason


@pytest.mark.parametrize(("price", "reason"), [("101.69", ""), ("101.70", "off_market")])
def test_venues_that_differ_allow_more(price: str, reason: str) -> None:
    """V-06 layer 7: others 20 bps off their middle: 5 * 1.4826 * 20 bps = 148 bps from the nearer of them."""
    market = Market()
    for venue, other in (("b", "99.80"), ("c", "100.20")):
        assert market.say(venue, other, 0.0) == ""
    assert market.say("a", price, 0.1) == reason


def test_ten_percent_are_off_market_however_venues_differ() -> None:
    """E28: where two others are 26 % apart, what is more than 10 % from both is held."""
    market = Market()
    for venue, price in (("b", "100.00"), ("c", "130.00")):
        market.say(venue, price, 0.0)
    assert market.say("a", "143.60", 0.1) == ""
    assert market.say("d", "160.00", 0.1) == "off_market"


def test_one_other_venue_may_be_the_wrong_one() -> None:
    """V-06: of two that differ neither is held, unless its own last prices object too."""
    market = calm("a", "b")
    assert market.say("a", "104.00", 0.1) == ""
    assert market.say("a", "110.00", 0.2) == "jump"


def test_other_venue_is_asked_for_5_seconds() -> None:
    """V-06 layer 7: at 5 s its last price counts, after that no more."""
    market = calm("a", "b", "c")
    assert market.say("a", "101.00", 5.0) == "off_market"
    assert market.say("a", "101.00", 5.1) == ""


def test_wrong_first_price_is_off_market() -> None:
    """E28: a venue that was never heard before has no history, but others have."""
    assert calm("a", "b").say("c", "1000.00", 0.1) == "off_market"


def test_wrong_first_venue_is_found_out_when_two_others_come() -> None:
    """E28: alone it is a single source; against one, disputed; against two, off market."""
    market = Market()
    assert [market.say("a", "1000.00", 0.0), market.say("b", "100.00", 0.1), market.say("a", "1000.00", 0.2)] == [
        ""
    ] * 3
    assert market.say("c", "100.00", 0.3) == ""
    assert market.says("a", "1000.00", [0.4, 5.0]) == ["off_market"] * 2
    assert market.say("b", "100.00", 5.1) == ""
    assert market.say("a", "100.00", 5.2) == ""


def test_crash_is_believed_when_a_second_venue_prints_it() -> None:
    """E28: within 2 s; both are released, in order, and all that came in between on the way down."""
    market = calm(*VENUES)
    assert [market.say("a", price, 0.1) for price in ("85.00", "70.00", "70.10")] == ["jump"] * 3
    assert market.say("b", "88.00", 1.0) == "jump"
    assert market.say("b", "70.05", 2.1) == ""
    assert market.released == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("price", "now", "reason"),
    [("70.00", 2.1, ""), ("70.00", 2.2, "jump"), ("70.35", 1.0, ""), ("70.36", 1.0, "jump"), ("69.64", 1.0, "jump")],
)
def test_second_venue_confirms_the_same_level_within_2_seconds(price: str, now: float, reason: str) -> None:
    """E28: not later, and not farther than 50 bps from it."""
    market = calm(*VENUES)
    assert market.say("a", "70.00", 0.1) == "jump"
    assert market.say("b", price, now) == reason
    assert market.released == ([] if reason else [0])


def test_new_level_is_usual_after_a_crash() -> None:
    """E28: for both that printed it, and for a third that follows; the old level is odd then."""
    market = calm(*VENUES)
    market.say("a", "70.00", 0.1)
    market.say("b", "70.00", 0.2)
    assert [market.say(venue, "70.20", 0.3) for venue in VENUES] == [""] * 3
    assert [market.say(venue, "69.90", 20.0) for venue in VENUES] == [""] * 3
    assert market.say("c", "100.00", 20.1) == "jump"


def test_venue_that_is_late_in_a_crash_is_off_market() -> None:
    """E28: two say 70, so one that says 98 still is held, until it comes down too: then that was on the way."""
    market = calm(*VENUES)
    market.say("a", "70.00", 0.1)
    market.say("b", "70.00", 0.2)
    assert [market.say("c", price, 0.3) for price in ("98.00", "85.00", "120.00")] == ["off_market", "jump", "jump"]
    market.released.clear()
    assert market.say("c", "70.10", 0.4) == ""
    assert market.released == [2, 3]


def test_crash_is_believed_of_one_venue_that_stands_by_it() -> None:
    """E28: with no other to ask, 3 s of trades release themselves, oldest first, while the price moves on."""
    market = calm("a")
    prices = ["70.00", "70.50", "71.00", "71.50", "72.00", "72.50", "73.00"]
    reasons = [market.say("a", price, 0.1 + number / 2) for number, price in enumerate(prices)]
    assert reasons == ["jump"] * 6 + [""]
    assert market.released == [0, 1, 2, 3, 4, 5]
    assert market.say("a", "73.50", 3.2) == ""


@pytest.mark.parametrize(
    ("prices", "times"),
    [
        (["70.00", "70.00"], [0.1, 3.1]),
        (["70.00"] * 5, [0.1, 1.0, 2.0, 2.5, 3.0]),
        (["70.00", "70.80", "70.00", "70.80"], [0.1, 1.1, 2.1, 3.2]),
        (["70.00", "100.00", "70.00", "70.00"], [0.1, 1.1, 2.1, 3.2]),
    ],
    ids=["two trades", "less than three seconds", "more than 1 % apart", "the old price in between"],
)
def test_venue_that_does_not_stand_by_a_price_is_held(prices: list[str], times: list[float]) -> None:
    """E28: three trades, within 1 % of one another, over three seconds, without a word of the old price."""
    market = calm("a")
    reasons = [market.say("a", price, now) for price, now in zip(prices, times, strict=True)]
    assert reasons == ["" if price == "100.00" else "jump" for price in prices]
    assert market.released == []


def test_wild_print_is_not_believed_when_the_price_comes_there_later() -> None:
    """E28: the old price followed it, so it was not on the way."""
    market = calm("a")
    assert market.say("a", "106.00", 0.1) == "jump"
    assert [market.say("a", price, now) for price, now in (("100.00", 0.2), ("104.90", 3.0), ("107.00", 3.1))] == [
        ""
    ] * 3
    assert market.released == []


def test_venue_that_others_contradict_stays_held() -> None:
    """E28: however long it stands by it; so the share that is held grows, and its circuit opens (V-14)."""
    market = calm(*VENUES)
    for step in range(1, 900):
        now = step / 10
        assert market.say("a", "130.00", now) in ("jump", "off_market")
        assert [market.say(venue, "100.00", now) for venue in ("b", "c")] == ["", ""]
    assert market.released == []


def test_one_other_venue_contradicts_as_well() -> None:
    """E28: a tenfold price does not become believed by being repeated beside one venue that says otherwise."""
    market = calm("a", "b")
    for step in range(1, 900):
        assert market.say("a", "1000.00", step / 10) == "jump"
        assert market.say("b", "100.00", step / 10) == ""


def test_venue_that_says_nothing_meanwhile_does_not_contradict() -> None:
    """E28: a venue that is quiet since is no witness: 3 s of trades are enough."""
    market = calm("a", "b")
    assert market.says("a", "70.00", [0.1, 1.5, 3.1]) == ["jump", "jump", ""]
    assert market.released == [0, 1]


def test_what_is_not_confirmed_in_10_seconds_is_forgotten() -> None:
    """E28: it stays as it was recorded, and is released by nobody."""
    market = calm("a", "b")
    assert market.says("a", "70.00", [0.1, 9.0]) == ["jump", "jump"]
    assert market.say("b", "70.00", 10.2) == ""
    assert market.released == [1]


def test_venue_that_was_silent_for_a_minute_is_not_held_to_what_it_said() -> None:
    """E28: its own last 60 s are empty; others that were heard are asked all the same."""
    assert calm("a").say("a", "130.00", 60.0) == "jump"
    assert calm("a").say("a", "130.00", 60.1) == ""
    market = calm("a", "b", "c")
    market.says("b", "100.00", [30.0, 60.0])
    market.says("c", "100.00", [30.0, 60.0])
    assert market.say("a", "130.00", 60.1) == "off_market"


def test_flood_of_odd_prices_is_bounded() -> None:
    """E28: of more than is kept of a venue the newest are released."""
    market = calm("a", "b")
    for number in range(HELD_AT_MOST + 10):
        market.say("a", "70.00", 0.1 + number / HELD_AT_MOST)
    market.say("b", "70.00", 1.2)
    assert market.released == list(range(10, HELD_AT_MOST + 10))
