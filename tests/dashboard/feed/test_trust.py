"""What the page says of a price's source: who leads, who stands by, what is held back, how far it may be trusted."""

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec import structs

from dashboard.feed.board import Board
from dashboard.feed.messages import Bar, Feed, Price, Trades
from dashboard.feed.parts import Passport, Source
from feeds.market.latency import Percentiles
from feeds.queries import FeedView, InstrumentView, VenueRow
from feeds.storage import latest
from feeds.storage.latest import AlertState, Delay, FeedState, LoggedTrade, Switch
from tests.dashboard.samples import NOON, SILENT, feed_state, price_state, trade

FEED = FeedView(
    name="main",
    title="Main feed",
    instruments=[InstrumentView("BTC-USDT", "BTC", "USDT"), InstrumentView("ETH-USDT", "ETH", "USDT")],
    venues=[VenueRow("binance", "Binance", 1, True), VenueRow("htx", "HTX", 2, True)],
)
CONSENSUS = latest.Passport("consensus", Decimal("99.99"), 1.24, 2, 3, {"htx": "older than 5 s"}, NOON, 3.0)


def following(state: FeedState) -> Feed:
    board = Board(FEED)
    board.take_states(state, [])
    return board.following


def passport_of(price: str, told: latest.Passport) -> tuple[str, str]:
    """Status and sentence of a price that all venues together say this of."""
    board = Board(FEED)
    board.take_states(feed_state(NOON), [structs.replace(price_state(trade(1, price), NOON), passport=told)])
    passport = board.prices["BTC-USDT"].passport
    assert passport is not None
    return passport.status, passport.text


def held(number: int, price: str, quarantine: str = "jump") -> LoggedTrade:
    return structs.replace(trade(number, price), quarantine=quarantine)


def tape(board: Board) -> list[tuple[str, str]]:
    """What is on the tape by price, oldest first, with why it is held back."""
    return [(str(each.price), each.quarantine) for _, each in board.tapes["BTC-USDT"]]


def test_the_source_of_the_price_says_since_when_and_why() -> None:
    """F-25: the venue that leads, since it does, because the one before it failed."""
    lead = following(feed_state(NOON)).lead
    assert (lead.venue, lead.text, lead.detail) == (
        "binance",
        "since 11:59:22, because HTX went silent for 3 s",
        SILENT,
    )
    assert lead.since_at == NOON - timedelta(seconds=38)


def test_while_no_venue_delivers_the_page_says_since_when() -> None:
    """E32: the alert is raised after a while, and tells since when it is so."""
    state = structs.replace(
        feed_state(NOON),
        active="",
        active_since_at=NOON,
        active_reason="closed: the line was cut without a word",
        alerts=[AlertState("no_venue", "", "no venue delivers", NOON + timedelta(seconds=10))],
    )
    told = following(state)
    assert told.lead.text == "was the last: no venue delivers since 12:00:00"
    assert [(alert.since_at, alert.text[:18]) for alert in told.alerts] == [(NOON, "No venue delivers.")]


def test_an_old_switch_says_nothing_of_when_the_last_venue_was_left() -> None:
    """E32: after a restart nobody delivers yet, and since when is not known."""
    told = following(structs.replace(feed_state(NOON), active="", active_since_at=None, active_reason=""))
    assert told.lead == Source("", "was the last: no venue delivers", "")


def test_an_instrument_that_is_elsewhere_has_a_source_of_its_own() -> None:
    """E11: only what the leading venue lacks is shown from another one."""
    switch = Switch("binance", "htx", "refused: the leading venue does not give it", NOON, "ETH-USDT")
    state = feed_state(NOON)
    told = following(structs.replace(state, diverted={"ETH-USDT": "htx"}, switches=[switch, *state.switches]))
    assert told.source("ETH-USDT").text == "since 12:00:00, because Binance does not give what was asked for"
    assert told.source("BTC-USDT").venue == "binance"


def test_a_switch_tells_from_where_to_where_why_and_what_it_cost() -> None:
    """F-24: with the technical words beside the sentence."""
    switch = Switch("htx", "binance", SILENT, NOON, stale_s=1.24, age_s=6.24)
    (line,) = following(structs.replace(feed_state(NOON), switches=[switch])).switches
    assert (line.from_venue, line.to_venue, line.text) == ("HTX", "Binance", "HTX went silent for 3 s")
    assert (line.cost, line.detail) == ("no new price for 6.2 s; stale for 1.2 s", SILENT)


def test_venues_that_are_recorded_but_not_shown_stand_by() -> None:
    """F-29: connected is not the same as shown."""
    board, state = Board(FEED), feed_state(NOON)
    htx = structs.replace(state.venues[1], state="connected", delays={"venue": Delay(12.4, 30.0, 48.6)})
    board.take_states(structs.replace(state, venues=[state.venues[0], htx]), [])
    assert [(line.role, line.delay_ms) for line in board.venues.venues] == [("active", None), ("standby", (12, 49))]


def test_trades_of_standby_venues_and_of_the_past_are_not_on_the_tape() -> None:
    """The tape and the bars are of the venue that is shown, as it was."""
    board = Board(FEED)
    standby = structs.replace(trade(1, "999", venue="htx"), is_standby=True)
    late = structs.replace(trade(2, "998"), is_backfill=True)
    assert board.take_trades([("1-0", standby), ("2-0", late)]) == []
    assert (tape(board), board.bars) == ([], {})


