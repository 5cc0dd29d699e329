"""`manage.py ask VENUE time|instruments|trades`: prints what a venue's REST says, one JSON object a line."""

import asyncio
from argparse import ArgumentParser
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import datetime
from typing import Any

import msgspec
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from feeds.address import rest_url
from feeds.clock import SystemClock
from feeds.connection.rest import RestClient
from feeds.errors import BadFrame, SessionEnded
from feeds.management.lines import as_json, stamp
from feeds.market.gap import Gap, Mark
from feeds.storage.allowance import Allowance
from feeds.storage.live import LiveStore
from feeds.types import time_from_text
from feeds.venues import REGISTRY, Venue

Lines = AsyncIterator[dict[str, object]]


class Command(BaseCommand):
    help = "Print what a venue's REST says about its clock, its instruments or its trades, one JSON object a line."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("venue", choices=sorted(REGISTRY))
        parser.add_argument("what", choices=("time", "instruments", "trades"))
        parser.add_argument("symbol", nargs="?", default="", help="in the venue's spelling; trades are always of one")
        parser.add_argument("--after-id", help="trades: only what came after the trade with this id ...")
        parser.add_argument("--since", help="... and this time, such as 2026-11-20T12:00:00Z")
        parser.add_argument("--before-id", help="trades: only what came before the trade with this id ...")
        parser.add_argument("--until", help="... and this time; without the two up to the newest trade")

    def handle(self, *args: Any, **options: Any) -> None:
        venue, what, symbol = REGISTRY[options["venue"]], options["what"], options["symbol"]
        if what == "trades" and not symbol:
            raise CommandError(f"trades of which symbol? For example {venue.symbol('BTC', 'USDT')}.")
        if settings.OMEGA_MODE != "live" and not settings.REPLAY_EXCHANGE_URL:
            raise CommandError("where is the replay exchange? Set REPLAY_EXCHANGE_URL to the address in its log.")
        gap = _gap(symbol, options)
        try:
            asyncio.run(self._print(venue, what, symbol, gap))
        except (SessionEnded, BadFrame) as error:
            raise CommandError(f"{venue.code}: {error}") from error

    async def _print(self, venue: Venue, what: str, symbol: str, gap: Gap | None) -> None:
        store, clock = LiveStore(), SystemClock()
        client = RestClient(venue, rest_url(venue), Allowance(store, clock), clock)
        try:
            async for line in _lines(client, venue, what, symbol, gap):
                self.stdout.write(msgspec.json.encode(line).decode())
        finally:
            await store.close()


async def _lines(client: RestClient, venue: Venue, what: str, symbol: str, gap: Gap | None) -> Lines:
    if what == "time":
        yield {"type": "time", "skew": round(await client.skew(), 3)}
    elif what == "instruments":
        for listed in await client.instruments(symbol):
            yield {"type": "listed", **listed._asdict()}
    elif gap is None:
        for trade in await client.recent_trades(symbol):
            yield as_json(trade)
    else:
        async for line in _filled(client, venue, gap):
            yield line


async def _filled(client: RestClient, venue: Venue, gap: Gap) -> Lines:
    """The trades of each page, and at the end what stays missing, with the reason."""
    missing: Gap | None = gap
    async with aclosing(client.trades_in(gap)) as pages:
        async for page in pages:
            missing = page.missing
            for trade in page.trades:
                yield as_json(trade)
    if missing:
        yield {"type": "missing", **_as_text(missing), "reach": str(venue.rest.reach)}


def _as_text(gap: Gap) -> dict[str, object]:
    before = gap.before and {"before_id": gap.before.trade_id, "until": stamp(gap.before.traded_at)}
    return {"after_id": gap.after.trade_id, "since": stamp(gap.after.traded_at), **(before or {})}


def _gap(symbol: str, options: dict[str, Any]) -> Gap | None:
    after = _mark("--after-id", options["after_id"], "--since", options["since"])
    before = _mark("--before-id", options["before_id"], "--until", options["until"])
    if before and not after:
        raise CommandError("Trades are read from a beginning: give --after-id and --since too.")
    return Gap(symbol, after, before) if after else None


def _mark(id_name: str, trade_id: str | None, time_name: str, time: str | None) -> Mark | None:
    if trade_id is None and time is None:
        return None
    if trade_id is None or time is None:
        raise CommandError(f"{id_name} and {time_name} go together: a gap begins and ends at a known trade.")
    return Mark(trade_id, _moment(time_name, time))


def _moment(name: str, text: str) -> datetime:
    try:
        return time_from_text(text)
    except BadFrame as error:
        raise CommandError(f"{name} is no time with its zone, such as 2026-11-20T12:00:00Z: {text!r}") from error
