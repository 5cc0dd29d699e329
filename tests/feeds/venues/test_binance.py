"""Binance's frames, as documented, and what we send."""

import msgspec
import pytest

from feeds.errors import BadFrame
from feeds.types import Trade
from feeds.venues.binance import Binance
from tests.feeds.venues.recordings import NOW, Case, cases

CASES = cases("binance")
TRADE = '{"e":"trade","E":1,"s":"BTCUSDT","t":1,"p":"1","q":"1","T":1,"m":true,"M":true}'


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_frame_says_what_its_documentation_says(case: Case) -> None:
    """F-12: every kind of frame of the documentation, as text and as bytes."""
    assert Binance().parse(case.frame) == case.expected()
    assert Binance().parse(case.frame.encode()) == case.expected()


def test_zeros_at_the_end_of_a_price_are_kept() -> None:
    """F-12: 58001.03000000 is what was sent, and what is stored."""
    (trade,) = Binance().parse(CASES["trade: combined stream with zeros to keep"].frame)
    assert isinstance(trade, Trade)
    assert str(trade.price) == "58001.03000000"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"p":"1"', '"p":1'),
        ('"p":"1"', '"p":"-1"'),
        ('"p":"1"', '"p":"NaN"'),
        ('"q":"1"', '"q":"1e5"'),
        ('"t":1', '"t":"1"'),
        ('"t":1', '"t":1.5'),
        ('"m":true', '"m":1'),
        ('"s":"BTCUSDT",', ""),
        ('"T":1', '"T":null'),
    ],
)
def test_field_of_another_type_is_a_bad_frame(old: str, new: str) -> None:
    """E20 E24: a number instead of a string, a missing field, a sign: nothing is guessed."""
    assert Binance().parse(TRADE)
    with pytest.raises(BadFrame):
        Binance().parse(TRADE.replace(old, new, 1))


def test_time_beyond_the_calendar_is_a_bad_frame() -> None:
    """E27: a time in nanoseconds, or worse, is no reason to end a session."""
    with pytest.raises(BadFrame):
        Binance().parse(TRADE.replace('"T":1', '"T":9223372036854775807'))


def test_one_message_subscribes_everything() -> None:
    """F-10: trades and best prices of all symbols, in lower case, under one id."""
    requests = Binance().subscribe(["BTCUSDT", "ETHUSDT"], NOW)
    assert [request.key for request in requests] == ["1"]
    assert msgspec.json.decode(requests[0].text) == {
        "method": "SUBSCRIBE",
        "params": ["btcusdt@trade", "btcusdt@bookTicker", "ethusdt@trade", "ethusdt@bookTicker"],
        "id": 1,
    }


def test_message_asks_for_no_more_streams_than_binance_reads() -> None:
    """F-10: from 8 kB on it would be silent; each message has an answer of its own."""
    requests = Binance().subscribe([f"A{number}USDT" for number in range(101)], NOW)
    streams = [msgspec.json.decode(request.text)["params"] for request in requests]
    assert [len(chunk) for chunk in streams] == [200, 2]
    assert [request.key for request in requests] == ["1", "2"]
    assert max(len(request.text) for request in requests) < 8000


def test_symbol_is_upper_case() -> None:
    """Binance's spelling in payloads."""
    assert Binance().symbol("btc", "USDT") == "BTCUSDT"