def test_the_trade_whose_price_is_shown_after_a_switch_is_on_the_tape() -> None:
    """E1: a standby's last trade becomes the price at once; headline, tape and bar do not contradict each other."""
    board = Board(FEED)
    last = trade(7, "101", venue="htx")
    board.take_trades([("1-0", structs.replace(last, is_standby=True))])
    told = board.take_states(feed_state(NOON, active="htx"), [price_state(last, NOON)])
    assert [type(message) for message in told[:3]] == [Trades, Bar, Price]
    assert tape(board) == [("101", "")]
    assert board.take_states(feed_state(NOON, active="htx"), [price_state(last, NOON)]) == []


def test_a_held_trade_is_told_with_its_reason_and_stays_in_place_when_it_is_released() -> None:
    """V-06 E28: a real crash is on the tape once, first as no price and then as one."""
    board = Board(FEED)
    (told,) = board.take_trades([("1-0", held(1, "70"))])
    assert isinstance(told, Trades)
    assert [line.held for line in told.trades] == ["a jump that nobody confirms"]
    board.take_trades([("2-0", trade(2, "100"))])
    released = board.take_trades([("3-0", trade(1, "70"))])
    assert [line.id for message in released if isinstance(message, Trades) for line in message.trades] == ["binance 1"]
    assert tape(board) == [("70", ""), ("100", "")]
    assert board.take_trades([("4-0", held(1, "70"))]) == []


def test_a_passport_comes_with_its_price() -> None:
    """V-07: how many agree, how far the shown price is from all together, who is not asked, what was missing."""
    board = Board(FEED)
    shown = structs.replace(price_state(trade(1, "100"), NOON), passport=CONSENSUS)
    board.take_states(feed_state(NOON), [shown])
    assert board.prices["BTC-USDT"].passport == Passport(
        status="consensus",
        text="2 of 3 venues agree, mostly within 1.2 bps",
        gap="Binance was not recorded 12:00:00 to 12:00:03",
        consensus="99.99",
        distance="1.0 bps above that",
        excluded=[("HTX", "older than 5 s")],
    )


@pytest.mark.parametrize(
    ("price", "told", "sentence"),
    [
        ("79.09", latest.Passport("consensus", Decimal(100), 1.2, 3, 4), "2091 bps below what 3 of 4 venues say"),
        ("100.26", latest.Passport("agreed", Decimal(100), 1.2, 2, 2), "26 bps above what 2 of 2 venues say"),
        (
            "101",
            latest.Passport("single source", Decimal(100), None, 1, 1),
            "100 bps above what the only other venue says",
        ),
    ],
)
def test_a_price_that_is_far_from_what_the_others_say_is_disputed(
    price: str, told: latest.Passport, sentence: str
) -> None:
    """V-07: that the others agree with one another is no word for a price more than 25 bps away; up to there it is."""
    assert passport_of(price, told) == ("disputed", f"This price is {sentence}")
    assert passport_of("100.25", told)[0] == told.status


@pytest.mark.parametrize(("agreeing", "sources"), [(2, 4), (1, 3)])
def test_not_more_than_half_is_no_agreement(agreeing: int, sources: int) -> None:
    """V-07: what many venues say together counts if more than half of them say it."""
    told = latest.Passport("consensus", Decimal(100), 30.0, agreeing, sources)
    assert passport_of("100", told) == ("disputed", f"Only {agreeing} of {sources} venues agree")


def test_two_venues_that_disagree_are_named() -> None:
    """V-07: the shown one first."""
    board, state = Board(FEED), feed_state(NOON)
    both = structs.replace(state, venues=[state.venues[0], structs.replace(state.venues[1], state="connected")])
    disputed = latest.Passport("disputed", Decimal("100.2"), 20.5, 0, 2)
    board.take_states(both, [structs.replace(price_state(trade(1, "100"), NOON), passport=disputed)])
    passport = board.prices["BTC-USDT"].passport
    assert passport is not None
    assert passport.text == "Binance and HTX disagree by 41.0 bps"


def test_the_delays_are_those_of_the_venue_that_is_shown() -> None:
    """F-31: the worker's hops of its data, then this process's own."""
    board, state = Board(FEED), feed_state(NOON)
    delays = {"venue": Delay(12.41, 30.0, 48.6), "log": Delay(6.0, 22.0, 51.0)}
    board.take_states(structs.replace(state, venues=[structs.replace(state.venues[0], delays=delays)]), [])
    board.take_latency({"handed": Percentiles(40.0, 90.0, 110.0)})
    assert [(hop.name, hop.p50, hop.p99) for hop in board.latency.hops] == [
        ("From the venue to us", 12.4, 48.6),
        ("Until kept", 6.0, 51.0),
        ("Until sent to the page", 40.0, 110.0),
    ]


def test_what_is_about_one_instrument_says_so() -> None:
    """Of a hundred instruments a browser is sent the one that it shows."""
    board = Board(FEED)
    eth = structs.replace(trade(2, "3000"), instrument="ETH-USDT")
    told = board.take_trades([("1-0", trade(1, "64000")), ("2-0", eth)])
    assert sorted(message.about for message in told) == ["BTC-USDT", "BTC-USDT", "ETH-USDT", "ETH-USDT"]
