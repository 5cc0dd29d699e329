"""What holds for every venue of the registry."""

import re
from datetime import UTC
from decimal import Decimal
from urllib.parse import urlsplit

import msgspec
import pytest

from feeds.errors import BadFrame
from feeds.types import Pong, Quote, Refused, Side, Subscribed, Trade, Welcome
from feeds.venues import REGISTRY, Venue
from positions.limits import VENUE
from tests.feeds.venues.recordings import FOLDER, NOW, cases, on_the_wire

EVERY_VENUE = pytest.mark.parametrize("venue", REGISTRY.values(), ids=list(REGISTRY))
# Binance acknowledges any name, and is silent about one that it does not know.
REFUSES_NO_SYMBOL = {"binance"}
# E24: as JSON text. None of them is a price, whether a venue writes prices as text or as numbers.
BAD_NUMBERS = [
    *('"NaN"', '"Infinity"', '"-1"', '"+1"', '"1e1000000"', '" 1"', '"1\\n"', '"1_000"', '"٣"', '"0x1"', '"1,5"'),
    *('"."', '"1."', '".5"', f'"{"1" * 13}"', f'"0.{"1" * 19}"', '"\\u0000"', "-1", "1e999", "1e-19", "1" * 13),
    *("null", "true", "[]", "{}", "[1]"),
]


def trades(venue: Venue) -> list[tuple[str, Trade]]:
    """Every recorded frame that says exactly one trade, with that trade."""
    said = [(case.frame, case.expected()) for case in cases(venue.code).values()]
    return [(frame, events[0]) for frame, events in said if len(events) == 1 and isinstance(events[0], Trade)]


def test_mission_names_seven_venues_in_this_order() -> None:
    """F-01: Huobi's name is HTX now."""
    assert list(REGISTRY) == ["binance", "kucoin", "bybit", "okx", "htx", "kraken", "gateio"]
    assert [venue.code for venue in REGISTRY.values()] == list(REGISTRY)
    assert [venue.default_priority for venue in REGISTRY.values()] == [1, 2, 3, 4, 5, 6, 7]


@EVERY_VENUE
def test_every_kind_of_message_has_a_recorded_frame(venue: Venue) -> None:
    """F-12: trades, quotes, yes and no; the answer to our ping and the welcome where there is one."""
    said = {type(event) for case in cases(venue.code).values() for event in case.expected()}
    assert {Trade, Quote, Subscribed, Refused} <= said
    assert (Pong in said) == (venue.ping(NOW) is not None)
    assert (Welcome in said) == venue.waits_for_welcome


@EVERY_VENUE
def test_what_nobody_asked_for_is_nothing(venue: Venue) -> None:
    """F-12: candles, books and ends of subscriptions are neither an event nor a bad frame."""
    unasked = [case for name, case in cases(venue.code).items() if name.startswith("not_asked_for")]
    assert len(unasked) >= 2
    assert [venue.parse(on_the_wire(venue.code, case.frame)) for case in unasked] == [[]] * len(unasked)


@EVERY_VENUE
def test_values_are_exact_and_times_are_utc(venue: Venue) -> None:
    """F-12 E27: Decimals, text for ids, aware UTC."""
    for case in cases(venue.code).values():
        for event in venue.parse(on_the_wire(venue.code, case.frame)):
            if isinstance(event, Trade):
                assert {type(event.price), type(event.size)} == {Decimal}
                assert type(event.trade_id) is str
                assert event.traded_at.tzinfo is UTC
            if isinstance(event, Quote):
                assert {type(value) for value in (event.bid, event.bid_size, event.ask, event.ask_size)} == {Decimal}
                assert event.quoted_at is None or event.quoted_at.tzinfo is UTC


@pytest.mark.parametrize("code", ["binance", "okx", "htx", "kraken"])
def test_ids_that_go_up_by_one_are_whole_numbers(code: str) -> None:
    """E33: a jump of them is a suspicion; of the other venues' ids nothing is concluded."""
    assert [venue.code for venue in REGISTRY.values() if venue.has_consecutive_ids] == [
        "binance",
        "okx",
        "htx",
        "kraken",
    ]
    assert all(trade.trade_id.isdecimal() for _, trade in trades(REGISTRY[code]))


@EVERY_VENUE
def test_both_sides_of_the_taker_are_recorded(venue: Venue) -> None:
    """F-12: a dialect that mixes them up cannot be right about both."""
    sides = {e.side for case in cases(venue.code).values() for e in case.expected() if isinstance(e, Trade)}
    assert sides == {Side.BUY, Side.SELL}


