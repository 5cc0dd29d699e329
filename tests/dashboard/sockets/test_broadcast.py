"""W-15, suite broadcast: what comes, to whom, how often, in which order, and what when something breaks on the way."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.contrib.auth.models import User
from msgspec import structs

from dashboard.consumers import DashboardConsumer
from dashboard.feed.messages import Trades
from dashboard.hub import Hub
from dashboard.listening.listener import Listener
from dashboard.outbox import Outbox
from dashboard.protocol.commands import Wish
from dashboard.protocol.topics import Topic
from dashboard.sockets.door import Door
from dashboard.sockets.station import Station
from dashboard.sources import open_source
from feeds.clock import SystemClock
from feeds.storage.live import LiveStore
from positions.models import Account
from tests.clock import QuickClock
from tests.dashboard.accounts.samples import LONG, positions_state, write
from tests.dashboard.conftest import Visitor, Writer
from tests.dashboard.samples import NOON, feed_state, price_state, trade
from tests.dashboard.sockets.talking import Talk, browser, door_to, make_token, program
from tests.redis_server import RedisServer
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
Pair = tuple[RedisServer, RedisServer]


async def test_the_whole_state_comes_first_in_one_frame(site: Door, visitor: Visitor, writer: Writer) -> None:
    """F-25: price, venue and age are there with the first frame after the answer."""
    await writer.log(trade(1, "64000.10"))
    await writer.show(price_state(trade(1, "64000.10"), NOON))
    await writer.show(feed_state(NOON))
    async with browser(visitor, site) as talk:
        await talk.subscribe("price", "trades", "candles", "venues", "health")
        await talk.next("snapshot")
    frame = json.loads(talk.frames[-1])
    kinds = [message["type"] for message in frame]
    assert kinds[0] == "snapshot"
    assert set(kinds) >= {"trades", "health", "venues", "feed", "uptime", "latency", "price", "candle"}
    by_kind = {message["type"]: message for message in frame}
    assert by_kind["venues"]["active"] == "binance"
    assert (by_kind["price"]["price"], by_kind["price"]["seen_at"]) == ("64000.10", "2026-03-01T12:00:00Z")
    assert by_kind["trades"]["is_snapshot"]
    assert {message["feed"] for message in frame if "feed" in message} == {"main"}


async def test_two_browsers_see_the_same_price_within_a_second(site: Door, visitor: Visitor, writer: Writer) -> None:
    """D-08: what a worker writes is on all screens at once."""
    async with browser(visitor, site) as one, browser(visitor, site) as two:
        for talk in (one, two):
            await talk.subscribe("price")
            await talk.next("snapshot")
        await writer.show(price_state(trade(1, "64000.10"), NOON))
        async with asyncio.timeout(1):
            assert [(await talk.next("price"))["price"] for talk in (one, two)] == ["64000.10"] * 2


async def test_a_burst_is_told_at_most_ten_times_a_second(
    site: Door, visitor: Visitor, ada_account: Account, store: LiveStore
) -> None:
    """B-14, F-22: of 100 updates few are sent, the first at once, and the last in any case."""
    async with browser(visitor, site) as talk:
        await talk.subscribe("positions")
        await talk.next("tick")
        began = asyncio.get_running_loop().time()
        for pnl in range(1, 101):
            line = structs.replace(LONG, pnl=Decimal(pnl), pnl_percent=None)
            await write(store, positions_state(ada_account.pk, line))
        sent = 1
        while "+100.00 USDT" not in str(await talk.next("position")):
            sent += 1
        assert sent <= (asyncio.get_running_loop().time() - began) * 10 + 2


async def test_the_whole_account_comes_first_and_then_what_changes(
    site: Door, visitor: Visitor, ada_account: Account, store: LiveStore
) -> None:
    """B-14: a position that moves is there one beat later."""
    await write(store, positions_state(ada_account.pk, LONG))
    async with browser(visitor, site) as talk:
        assert (await talk.subscribe("positions"))["topics"][0]["accounts"] == [ada_account.pk]
        position = await talk.next("position")
        assert position["account"] == ada_account.pk
        assert position["positions"][0]["pnl"] == {"text": "+34.70 USDT (+0.36%)", "exact": "34.695 USDT"}
        await write(store, positions_state(ada_account.pk, structs.replace(LONG, pnl=Decimal(-1), pnl_percent=None)))
        assert (await talk.next("position"))["positions"][0]["pnl"]["text"] == "-1.00 USDT"


async def tokens() -> list[str]:
    """Of thirteen users, who may have eight sockets each."""
    users = [User(username=f"user {number}") for number in range(13)]
    return [await make_token(user) for user in await User.objects.abulk_create(users)]


async def test_one_of_a_hundred_that_dies_does_not_stop_the_others(
    site: Door, transactional_db: None, writer: Writer, station: Station
) -> None:
    """W-07: in the middle of a broadcast; 99 get all of it, and the one is counted no more."""
    async with AsyncExitStack() as stack:
        comers = [token for token in await tokens() for _ in range(8)][:100]
        talks = [await stack.enter_async_context(program(token, site)) for token in comers]
        for talk in talks:
            await talk.subscribe("trades")
            await talk.next("snapshot")
        victim = talks.pop(50)
        await writer.log(trade(1, "1"))
        victim.socket.future.cancel()
        await writer.log(trade(2, "2"))
        await wait_until(lambda: station.registry.live() == 99)
        await writer.log(trade(3, "3"))
        for talk in talks:
            assert await prices(talk, until="3") == ["1", "2", "3"]


async def prices(talk: Talk, until: str) -> list[str]:
    """Of all trades that come, up to this one."""
    found: list[str] = []
    while until not in found:
        found += [line["price"] for line in (await talk.next("trades", is_snapshot=False))["trades"]]
    return found


async def test_what_a_client_publishes_reaches_all_who_want_it(site: Door, operator: Visitor, visitor: Visitor) -> None:
    """W-19: in order, under the publisher's name; who wants another name's does not get it."""
    token = await make_token(operator.user, may_publish=True)
    async with program(token, site) as source, program(token, site) as all_of_it, browser(visitor, site) as one:
        await all_of_it.subscribe("published")
        await one.subscribe({"topic": "published", "name": "ada/signals"})
        await asyncio.sleep(0.1)
        for number in range(5):
            await source.say("publish", id=number, name="other" if number == 2 else "signals", data={"n": number})
            assert (await source.next("accepted", id=number))["id"] == number
        heard = [await all_of_it.next("published") for _ in range(5)]
        assert [(each["topic"], each["data"]) for each in heard] == [
            ("ada/other" if number == 2 else "ada/signals", {"n": number}) for number in range(5)
        ]
        assert [(await one.next("published"))["data"]["n"] for _ in range(4)] == [0, 1, 3, 4]


class Leaky(Outbox):
    """Loses one of three events between hub and client."""

    def __init__(self) -> None:
        super().__init__()
        self._chance = Random(11)

    def put(self, key: str, text: str) -> None:
        if key or self._chance.random() > 1 / 3:
            super().put(key, text)


class LeakyConsumer(DashboardConsumer):
    def __init__(self, station: Station) -> None:
        super().__init__(station)
        self.writer.outbox = Leaky()


async def test_what_is_lost_on_the_way_is_noticed_and_repaired(visitor: Visitor, writer: Writer) -> None:
    """C11: a hole in the numbers tells, and after the last one the offset message; `after` brings what is missing."""
    # Five seconds between two offset messages are a quarter of one.
    site = door_to(Station(SystemClock(), hub=Hub(QuickClock(20), open_source)), page=LeakyConsumer)
    listener = Listener([Wish(Topic.TRADES, instrument="BTC-USDT")])
    await writer.log(trade(0, "0"))
    seen: list[str] = []
    said: list[str] = []
    async with browser(visitor, site) as talk, asyncio.timeout(10):
        await listen(talk, listener, seen, said, until="0")
        for number in range(1, 21):
            await writer.log(trade(number, str(number)))
            await asyncio.sleep(0.005)
        await listen(talk, listener, seen, said, until="20")
    assert seen == [str(number) for number in range(21)]
    assert [command for command in said if '"after"' in command]


async def listen(talk: Talk, listener: Listener, seen: list[str], said: list[str], until: str) -> None:
    """As the shipped client does, which is pure; only that the quick ticks are not answered."""
    while until not in seen:
        heard = listener.hear(str(await talk.socket.receive_from(timeout=5)))
        seen += [line.price for part in heard.parts if isinstance(part.told, Trades) for line in part.told.trades]
        for command in heard.commands:
            if '"pong"' not in command:
                await talk.socket.send_to(text_data=command)
                said.append(command)


async def test_sockets_stay_while_both_servers_hang(site: Door, visitor: Visitor, redis_pair: Pair) -> None:
    """R13, R15: the client is told within 3 s, its ticks go on, and it goes on by itself when they are back."""
    async with browser(visitor, site) as talk:
        await talk.subscribe("health", "trades")
        await told(talk, lambda health: health["redis"] == "up")
        for server in redis_pair:
            server.freeze()
        try:
            # Before that, one of them may be told to have taken over from the other.
            down = await told(talk, lambda health: kinds(health) == ["redis"], within=3.0)
            assert down["redis"] == "down"
        finally:
            for server in redis_pair:
                server.thaw()
        await told(talk, lambda health: health["redis"] == "up" and not health["lines"], within=3.0)
        async with writing() as writer:
            await writer.log(trade(7, "64000.10"))
        await talk.next("trades", is_snapshot=False)


async def test_the_client_is_told_who_took_over(site: Door, visitor: Visitor, redis_pair: Pair) -> None:
    """L-01: within 2 s of the primary's end, and no more once it is back."""
    async with browser(visitor, site) as talk:
        await talk.subscribe("health")
        await told(talk, lambda health: health["redis"] == "up")
        redis_pair[0].stop()
        line = (await told(talk, lambda health: health["lines"], within=2.0))["lines"][0]
        assert line["kind"] == "failover"
        assert line["text"].startswith("The second store of live data has taken over")
        redis_pair[0].start()
        await told(talk, lambda health: not health["lines"], within=3.0)


def kinds(health: dict[str, Any]) -> list[str]:
    return [line["kind"] for line in health["lines"]]


async def told(talk: Talk, is_so: Callable[[dict[str, Any]], object], within: float = 5.0) -> dict[str, Any]:
    """The first health message of which this is true."""
    async with asyncio.timeout(within):
        while not is_so(health := await talk.next("health")):
            pass
        return health


@asynccontextmanager
async def writing() -> AsyncIterator[Writer]:
    store = LiveStore()
    yield Writer(store)
    await store.close()
