"""What a line asks of either of BitGet's worlds."""

import json

import pytest

from positions.types import Pong, Subscribed
from positions.venues.bitget import DIALECTS
from positions.venues.bitget_dialect import Dialect
from positions.words import AccountKind, Environment

CLASSIC, UNIFIED = DIALECTS[AccountKind.CLASSIC], DIALECTS[AccountKind.UNIFIED]


def test_hosts_and_paths_are_by_environment_and_generation() -> None:
    """B-02: demo trading has a host of its own."""
    assert CLASSIC.private_url(Environment.LIVE) == "wss://ws.bitget.com/v2/ws/private"
    assert CLASSIC.public_url(Environment.DEMO) == "wss://wspap.bitget.com/v2/ws/public"
    assert UNIFIED.private_url(Environment.DEMO) == "wss://wspap.bitget.com/v3/ws/private"
    assert UNIFIED.public_url(Environment.LIVE) == "wss://ws.bitget.com/v3/ws/public"


def test_classic_channels_are_asked_for_by_symbol_but_the_account_by_coin() -> None:
    """B-06: each in a frame of its own, far below 4096 bytes."""
    arguments = [json.loads(request.text)["args"] for request in CLASSIC.subscribe()]
    assert arguments == [
        [{"instType": "USDT-FUTURES", "channel": "positions", "instId": "default"}],
        [{"instType": "USDT-FUTURES", "channel": "orders", "instId": "default"}],
        [{"instType": "USDT-FUTURES", "channel": "orders-algo", "instId": "default"}],
        [{"instType": "USDT-FUTURES", "channel": "account", "coin": "default"}],
        [{"instType": "USDT-FUTURES", "channel": "fill", "instId": "default"}],
    ]


def test_unified_channels_are_topics() -> None:
    """B-22: without a symbol."""
    arguments = [json.loads(request.text)["args"] for request in UNIFIED.subscribe()]
    topics = ["position", "order", "strategy-order", "account", "fill"]
    assert arguments == [[{"instType": "UTA", "topic": topic}] for topic in topics]


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=list(DIALECTS))
def test_answer_to_a_request_has_its_key(dialect: Dialect) -> None:
    """Every request is counted until it is answered, private or public."""
    for request in (*dialect.subscribe(), *dialect.watch(["BTCUSDT"])):
        (argument,) = json.loads(request.text)["args"]
        assert dialect.parse(json.dumps({"event": "subscribe", "arg": argument})) == [Subscribed(request.key)]


def test_prices_of_symbols_are_watched_and_left() -> None:
    """B-27: the mark price is in the public ticker."""
    (watch,), (unwatch,) = CLASSIC.watch(["BTCUSDT"]), CLASSIC.unwatch(["BTCUSDT"])
    assert json.loads(watch.text) == {
        "op": "subscribe",
        "args": [{"instType": "USDT-FUTURES", "channel": "ticker", "instId": "BTCUSDT"}],
    }
    assert json.loads(unwatch.text) == {**json.loads(watch.text), "op": "unsubscribe"}
    assert (watch.symbol, watch.key) == ("BTCUSDT", "ticker BTCUSDT")
    assert json.loads(UNIFIED.watch(["BTCUSDT"])[0].text)["args"] == [
        {"instType": "usdt-futures", "topic": "ticker", "symbol": "BTCUSDT"}
    ]


def test_ping_is_bare_text() -> None:
    """M-02: and so is its answer."""
    assert CLASSIC.PING == UNIFIED.PING == "ping"
    assert CLASSIC.parse("pong") == UNIFIED.parse(b"pong") == [Pong()]
