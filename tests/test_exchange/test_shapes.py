"""Frames of the replay exchange have the keys of real ones, in their order, with values of the same kind."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.real_input import RECORDINGS, needs_recordings
from tests.test_exchange.client import dial, hear
from tests.test_exchange.venues import ask, find_path, greeted

pytestmark = needs_recordings

# The newest frames that are known to come from a live socket.
TRADES = {
    "kucoin": "kucoin/current/001",
    "bybit": "bybit/v5/001",
    "okx": "okx/v5/001",
    "kraken": "kraken/v2/001",
    "gateio": "gate/v4/001",
}
ACKNOWLEDGEMENTS = {
    "bybit": "bybit/v5/016",
    "okx": "okx/v5/019",
    "kraken": "kraken/v2/022",
    "gateio": "gate/v4/015",
}
GREETINGS = {"kucoin": "kucoin/current/012", "kraken": "kraken/v2/031"}
QUOTES: dict[str, tuple[str, dict[str, Any]]] = {
    "kucoin": ("kucoin/current/007", {"topic": "/market/ticker:BTC-USDT"}),
    "okx": ("okx/v5/011", {"args": [{"channel": "tickers", "instId": "BTC-USDT"}]}),
    "kraken": ("kraken/v2/013", {"params": {"channel": "ticker", "symbol": ["BTC/USDT"], "event_trigger": "bbo"}}),
    "gateio": ("gate/v4/007", {"channel": "spot.book_ticker"}),
}


def read_sample(identity: str) -> Any:
    folder, version, _ = identity.split("/")
    for line in (RECORDINGS / folder / f"samples-{version}.jsonl").read_text().splitlines():
        sample = json.loads(line)
        if sample["id"] == identity:
            return json.loads(sample["text"])
    raise LookupError(identity)


def shape(value: Any) -> object:
    """A list is as its first row; whole and broken numbers are one kind."""
    if isinstance(value, dict):
        return [(key, shape(inner)) for key, inner in value.items()]
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return "number" if type(value) in (int, float) else type(value).__name__


@pytest.mark.parametrize("venue", TRADES)
async def test_trade_has_the_real_shape(exchange: Exchange, venue: str) -> None:
    """Trades of 2026."""
    async with greeted(exchange, venue) as socket:
        await ask(socket, venue)
        exchange.trade(venue, "BTC-USDT", exchange.market.listings[0].start)
        assert shape(await hear(socket)) == shape(read_sample(TRADES[venue]))


@pytest.mark.parametrize("venue", ACKNOWLEDGEMENTS)
async def test_acknowledgement_has_the_real_shape(exchange: Exchange, venue: str) -> None:
    """Without an id in the question."""
    async with greeted(exchange, venue) as socket:
        assert shape(await ask(socket, venue)) == shape(read_sample(ACKNOWLEDGEMENTS[venue]))


@pytest.mark.parametrize("venue", GREETINGS)
async def test_greeting_has_the_real_shape(exchange: Exchange, venue: str) -> None:
    """What comes unasked."""
    async with dial(exchange, await find_path(exchange, venue)) as socket:
        assert shape(await hear(socket)) == shape(read_sample(GREETINGS[venue]))


@pytest.mark.parametrize("venue", QUOTES)
async def test_best_prices_have_the_real_shape(venue: str) -> None:
    """Bybit's book of one level is not here: no sample has all the keys of the recording of 2025."""
    identity, instead = QUOTES[venue]
    async with Exchange(market=RandomMarket(rate=200)) as exchange, greeted(exchange, venue) as socket:
        await ask(socket, venue, instead)
        message = await hear(socket)
    assert shape(message) == shape(read_sample(identity))
