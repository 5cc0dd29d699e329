"""KuCoin's frames, as documented, what we send, and where its REST may lead us."""

import msgspec
import pytest

from feeds.errors import BadFrame
from feeds.types import Trade
from feeds.venues.base import Endpoint, HTTPRequest
from feeds.venues.kucoin import KuCoin
from tests.feeds.venues.recordings import NOW, Case, cases

CASES = cases("kucoin")
TRADE = (
    '{"type":"message","topic":"/market/match:BTC-USDT","subject":"trade.l3match","data":'
    '{"symbol":"BTC-USDT","tradeId":"2","price":"1","size":"1","side":"buy","time":"1729843222921000000"}}'
)
(LIVE,) = KuCoin.urls
REPLAY = "http://127.0.0.1:8999/kucoin/api/v1/bullet-public"


def answer(endpoint: str = "wss://ws-api-spot.kucoin.com/", ping_interval: object = 18000) -> bytes:
    """As documented."""
    server = {"endpoint": endpoint, "encrypt": True, "protocol": "websocket", "pingInterval": ping_interval}
    data = {"token": "2neAiuYvAU61ZD.6bb9A==", "instanceServers": [{**server, "pingTimeout": 10000}]}
    return msgspec.json.encode({"code": "200000", "data": data})


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_frame_says_what_its_documentation_says(case: Case) -> None:
    """F-12: every kind of frame of the documentation, as text and as bytes."""
    assert KuCoin().parse(case.frame) == case.expected()
    assert KuCoin().parse(case.frame.encode()) == case.expected()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"price":"1"', '"price":1'),
        ('"size":"1"', '"size":"1e5"'),
        ('"side":"buy"', '"side":"BUY"'),
        ('"tradeId":"2"', '"tradeId":2'),
        ('"tradeId":"2"', '"tradeId":""'),
        ('"tradeId":"2"', f'"tradeId":"{"2" * 41}"'),
        ('"time":"1729843222921000000"', '"time":1729843222921000000'),
        ('"time":"1729843222921000000"', '"time":"1729843222921000000.5"'),
        ('"time":"1729843222921000000"', '"time":"-1"'),
        ('"time":"1729843222921000000"', f'"time":"{"9" * 21}"'),
    ],
)
def test_field_of_another_type_is_a_bad_frame(old: str, new: str) -> None:
    """E20 E24 E27: a number instead of text, an id that is none, a time that is none."""
    assert KuCoin().parse(TRADE)
    with pytest.raises(BadFrame):
        KuCoin().parse(TRADE.replace(old, new, 1))


def test_time_is_in_nanoseconds() -> None:
    """E27: not in the milliseconds of its tickers."""
    (trade,) = KuCoin().parse(TRADE)
    assert isinstance(trade, Trade)
    assert trade.traded_at.isoformat() == "2024-10-25T08:00:22.921000+00:00"


def test_token_is_asked_for_by_post() -> None:
    """E30: at one of its own addresses, before each connection."""
    assert KuCoin().prepare(LIVE) == HTTPRequest("POST", "https://api.kucoin.com/api/v1/bullet-public")


def test_answer_says_where_to_connect_and_how_often_to_ping() -> None:
    """E30: the token is part of the address, the interval is in milliseconds."""
    endpoint = KuCoin().endpoint(LIVE, answer(ping_interval=17_500))
    assert endpoint == Endpoint("wss://ws-api-spot.kucoin.com/?token=2neAiuYvAU61ZD.6bb9A==", 17.5)


@pytest.mark.parametrize(
    "endpoint",
    [
        "ws://ws-api-spot.kucoin.com/",
        "http://ws-api-spot.kucoin.com/",
        "wss://example.org/",
        "wss://kucoin.com.example.org/",
        "wss://notkucoin.com/",
        "wss://example.org/.kucoin.com/",
        "wss://example.org\\.kucoin.com/",
        "wss://ws-api-spot.kucoin.com@example.org/",
        "wss://example.org:1@ws-api-spot.kucoin.com/",
        "wss://ws-api-spot.kucoin.com/?a=",
        "wss://ws-api-spot.kucoin.com/\n",
        "wss://[::1",
        "",
    ],
)
def test_answer_that_leads_elsewhere_is_refused(endpoint: str) -> None:
    """E30: to KuCoin, encrypted, or nowhere; the replay exchange alone may send us to its own machine."""
    with pytest.raises(BadFrame):
        KuCoin().endpoint(LIVE, answer(endpoint))


def test_replay_exchange_sends_to_itself() -> None:
    """Asked in clear text, it answers with an address in clear text."""
    endpoint = KuCoin().endpoint(REPLAY, answer("ws://127.0.0.1:8999/kucoin/"))
    assert endpoint.url.startswith("ws://127.0.0.1:8999/kucoin/?token=")


@pytest.mark.parametrize("interval", [0, -1, 999, 0.5, "18000", None])
def test_interval_that_is_no_heartbeat_is_refused(interval: object) -> None:
    """E30: neither no pings at all nor a flood of them."""
    with pytest.raises(BadFrame):
        KuCoin().endpoint(LIVE, answer(ping_interval=interval))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html></html>",
        b'{"code":"429000","msg":"Too many requests"}',
        b'{"code":"200000","data":{"token":"a","instanceServers":[]}}',
        b'{"code":"200000","data":{"token":null,"instanceServers":[{"endpoint":"wss://a.kucoin.com/"}]}}',
    ],
)
def test_answer_without_an_address_is_refused(content: bytes) -> None:
    """E30: an error in KuCoin's words, or anything else."""
    with pytest.raises(BadFrame):
        KuCoin().endpoint(LIVE, content)


def test_each_topic_of_a_symbol_has_its_own_message() -> None:
    """F-10: trades and best prices, each acknowledged by its own id; no space after the colon."""
    requests = KuCoin().subscribe(["BTC-USDT"], NOW)
    assert [request.key for request in requests] == ["match-BTC-USDT", "ticker-BTC-USDT"]
    rest = {"type": "subscribe", "response": True}
    assert [msgspec.json.decode(request.text) for request in requests] == [
        {"id": "match-BTC-USDT", "topic": "/market/match:BTC-USDT", **rest},
        {"id": "ticker-BTC-USDT", "topic": "/market/ticker:BTC-USDT", **rest},
    ]


def test_ping_is_json() -> None:
    """F-07: in KuCoin's words."""
    assert msgspec.json.decode(KuCoin().ping(NOW) or "") == {"id": "ping", "type": "ping"}


def test_symbol_has_a_dash() -> None:
    """KuCoin's spelling."""
    assert KuCoin().symbol("btc", "USDT") == "BTC-USDT"
