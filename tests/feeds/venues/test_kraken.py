"""Kraken's frames, as documented, and what we send."""

import msgspec
import pytest

from feeds.errors import BadFrame
from feeds.types import Trade
from feeds.venues.kraken import Kraken
from tests.feeds.venues.recordings import NOW, Case, cases

CASES = cases("kraken")
TRADE = (
    '{"channel":"trade","type":"update","data":[{"symbol":"BTC/USDT","side":"buy","price":1,"qty":1,'
    '"trade_id":2,"timestamp":"2023-09-25T07:49:37.708706Z"}]}'
)
TIME = "2023-09-25T07:49:37.708706Z"


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_frame_says_what_its_documentation_says(case: Case) -> None:
    """F-12: every kind of frame of the documentation, as text and as bytes."""
    assert Kraken().parse(case.frame) == case.expected()
    assert Kraken().parse(case.frame.encode()) == case.expected()


def test_zeros_at_the_end_of_a_price_are_kept() -> None:
    """F-12: 0.51170 is a number that no double passes on like that."""
    (trade,) = Kraken().parse(CASES["trade: zeros to keep"].frame)
    assert isinstance(trade, Trade)
    assert (str(trade.price), str(trade.size)) == ("0.51170", "40.0")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"price":1', '"price":"1"'),
        ('"price":1', '"price":-1'),
        ('"price":1', '"price":1e99'),
        ('"qty":1', '"qty":null'),
        ('"qty":1', '"qty":[1]'),
        ('"side":"buy"', '"side":"b"'),
        ('"trade_id":2', '"trade_id":"2"'),
        ('"trade_id":2', '"trade_id":-2'),
        ('"trade_id":2', f'"trade_id":{"2" * 41}'),
        (TIME, "2023-09-25T07:49:37.708706"),
        (TIME, "2023-09-25"),
        (TIME, "0001-01-01T00:00:00+01:00"),
        (TIME, "1695628177.708706"),
        (TIME, ""),
    ],
)
def test_field_of_another_type_is_a_bad_frame(old: str, new: str) -> None:
    """E20 E24 E27: nothing is guessed, the time zone least of all."""
    assert Kraken().parse(TRADE)
    with pytest.raises(BadFrame):
        Kraken().parse(TRADE.replace(old, new, 1))


def test_time_of_another_zone_is_told_in_utc() -> None:
    """E27: the same moment."""
    (trade,) = Kraken().parse(TRADE.replace(TIME, "2023-09-25T09:49:37.708706+02:00"))
    assert isinstance(trade, Trade)
    assert trade.traded_at.isoformat() == "2023-09-25T07:49:37.708706+00:00"


def test_each_channel_of_a_symbol_has_its_own_message() -> None:
    """F-10: no old trades, and every change of the best prices."""
    requests = Kraken().subscribe(["BTC/USDT"], NOW)
    assert [request.key for request in requests] == ["trade BTC/USDT", "ticker BTC/USDT"]
    assert [msgspec.json.decode(request.text) for request in requests] == [
        {"method": "subscribe", "params": {"channel": "trade", "symbol": ["BTC/USDT"], "snapshot": False}},
        {"method": "subscribe", "params": {"channel": "ticker", "symbol": ["BTC/USDT"], "event_trigger": "bbo"}},
    ]


def test_ping_is_json() -> None:
    """F-07: in Kraken's words."""
    assert msgspec.json.decode(Kraken().ping(NOW) or "") == {"method": "ping"}


def test_symbol_has_a_slash() -> None:
    """Kraken's spelling, where Bitcoin is BTC since the second version."""
    assert Kraken().symbol("btc", "USDT") == "BTC/USDT"
