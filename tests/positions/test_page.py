"""From the venue to the page: the real loop of an account, and a browser's socket. Only the exchange is ours."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.test import Client

from dashboard.sockets.station import Station
from feeds.clock import SystemClock
from positions.models import Account
from tests.dashboard.conftest import Visitor
from tests.dashboard.sockets.talking import Talk, browser, door_to
from tests.exchange.bitget.account import DeskAccount
from tests.exchange.server import Exchange
from tests.positions.running import following
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


Told = dict[str, Any]


async def position(talk: Talk, is_so: Callable[[Told], object], within: float) -> Told:
    """What the page shows of the positions, once this is true of it."""
    async with asyncio.timeout(within):
        while not is_so(told := await talk.next("position")):
            pass
    return told


def sizes(told: Told) -> list[str]:
    return [each["size"] for each in told["positions"]]


async def test_position_that_is_closed_while_the_line_is_down_is_old_on_the_page_and_then_gone(
    exchange: Exchange, held: DeskAccount, account: Account, redis_server: str
) -> None:
    """M-07 B6: within 2 s of the cut the page says that it may be old, within 15 s of the return it is flat."""
    visitor = Visitor(account.owner, Client())
    await database_sync_to_async(visitor.client.force_login)(visitor.user)
    async with following(account), browser(visitor, door_to(Station(SystemClock()))) as talk:
        await talk.subscribe("positions")
        await position(talk, lambda told: sizes(told) == ["0.5"] and not told["stale_since_at"], within=10.0)
        exchange.faults.set("bitget", "refuse")
        exchange.faults.set("bitget", "refuse_rest")
        held.cut()
        held.close("BTCUSDT", "long")
        old = await position(talk, lambda told: told["stale_since_at"], within=2.0)
        assert sizes(old) == ["0.5"]
        await wait_until(lambda: exchange.faults.hits["bitget", "refuse"])
        exchange.faults.clear("bitget")
        flat = await position(talk, lambda told: not told["positions"] and not told["stale_since_at"], within=15.0)
        assert flat["note"] == "NEUTRAL: no open position."
