"""What goes wrong at BitGet on the replay exchange: lines that end, answers that do not come, the demo host."""

from __future__ import annotations

from dataclasses import replace

import pytest
from websockets.exceptions import InvalidStatus

from tests.clock import ManualClock
from tests.exchange.bitget.account import DeskAccount
from tests.exchange.bitget.limits import PRIVATE
from tests.exchange.dialect import Limits
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.test_exchange.bitget.client import (
    KEY,
    ORDERS,
    PASSPHRASE,
    POSITIONS,
    SECRET,
    V2_PRIVATE,
    call,
    log_in,
    subscribe,
)
from tests.test_exchange.client import dial, hear, hear_close, say, wait_until


async def test_login_is_never_answered(exchange: Exchange, account: DeskAccount, clock: ManualClock) -> None:
    """B5: the attempt is noted; pings are answered all the same."""
    exchange.bitget.faults.is_login_unanswered = True
    async with dial(exchange, V2_PRIVATE) as socket:
        await say(socket, op="login", args=[{"apiKey": KEY}])
        await socket.send("ping")
        assert await socket.recv() == "pong"
    assert [(login.uid, login.code) for login in exchange.bitget.logins] == [(account.card.uid, "")]


async def test_login_gets_the_code_of_the_fault(exchange: Exchange, account: DeskAccount, clock: ManualClock) -> None:
    """Whatever is right with it."""
    exchange.bitget.faults.login_code = "30005"
    async with dial(exchange, V2_PRIVATE) as socket:
        assert (await log_in(socket, clock.now()))["code"] == 30005


async def test_refusals_repeat_what_was_sent(exchange: Exchange, account: DeskAccount, clock: ManualClock) -> None:
    """S11: key, signature and passphrase, as a venue might."""
    exchange.bitget.faults.is_echoing = True
    async with dial(exchange, V2_PRIVATE) as socket:
        told = (await log_in(socket, clock.now(), "another secret"))["msg"]
    _, body = await call(exchange, "/api/v2/spot/account/info", clock.now(), "another secret")
    assert all(KEY in text and PASSPHRASE in text and "sign" in text.lower() for text in (told, body["msg"]))


async def test_login_is_judged_by_the_venues_clock(
    exchange: Exchange, account: DeskAccount, clock: ManualClock
) -> None:
    """B2: 30014 by our time, and in by theirs."""
    exchange.bitget.faults.clock_offset = 60
    async with dial(exchange, V2_PRIVATE) as socket:
        assert (await log_in(socket, clock.now()))["code"] == 30014
    async with dial(exchange, V2_PRIVATE) as socket:
        assert (await log_in(socket, exchange.bitget.now()))["event"] == "login"


async def test_revoked_key_loses_its_sockets(exchange: Exchange, account: DeskAccount, clock: ManualClock) -> None:
    """B3: and does not come back; other accounts stay."""
    exchange.bitget.open_account("another", "secret", "words")
    async with dial(exchange, V2_PRIVATE) as socket:
        await log_in(socket, clock.now())
        account.revoke()
        assert await hear_close(socket) == 1000
    async with dial(exchange, V2_PRIVATE) as socket:
        assert (await log_in(socket, clock.now()))["code"] == 30011


async def test_cut_ends_the_sockets_of_one_account(
    exchange: Exchange, account: DeskAccount, clock: ManualClock
) -> None:
    """B10: without a close frame."""
    async with dial(exchange, V2_PRIVATE) as socket, dial(exchange, V2_PRIVATE) as stranger:
        await log_in(socket, clock.now())
        account.cut()
        assert await hear_close(socket) == 1006
        await stranger.send("ping")
        assert await stranger.recv() == "pong"


async def test_pings_stay_unanswered(exchange: Exchange, account: DeskAccount, clock: ManualClock) -> None:
    """B10: data goes on."""
    exchange.faults.set("bitget", "swallow_pongs")
    async with dial(exchange, V2_PRIVATE) as socket:
        await log_in(socket, clock.now())
        await socket.send("ping")
        await subscribe(socket, POSITIONS)
        assert (await hear(socket))["data"] == []


async def test_muted_account_still_answers_pings(exchange: Exchange, account: DeskAccount, clock: ManualClock) -> None:
    """B6."""
    async with dial(exchange, V2_PRIVATE) as socket:
        await log_in(socket, clock.now())
        await subscribe(socket, ORDERS)
        exchange.faults.set("bitget", "mute")
        account.open("BTCUSDT", "long", "1", "50000")
        await socket.send("ping")
        assert await socket.recv() == "pong"


async def test_channel_is_not_acknowledged(exchange: Exchange, account: DeskAccount, clock: ManualClock) -> None:
    """M-03: one alone."""
    exchange.bitget.faults.unacknowledged = {"positions"}
    async with dial(exchange, V2_PRIVATE) as socket:
        await log_in(socket, clock.now())
        await say(socket, op="subscribe", args=[POSITIONS, ORDERS])
        assert (await hear(socket))["arg"] == ORDERS


async def test_demo_key_is_good_at_the_demo_host_alone(exchange: Exchange, clock: ManualClock) -> None:
    """In REST a header tells."""
    exchange.bitget.open_account(KEY, SECRET, PASSPHRASE, environment="demo")
    async with dial(exchange, V2_PRIVATE) as socket:
        assert (await log_in(socket, clock.now()))["code"] == 30011
    async with dial(exchange, "/bitget-demo/v2/ws/private") as socket:
        assert (await log_in(socket, clock.now()))["event"] == "login"
    path = "/api/v2/mix/account/accounts?productType=USDT-FUTURES"
    assert (await call(exchange, path, clock.now()))[1]["code"] == "40099"
    assert (await call(exchange, path, clock.now(), paptrading="1"))[0] == 200


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (replace(PRIVATE, beat_every=0.02, answer_within=0.0), 1006),
        (replace(PRIVATE, life_after=0.05), 1001),
        (replace(PRIVATE, messages=1), 1008),
        (replace(PRIVATE, requests=0), 1008),
    ],
)
async def test_limit_ends_the_connection(clock: ManualClock, limits: Limits, code: int) -> None:
    """B10, B-24: no ping for two minutes, a day's life, ten messages a second, 240 requests an hour."""
    async with (
        Exchange(market=RandomMarket(rate=0), clock=clock.now, limits={"bitget": limits}) as exchange,
        dial(exchange, V2_PRIVATE) as socket,
    ):
        exchange.bitget.open_account(KEY, SECRET, PASSPHRASE)
        await log_in(socket, clock.now())
        await say(socket, op="subscribe", args=[POSITIONS])
        assert await hear_close(socket) == code


async def test_too_many_connections_are_turned_away(clock: ManualClock) -> None:
    """With 429, three hundred in five minutes, here one."""
    limits = {"bitget": replace(PRIVATE, connects=1)}
    async with Exchange(market=RandomMarket(rate=0), clock=clock.now, limits=limits) as exchange:
        await (await dial(exchange, V2_PRIVATE)).close()
        await wait_until(lambda: not exchange.open_connections)
        with pytest.raises(InvalidStatus, match="429"):
            await dial(exchange, V2_PRIVATE)
