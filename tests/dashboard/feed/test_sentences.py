"""What happened, in words."""

from datetime import timedelta
from decimal import Decimal

import pytest

from dashboard import manner
from dashboard.feed import sentences
from feeds import errors
from feeds.market.uptime import burning
from tests.dashboard.samples import NOON
from tests.feeds.market.test_uptime import bad_for


@pytest.mark.parametrize(
    ("technical", "sentence"),
    [
        ("silent: no market data for 3.0 s", "Binance went silent for 3.0 s"),
        ("silent: no data of it at the leading venue", "Binance went silent"),
        ("closed: the venue closed the session with 1001 bye", "Binance closed the connection"),
        ("circuit: 5 failures in 60 s", "Binance is left alone for a while: 5 failures in 60 s"),
        ("circuit: held open by an admin", "Binance was switched off by an admin for now"),
        ("restarted: the feed was not running", "the monitor was restarted"),
        ("refused BTC-USDT: no such symbol", "Binance does not give what was asked for"),
        ("first: it is the first to deliver", "KuCoin was the first to deliver"),
        ("order: it comes before binance", "KuCoin comes first in the order of venues"),
        ("returned: it has had good data for 300 s", "KuCoin comes first, and has delivered well for 300 s"),
        ("something new: nobody put it into words yet", "something new: nobody put it into words yet"),
        ("", ""),
    ],
)
def test_a_reason_to_move_is_told_of_the_venue_that_it_is_about(technical: str, sentence: str) -> None:
    """F-25: what was left is to blame, or what was chosen is better; what is not known is told as it was written."""
    assert sentences.reason(technical, "Binance", "KuCoin") == sentence


@pytest.mark.parametrize("ended", errors.SessionEnded.__subclasses__(), ids=lambda ended: ended.reason)
def test_every_end_of_a_session_has_its_words(ended: type[errors.SessionEnded]) -> None:
    """F-25: none of the reasons that sessions end for is left in technical terms; on purpose is no failure."""
    assert ended is errors.Replaced or sentences.deed(f"{ended.reason}: whatever")


def test_a_source_says_since_when_and_why() -> None:
    """F-25: behind a venue's name; what is not known is left out."""
    assert sentences.since(NOON, "Binance went silent") == "since 12:00:00, because Binance went silent"
    assert sentences.since(NOON, "") == "since 12:00:00"
    assert sentences.since(None, "") == ""


def test_without_any_venue_the_last_one_is_named_as_that() -> None:
    """E32: the price on the page is old, and is called so."""
    assert sentences.nobody(NOON) == "was the last: no venue delivers since 12:00:00"


@pytest.mark.parametrize(
    ("status", "agreeing", "spread", "venues", "sentence"),
    [
        ("consensus", 3, 1.24, ["Binance", "KuCoin", "OKX"], "3 of 3 venues agree, mostly within 1.2 bps"),
        ("consensus", 3, 0.02, ["Binance", "KuCoin", "OKX"], "3 of 3 venues agree, mostly to under 0.1 bps"),
        ("agreed", 2, 0.02, ["Binance", "KuCoin"], "2 of 2 venues agree to under 0.1 bps"),
        ("agreed", 2, 1.0, ["Binance", "KuCoin"], "2 of 2 venues agree within 2.0 bps"),
        ("disputed", 0, 20.5, ["Binance", "KuCoin"], "Binance and KuCoin disagree by 41.0 bps"),
        ("disputed", 0, 20.5, ["Binance", "KuCoin", "OKX"], "Two venues disagree by 41.0 bps"),
        ("single source", 1, 0.0, ["Kraken"], "Single source: only Kraken delivers"),
        ("none", 0, 0.0, ["Kraken"], "No venue confirms this price now"),
    ],
)
def test_a_passport_reads_as_one_sentence(
    status: str, agreeing: int, spread: float, venues: list[str], sentence: str
) -> None:
    """V-07: the spread is around the middle, so two venues are twice that from one another."""
    assert sentences.agreement(status, agreeing, len(venues), spread, venues) == sentence


@pytest.mark.parametrize(
    ("price", "sentence"),
    [("100.41", "41.0 bps above that"), ("99.999", "0.1 bps below that"), ("100.0001", "the same")],
)
def test_the_shown_price_is_so_far_from_all_together(price: str, sentence: str) -> None:
    """V-07: what is shown is one venue's price, and may be the odd one."""
    assert sentences.distance(Decimal(price), Decimal("100")) == sentence


def test_a_gap_is_told_from_and_to() -> None:
    """Issue 4, item 7: a price says what of it was missing, and at which venue."""
    told = sentences.missing("Binance", NOON - timedelta(seconds=2), 3.2)
    assert told == "Binance was not recorded 11:59:58 to 12:00:01"


@pytest.mark.parametrize(
    ("age_s", "stale_s", "sentence"),
    [(0.0, 0.0, ""), (0.99, 0.0, ""), (1.0, 0.0, "no new price for 1.0 s; stale for 0.0 s")],
)
def test_a_switch_that_nobody_could_notice_has_no_cost(age_s: float, stale_s: float, sentence: str) -> None:
    """F-24: a planned switch comes with the next trade."""
    assert sentences.cost(age_s, stale_s) == sentence


def test_an_alert_names_its_venue() -> None:
    """Known kinds have words; another one is told as it was raised."""
    assert sentences.alert("blocked", "HTX", "handshake: 403") == "HTX has banned our address for now"
    assert sentences.alert("burn-1h", "Main feed", "90 s bad") == "Main feed uses up its error budget: 90 s bad"
    our_clock = "By the clocks of the venues, our clock is 12 s behind: somebody should set it"
    assert sentences.alert("clock", "", "our clock is 12 s behind") == our_clock
    assert sentences.alert("policy", "HTX", "closed: 1008").startswith("HTX asks us to stop: it closed the connection")
    assert sentences.alert("new", "HTX", "told") == "HTX: told"
    assert sentences.alert("new", "", "told") == "told"


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ({"hour": 36.0}, "36 s der letzten Stunde waren schlecht: 100-mal so viel, wie 99,99 % erlauben"),
        ({"six_hours": 36.0}, "36 s der letzten 6 Stunden waren schlecht: 17-mal so viel, wie 99,99 % erlauben"),
    ],
)
def test_what_an_error_budget_lost_is_told_in_the_readers_language(bad: dict[str, float], sentence: str) -> None:
    """V-13: the worker's words are English, its numbers are everybody's."""
    (burn,) = burning({"feed:main": bad_for(**bad)})
    with manner.used(manner.Manner("de", manner.CONTINENTAL)):
        told = sentences.alert(burn.kind, "BTC", burn.text)
    assert told == f"BTC verbraucht sein Fehlerbudget: {sentence}"


def test_a_held_trade_says_why_it_is_no_price() -> None:
    """V-06: each layer in words."""
    assert sentences.held("jump") == "a jump that nobody confirms"
    assert sentences.held("") == ""
