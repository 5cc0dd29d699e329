"""`manage.py ask` prints what a venue's REST says, here that of the replay exchange."""

import asyncio
import io
import json
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from feeds.address import rest_url
from feeds.management.lines import stamp
from feeds.venues import REGISTRY
from tests.exchange.market import Trade
from tests.exchange.server import Exchange

pytestmark = pytest.mark.usefixtures("redis_server")
EVERY_VENUE = pytest.mark.parametrize("code", REGISTRY)
PRICE = Decimal("76000.10")


async def ask(*arguments: str) -> list[dict[str, Any]]:
    """What the command prints; it has a loop of its own, so a thread too."""
    output = io.StringIO()
    await asyncio.to_thread(call_command, "ask", *arguments, stdout=output)
    return [json.loads(line) for line in output.getvalue().splitlines()]


def between(first: Trade, last: Trade) -> tuple[str, ...]:
    after = ("--after-id", str(first.trade_id), "--since", stamp(first.traded_at))
    return (*after, "--before-id", str(last.trade_id), "--until", stamp(last.traded_at))


@EVERY_VENUE
async def test_time_is_how_far_the_venue_is_ahead(exchange: Exchange, code: str) -> None:
    """E27: on one machine nothing, but for the call itself and Kraken's whole seconds."""
    (line,) = await ask(code, "time")
    assert line["type"] == "time"
    assert abs(line["skew"]) < 1.0


@EVERY_VENUE
async def test_instruments_are_printed_in_both_spellings(exchange: Exchange, code: str) -> None:
    """F-10: as an admin has to write them."""
    symbol = REGISTRY[code].symbol("BTC", "USDT")
    expected = [{"type": "listed", "symbol": symbol, "base": "BTC", "quote": "USDT", "is_trading": True}]
    assert await ask(code, "instruments") == expected
    assert await ask(code, "instruments", symbol) == expected


async def test_trades_are_printed_as_normalize_prints_them(exchange: Exchange) -> None:
    """F-12: one form for what streamed and what was asked for."""
    (trade,) = exchange.trade("binance", "BTC-USDT", PRICE, [Decimal("0.5")], "sell")
    assert await ask("binance", "trades", "BTCUSDT") == [
        {
            "type": "trade",
            "symbol": "BTCUSDT",
            "price": "76000.10000000",
            "size": "0.50000000",
            "side": "sell",
            "id": "1000",
            "ts": stamp(trade.traded_at),
        }
    ]


async def test_trades_of_a_gap_are_printed(exchange: Exchange) -> None:
    """V-06: those strictly between the two, or all after the one."""
    trades = exchange.trade("okx", "BTC-USDT", PRICE, [Decimal(1)] * 250)
    found = await ask("okx", "trades", "BTC-USDT", *between(trades[10], trades[-10]))
    assert sorted(int(line["id"]) for line in found) == [trade.trade_id for trade in trades[11:-10]]
    found = await ask("okx", "trades", "BTC-USDT", *between(trades[10], trades[-10])[:4])
    assert sorted(int(line["id"]) for line in found) == [trade.trade_id for trade in trades[11:]]


async def test_what_stays_missing_is_printed_with_the_reason(exchange: Exchange) -> None:
    """V-06: Bybit gives sixty trades and no more."""
    trades = [trade for _ in range(100) for trade in exchange.trade("bybit", "BTC-USDT", PRICE)]
    *found, last = await ask("bybit", "trades", "BTCUSDT", *between(trades[0], trades[-1]))
    assert [int(line["id"]) for line in found] == [trade.trade_id for trade in trades[40:-1]]
    assert last == {
        "type": "missing",
        "after_id": str(trades[0].trade_id),
        "since": stamp(trades[0].traded_at),
        "before_id": str(trades[40].trade_id),
        "until": stamp(trades[40].traded_at),
        "reach": "the last 60 trades, and nothing before them",
    }


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nowhere", "time"), "invalid choice"),
        (("binance", "weather"), "invalid choice"),
        (("binance", "trades"), "trades of which symbol"),
        (("kraken", "trades", "NOSUCH/USDT"), "kraken: the venue refused the call: EQuery:Unknown"),
        (("binance", "trades", "BTCUSDT", "--after-id", "5"), "--after-id and --since go together"),
        (("binance", "trades", "BTCUSDT", "--until", "2026-11-20T12:00:00Z"), "--before-id and --until go together"),
        (("binance", "trades", "BTCUSDT", "--after-id", "5", "--since", "2026-11-20"), "--since is no time"),
        (("binance", "trades", "BTCUSDT", "--after-id", "x", "--since", "2026-11-20T12:00:00Z"), "whole_number"),
        (
            ("binance", "trades", "BTCUSDT", "--before-id", "5", "--until", "2026-11-20T12:00:00Z"),
            "Trades are read from a beginning",
        ),
    ],
)
async def test_mistakes_are_one_sentence(exchange: Exchange, arguments: tuple[str, ...], sentence: str) -> None:
    """Neither ends in a traceback."""
    with pytest.raises(CommandError, match=sentence):
        await ask(*arguments)


async def test_venue_that_cannot_be_reached_is_one_sentence(settings: Settings) -> None:
    """E1: and names the venue."""
    with pytest.raises(CommandError, match="gateio: ConnectError"):
        await ask("gateio", "time")


@EVERY_VENUE
def test_live_address_is_the_venues_own(settings: Settings, code: str) -> None:
    """E3: encrypted where it is real, and the replay exchange everywhere else."""
    settings.REPLAY_EXCHANGE_URL = "http://127.0.0.1:8999"
    assert rest_url(REGISTRY[code]).startswith(f"http://127.0.0.1:8999/{code}/")
    settings.OMEGA_MODE = "live"
    assert rest_url(REGISTRY[code]) == REGISTRY[code].rest.url


async def test_missing_address_of_the_replay_exchange_is_asked_for(settings: Settings) -> None:
    """With the name of the variable, before anything is tried."""
    settings.REPLAY_EXCHANGE_URL = ""
    with pytest.raises(CommandError, match="REPLAY_EXCHANGE_URL"):
        await ask("binance", "time")
