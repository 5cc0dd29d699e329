"""OKX's frames, as documented, and what we send."""

import msgspec
import pytest

from feeds.errors import BadFrame
from feeds.venues.okx import OKX
from tests.feeds.venues.recordings import NOW, Case, cases

CASES = cases("okx")
TRADE = (
    '{"arg":{"channel":"trades","instId":"BTC-USDT"},"data":'
    '[{"instId":"BTC-USDT","tradeId":"2","px":"1","sz":"1","side":"buy","ts":"1","count":"3"}]}'
)
BOOK = (
    '{"arg":{"channel":"bbo-tbt","instId":"BTC-USDT"},"data":'
    '[{"bids":[["1","2","0","1"]],"asks":[["3","4","0","1"]],"ts":"1"}]}'
)


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_frame_says_what_its_documentation_says(case: Case) -> None:
    """F-12: every kind of frame of the documentation, as text and as bytes."""
    assert OKX().parse(case.frame) == case.expected()
    assert OKX().parse(case.frame.encode()) == case.expected()


@pytest.mark.parametrize(
    ("frame", "old", "new"),
    [
        (TRADE, '"px":"1"', '"px":1'),
        (TRADE, '"sz":"1"', '"sz":"+1"'),
        (TRADE, '"side":"buy"', '"side":"Buy"'),
        (TRADE, '"tradeId":"2"', '"tradeId":2'),
        (TRADE, '"tradeId":"2"', '"tradeId":""'),
        (TRADE, '"tradeId":"2"', '"tradeId":"2a"'),
        (TRADE, '"count":"3"', '"count":"0"'),
        (TRADE, '"count":"3"', '"count":"-3"'),
        (TRADE, '"count":"3"', '"count":3'),
        (TRADE, '"count":"3"', '"count":"100000"'),
        (TRADE, '"ts":"1"', '"ts":1'),
        (TRADE, '"ts":"1"', '"ts":"1.5"'),
        (TRADE, '"ts":"1"', '"ts":"99999999999999999999"'),
        (TRADE, '"data":', '"date":'),
        (BOOK, '["1","2","0","1"]', '["1"]'),
        (BOOK, '["1","2","0","1"]', "[]"),
        (BOOK, '["1","2","0","1"]', '["1",2]'),
        (BOOK, '["1","2","0","1"]', '["1","0x1"]'),
    ],
)
def test_field_of_another_type_is_a_bad_frame(frame: str, old: str, new: str) -> None:
    """E20 E24: nothing is guessed, and no level has fewer than two columns."""
    assert OKX().parse(frame)
    with pytest.raises(BadFrame):
        OKX().parse(frame.replace(old, new, 1))


def test_pong_is_exactly_that_word() -> None:
    """F-07: it is not JSON, and nothing like it is one."""
    for frame in ("Pong", "pong ", '"pong"', "ping"):
        with pytest.raises(BadFrame):
            OKX().parse(frame)


def test_ping_is_bare_text() -> None:
    """F-07: in OKX's word."""
    assert OKX().ping(NOW) == "ping"


def test_each_argument_has_its_own_message() -> None:
    """F-10: trades and the best level of each symbol, each acknowledged by channel and symbol."""
    requests = OKX().subscribe(["BTC-USDT"], NOW)
    assert [request.key for request in requests] == ["trades BTC-USDT", "bbo-tbt BTC-USDT"]
    assert [msgspec.json.decode(request.text) for request in requests] == [
        {"op": "subscribe", "args": [{"channel": channel, "instId": "BTC-USDT"}]} for channel in ("trades", "bbo-tbt")
    ]


def test_symbol_has_a_dash() -> None:
    """OKX's spelling."""
    assert OKX().symbol("btc", "USDT") == "BTC-USDT"
