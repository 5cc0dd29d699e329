"""Gate.io's frames, as documented, and what we send."""

import msgspec
import pytest

from feeds.errors import BadFrame
from feeds.venues.gateio import GateIO
from tests.feeds.venues.recordings import NOW, Case, cases

CASES = cases("gateio")
TIME = "1606292218213.4578"
TRADE = (
    '{"time":1,"channel":"spot.trades","event":"update","result":{"id":2,"create_time_ms":"1606292218213.4578",'
    '"side":"buy","currency_pair":"BTC_USDT","amount":"1","price":"1"}}'
)
BOOK = (
    '{"time":1,"channel":"spot.book_ticker","event":"update","result":'
    '{"t":1,"s":"BTC_USDT","b":"1","B":"2","a":"3","A":"4"}}'
)


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_frame_says_what_its_documentation_says(case: Case) -> None:
    """F-12: every kind of frame of the documentation, as text and as bytes."""
    assert GateIO().parse(case.frame) == case.expected()
    assert GateIO().parse(case.frame.encode()) == case.expected()


@pytest.mark.parametrize(
    ("frame", "old", "new"),
    [
        (TRADE, '"price":"1"', '"price":1'),
        (TRADE, '"amount":"1"', '"amount":""'),
        (TRADE, '"side":"buy"', '"side":""'),
        (TRADE, '"id":2', '"id":"2"'),
        (TRADE, '"id":2', '"id":-2'),
        (TRADE, TIME, ""),
        (TRADE, TIME, "."),
        (TRADE, TIME, "1606292218213."),
        (TRADE, TIME, ".4578"),
        (TRADE, TIME, "1606292218213.45x8"),
        (TRADE, TIME, "1606292218213.4578e3"),
        (TRADE, TIME, "-1606292218213"),
        (TRADE, TIME, "99999999999999999999"),
        (TRADE, f'"{TIME}"', TIME),
        (BOOK, '"B":"2"', '"B":""'),
        (BOOK, '"a":"3"', '"a":" "'),
        (BOOK, '"t":1', '"t":"1"'),
    ],
)
def test_field_of_another_type_is_a_bad_frame(frame: str, old: str, new: str) -> None:
    """E20 E24 E27: nothing is guessed, to the last digit of the time."""
    assert GateIO().parse(frame)
    with pytest.raises(BadFrame):
        GateIO().parse(frame.replace(old, new, 1))


def test_each_channel_of_a_pair_has_its_own_message() -> None:
    """F-10: with the time in seconds, since the venue compares it with its own."""
    requests = GateIO().subscribe(["BTC_USDT"], NOW)
    assert [request.key for request in requests] == ["spot.trades BTC_USDT", "spot.book_ticker BTC_USDT"]
    rest = {"time": int(NOW.timestamp()), "event": "subscribe", "payload": ["BTC_USDT"]}
    channels = [{"channel": channel, **rest} for channel in ("spot.trades", "spot.book_ticker")]
    assert [msgspec.json.decode(request.text) for request in requests] == channels


def test_ping_is_json() -> None:
    """F-07: in Gate's words, with the time in seconds."""
    assert msgspec.json.decode(GateIO().ping(NOW)) == {"time": int(NOW.timestamp()), "channel": "spot.ping"}


def test_symbol_has_an_underscore() -> None:
    """Gate's spelling."""
    assert GateIO().symbol("btc", "USDT") == "BTC_USDT"
