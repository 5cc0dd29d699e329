"""Frames for where the recordings are absent: a seeded random walk in the venues' documented shapes."""

import gzip
import json
import random
from collections.abc import Iterator

from tests.bench.worker import Frame

FRAMES = 1000
FIRST_MS = 1_700_000_000_000


def generate(venue: str, kind: str) -> list[Frame]:
    make = {("binance", "trades"): _aggregate, ("binance", "quotes"): _ticker, ("htx", "trades"): _detail}[venue, kind]
    return [make(number, price, size) for number, price, size in _walk()]


def _walk() -> Iterator[tuple[int, float, float]]:
    chance = random.Random(20_260)
    price = 60_000.0
    for number in range(FRAMES):
        price = round(price + chance.uniform(-5, 5), 2)
        yield number, price, round(chance.uniform(0.0001, 2), 6)


def _aggregate(number: int, price: float, size: float) -> Frame:
    at, number = FIRST_MS + 40 * number, 665_000_000 + number
    data = {"e": "aggTrade", "E": at + 1, "s": "BTCUSDT", "a": number, "p": f"{price:.8f}", "q": f"{size:.8f}"}
    data |= {"f": number, "l": number, "T": at, "m": number % 2 == 0, "M": True}
    return _compact({"stream": "btcusdt@aggTrade", "data": data})


def _ticker(number: int, price: float, size: float) -> Frame:
    data = {"u": 499_000_000 + number, "s": "BTCUSDT", "b": f"{price:.8f}", "B": f"{size:.8f}"}
    data |= {"a": f"{price + 0.01:.8f}", "A": f"{size:.8f}"}
    return _compact({"stream": "btcusdt@bookTicker", "data": data})


def _detail(number: int, price: float, size: float) -> Frame:
    at, number = FIRST_MS + 40 * number, 100_045_000_000 + number
    row = {"id": number * 10**13, "ts": at, "tradeId": number, "amount": size, "price": price}
    tick = {"id": number, "ts": at, "data": [row | {"direction": "buy" if number % 2 else "sell"}]}
    return gzip.compress(_compact({"ch": "market.btcusdt.trade.detail", "ts": at + 2, "tick": tick}).encode())


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
