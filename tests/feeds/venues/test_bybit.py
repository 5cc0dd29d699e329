"""Bybit's frames, as documented, and what we send."""

import msgspec
import pytest

from feeds.errors import BadFrame
from feeds.venues.bybit import Bybit
from tests.feeds.venues.recordings import NOW, Case, cases

CASES = cases("bybit")
TRADE = '{"topic":"publicTrade.BTCUSDT","ts":1,"data":[{"i":"2","T":1,"p":"1","v":"1","S":"Buy","s":"BTCUSDT"}]}'
BOOK = '{"topic":"orderbook.1.BTCUSDT","ts":1,"data":{"s":"BTCUSDT","b":[["1","2"]],"a":[["3","4"]]}}'


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_frame_says_what_its_documentation_says(case: Case) -> None:
    """F-12: every kind of frame of the documentation, as text and as bytes."""
    assert Bybit().parse(case.frame) == case.expected()
    assert Bybit().parse(case.frame.encode()) == case.expected()


@pytest.mark.parametrize(
    ("frame", "old", "new"),
    [
        (TRADE, '"p":"1"', '"p":1'),
        (TRADE, '"v":"1"', '"v":"-1"'),
        (TRADE, '"S":"Buy"', '"S":"buy"'),
        (TRADE, '"i":"2"', '"i":""'),
        (TRADE, '"i":"2"', '"i":2'),
        (TRADE, '"T":1', '"T":"1"'),
        (TRADE, '"T":1', '"T":9223372036854775807'),
        (TRADE, '"s":"BTCUSDT"', '"s":null'),
        (TRADE, '"data":[', '"other":['),
        (BOOK, '["1","2"]', '["1"]'),
        (BOOK, '["1","2"]', '["1",2]'),
        (BOOK, '"b":[["1","2"]]', '"b":["1","2"]'),
        (BOOK, '["1","2"]', '["1","NaN"]'),
    ],
)
def test_field_of_another_type_is_a_bad_frame(frame: str, old: str, new: str) -> None:
    """E20 E24: nothing is guessed."""
    assert Bybit().parse(frame)
    with pytest.raises(BadFrame):
        Bybit().parse(frame.replace(old, new, 1))


def test_each_topic_has_its_own_message() -> None:
    """F-10 E19: trades and the best level of a symbol, since one bad topic may refuse the whole list."""
    requests = Bybit().subscribe(["BTCUSDT"], NOW)
    topics = ["publicTrade.BTCUSDT", "orderbook.1.BTCUSDT"]
    assert [request.key for request in requests] == topics
    assert [msgspec.json.decode(request.text) for request in requests] == [
        {"req_id": topic, "op": "subscribe", "args": [topic]} for topic in topics
    ]


def test_ping_is_json() -> None:
    """F-07: in Bybit's words."""
    assert msgspec.json.decode(Bybit().ping(NOW) or "") == {"op": "ping"}


def test_symbol_is_one_word() -> None:
    """Bybit's spelling."""
    assert Bybit().symbol("btc", "USDT") == "BTCUSDT"