@EVERY_VENUE
@pytest.mark.parametrize("number", BAD_NUMBERS)
def test_bad_number_is_never_a_price_nor_a_size(venue: Venue, number: str) -> None:
    """E24: in the place of each of them, in every recorded frame of one trade."""
    spoiled = [
        re.sub(f'"{literal}"|(?<=:){re.escape(literal)}(?=[,}}])', lambda _: number, frame, count=1)
        for frame, trade in trades(venue)
        for literal in (str(trade.price), str(trade.size))
    ]
    spoiled = [frame for frame in spoiled if number in frame]
    assert spoiled
    for frame in spoiled:
        with pytest.raises(BadFrame):
            venue.parse(on_the_wire(venue.code, frame))


@EVERY_VENUE
def test_addresses_are_encrypted(venue: Venue) -> None:
    """E3: no venue is ever listened to in clear text, nor asked where to listen."""
    assert venue.urls
    for url in venue.urls:
        assert urlsplit(url).scheme == ("wss" if venue.prepare(url) is None else "https")


@EVERY_VENUE
def test_requests_have_keys_of_their_own(venue: Venue) -> None:
    """E19: each answer can be told to its request."""
    requests = venue.subscribe([venue.symbol("BTC", "USDT"), venue.symbol("ETH", "USDT")], NOW)
    assert len({request.key for request in requests}) == len(requests) > 0


@EVERY_VENUE
def test_key_stands_for_the_same_request_every_time(venue: Venue) -> None:
    """E19: an answer that comes late is not taken for that of another instrument."""
    if venue.code in REFUSES_NO_SYMBOL:
        return
    alone = venue.subscribe([venue.symbol("ETH", "USDT")], NOW)
    beside = venue.subscribe([venue.symbol("BTC", "USDT"), venue.symbol("ETH", "USDT")], NOW)
    assert set(alone) < set(beside)
    assert {request.symbol for request in beside} == {venue.symbol("BTC", "USDT"), venue.symbol("ETH", "USDT")}


@EVERY_VENUE
def test_refusal_leads_to_its_symbol(venue: Venue) -> None:
    """E19: in each of the venue's own words for it, by the key of the request or by the symbol itself."""
    symbol = venue.symbol("NO", "SUCH")
    asked = {request.key: request.symbol for request in venue.subscribe([symbol], NOW)}
    words = [case.frame for name, case in cases(venue.code).items() if name.startswith("error: no such")]
    refusals = [venue.parse(on_the_wire(venue.code, frame)) for frame in words]
    assert refusals or venue.code in REFUSES_NO_SYMBOL
    for (refusal,) in refusals:
        assert isinstance(refusal, Refused)
        assert (refusal.symbol or asked[refusal.key]) == symbol


@EVERY_VENUE
def test_refusal_of_nothing_in_particular_names_no_request(venue: Venue) -> None:
    """E19: it is about the connection, whatever id the venue has given it."""
    asked = {request.key for request in venue.subscribe([venue.symbol("BTC", "USDT")], NOW)}
    said = [e for case in cases(venue.code).values() for e in case.expected() if isinstance(e, Refused)]
    assert any(refusal.key not in asked and not refusal.symbol for refusal in said)


@EVERY_VENUE
def test_spelling_tells_instruments_apart(venue: Venue) -> None:
    """F-10: whatever the case in which an admin writes them."""
    assert venue.symbol("btc", "usdt") == venue.symbol("BTC", "USDT") != venue.symbol("ETH", "USDT")


@EVERY_VENUE
def test_subscription_is_json_that_names_every_symbol(venue: Venue) -> None:
    """F-10: none is forgotten, and the words are valid JSON."""
    symbols = [venue.symbol(base, "USDT") for base in ("BTC", "ETH", "SOL")]
    texts = [request.text for request in venue.subscribe(symbols, NOW)]
    assert all(isinstance(msgspec.json.decode(text), dict) for text in texts)
    assert all(symbol.lower() in "".join(texts).lower() for symbol in symbols)


def test_excerpt_of_a_bad_frame_is_short_and_printable() -> None:
    """E21: at most 512 escaped characters of it reach a log."""
    excerpt = BadFrame("json", b"\xff\x1b[2J" * 1000).excerpt
    assert excerpt.isascii()
    assert excerpt.isprintable()
    assert len(excerpt) == 512


@EVERY_VENUE
def test_page_of_venues_describes_it(venue: Venue) -> None:
    """F-12: a section of its own, and a line of the table that names the channels that are asked for."""
    page = (FOLDER.parents[1] / "docs" / "venues.md").read_text()
    (line,) = re.findall(rf"^\| \[{re.escape(venue.name)}\]\(#.*$", page, re.MULTILINE)
    assert f"\n## {venue.name}\n" in page
    assert all(f"{channel}`" in line for channel in venue.channels)


def test_every_folder_of_frames_belongs_to_a_venue() -> None:
    """F-12: no frames are kept that no test reads; tests/positions reads those of accounts."""
    assert {folder.name for folder in FOLDER.iterdir() if folder.is_dir()} <= {*REGISTRY, VENUE}
