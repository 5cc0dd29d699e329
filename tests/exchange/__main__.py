"""The command line: `python -m tests.exchange --port 8999 --instruments BTC-USDT,ETH-USDT`."""

from __future__ import annotations

import argparse
import asyncio
import re
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

import msgspec

from tests.exchange.dialect import Limits
from tests.exchange.market import RandomMarket
from tests.exchange.recording import RecordingError
from tests.exchange.server import PUBLISHED, Exchange

INSTRUMENT = re.compile(r"[A-Z0-9]+-[A-Z0-9]+")


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        _give_up(f"{message}.")


def main() -> None:
    options = _parser().parse_args()
    try:
        exchange = Exchange(
            host=options.host,
            port=options.port,
            market=RandomMarket(options.seed, options.rate, options.instruments),
            recordings=dict(options.recording),
            speed=options.speed,
            limits=_limits(options.limit),
            has_demo_account=options.bitget_demo,
        )
    except RecordingError as error:
        _give_up(str(error))
    except msgspec.ValidationError as error:
        _give_up(f"argument --limit: {error}.")
    asyncio.run(_serve(exchange))


async def _serve(exchange: Exchange) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        async with exchange:
            sys.stdout.write(f"replay exchange ready on {exchange.url}\n")
            sys.stdout.flush()
            await stop.wait()
    except OSError as error:
        reason = str(error.strerror).rpartition(": ")[2]  # asyncio puts the address before it
        _give_up(f"cannot listen on {exchange.host}:{exchange.port}: {reason}.")


def _parser() -> Parser:
    parser = Parser(prog="python -m tests.exchange", description="A local server that speaks the venues' protocols.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=_port, default=0, help="0 takes a free one")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rate", type=_amount, default=8.0, help="orders per second, venue and instrument")
    parser.add_argument("--instruments", type=_instruments, default=["BTC-USDT", "ETH-USDT"], metavar="A-B,C-D")
    parser.add_argument("--recording", type=_recording, action="append", default=[], metavar="VENUE=FILE")
    parser.add_argument("--speed", type=_amount, default=1.0, help="of recordings; 0 is as fast as can be")
    parser.add_argument("--limit", type=_limit, action="append", default=[], metavar="VENUE.NAME=NUMBER")
    parser.add_argument("--bitget-demo", action="store_true", help="an account at BitGet whose position moves")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port")
    return int(text)


def _amount(text: str) -> float:
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 up")
    return float(text)


def _instruments(text: str) -> list[str]:
    names = text.split(",")
    for name in names:
        if not INSTRUMENT.fullmatch(name):
            raise argparse.ArgumentTypeError(f"{name!r} is not an instrument like BTC-USDT")
    return names


def _recording(text: str) -> tuple[str, Path]:
    venue, _, path = text.partition("=")
    if not path:
        raise argparse.ArgumentTypeError(f"{text!r} is not VENUE=FILE")
    return venue, Path(path)


def _limit(text: str) -> tuple[str, str, str]:
    venue, _, rest = text.partition(".")
    name, _, number = rest.partition("=")
    if venue not in PUBLISHED or name not in Limits.__dataclass_fields__:
        raise argparse.ArgumentTypeError(f"{text!r} names no limit like binance.life_after=20")
    _amount(number)
    return venue, name, number


def _limits(changes: list[tuple[str, str, str]]) -> dict[str, Limits]:
    limits = dict(PUBLISHED)
    for venue, name, number in changes:
        limits[venue] = msgspec.convert({**asdict(limits[venue]), name: number}, Limits, strict=False)
    return limits


def _give_up(sentence: str) -> NoReturn:
    sys.stderr.write(f"replay exchange: {sentence}\n")
    raise SystemExit(2)


if __name__ == "__main__":
    main()
