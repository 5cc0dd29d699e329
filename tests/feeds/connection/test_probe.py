"""The connection test, at a real exchange, with a real Redis that counts, and by the real clock."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from trustme import CA

from feeds.clock import SystemClock
from feeds.connection.probe import STEPS, WITHIN_S, Step, probe
from feeds.pace import Rate
from feeds.queries import VenuePlan
from feeds.storage.allowance import CONNECT, Allowance
from feeds.storage.live import LiveStore
from feeds.venues import REGISTRY
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.faults import certificate, scripts
from tests.faults.peer import peer
from tests.feeds.connection.listener import address

EVERY_VENUE = pytest.mark.parametrize("code", REGISTRY)


@pytest_asyncio.fixture
async def allowance(redis_server: str) -> AsyncIterator[Allowance]:
    store = LiveStore(redis_server)
    yield Allowance(store, SystemClock())
    await store.close()


@pytest_asyncio.fixture
async def lively() -> AsyncIterator[Exchange]:
    """An exchange whose venues trade all the time."""
    async with Exchange(market=RandomMarket(rate=40)) as exchange:
        yield exchange


def plan(code: str, *urls: str, **changes: object) -> VenuePlan:
    dialect = REGISTRY[code]
    held = VenuePlan(
        code=code,
        name=dialect.name,
        priority=1,
        is_enabled=True,
        urls=urls,
        silent_after=1.0,
        ping_every=dialect.ping_every,
        connects=dialect.connects,
        messages=dialect.messages,
        instruments={dialect.symbol("BTC", "USDT"): "BTC-USDT"},
    )
    return replace(held, **changes)  # type: ignore[arg-type]


async def run(allowance: Allowance, exchange: Exchange, code: str, **changes: object) -> list[Step]:
    return await probe(plan(code, address(exchange, code), **changes), allowance, SystemClock())


def failure(steps: list[Step], after: str) -> Step:
    """The last step, which failed, and came right after this one, which did not."""
    *before, last = steps
    assert [step.name for step in steps] == list(STEPS[: len(steps)])
    assert {step.state for step in before} <= {"done", "skipped"}
    assert (before[-1].name if before else "") == after
    assert (last.state, bool(last.advice)) == ("failed", True)
    return last


@EVERY_VENUE
async def test_good_connection_takes_every_step_in_order(allowance: Allowance, lively: Exchange, code: str) -> None:
    """F-02: each with its time; what this venue does not need is skipped, and the venue sees a polite close."""
    steps = await run(allowance, lively, code)
    assert [step.name for step in steps] == list(STEPS)
    skipped = {"TLS"} if code == "kucoin" else {"token", "TLS"}
    assert {step.name for step in steps if step.state == "skipped"} == skipped
    assert {step.name for step in steps if step.state == "failed"} == set()
    assert all(step.milliseconds >= 0 for step in steps)
    assert sum(step.milliseconds for step in steps) > 0
    assert [connection.close_code for connection in lively.connections] == [1000]


async def test_refused_handshake_is_told_with_its_status(allowance: Allowance, lively: Exchange) -> None:
    """E4: the door was found, and is closed."""
    lively.faults.set("binance", "refuse", status=503)
    step = failure(await run(allowance, lively, "binance"), after="TLS")
    assert (step.name, step.text) == ("handshake", "handshake: the venue answered the handshake with HTTP 503")


async def test_ban_is_heard_by_everybody(allowance: Allowance, lively: Exchange) -> None:
    """E4 E6: a second test, like any worker, leaves the venue alone, and says for how long."""
    lively.faults.set("binance", "ban")
    failure(await run(allowance, lively, "binance"), after="TLS")
    tried = len(lively.attempts)
    step = failure(await run(allowance, lively, "binance"), after="address")
    assert (step.name, "left alone for" in step.text) == ("limits", True)
    assert len(lively.attempts) == tried


async def test_it_counts_in_the_limit_of_the_venue(allowance: Allowance, lively: Exchange) -> None:
    """E6: two connections of the three that OKX allows in a second: the next test has to wait."""
    connects = Rate(3, 60.0)
    assert (await run(allowance, lively, "okx", connects=connects))[-1].state == "done"
    step = failure(await run(allowance, lively, "okx", connects=connects), after="address")
    assert "left alone for 60 s" in step.text
    assert await allowance.ask("okx", CONNECT, connects) == 0.0
    assert await allowance.ask("okx", CONNECT, connects) > 0.0


@EVERY_VENUE
async def test_refused_subscription_is_told_in_the_words_of_the_venue(
    allowance: Allowance, lively: Exchange, code: str
) -> None:
    """E19: connected, and then no."""
    lively.faults.set(code, "reject")
    step = failure(await run(allowance, lively, code), after="handshake")
    assert (step.name, step.text.startswith("refused: ")) == ("subscription", True)


async def test_symbol_that_is_refused_among_others_is_told(allowance: Allowance, lively: Exchange) -> None:
    """E20: the connection is good, and the last word says what is not to be had over it."""
    instruments = {"BTC-USDT": "BTC-USDT", "NOSUCH-USDT": "NOSUCH-USDT"}
    steps = {step.name: step for step in await run(allowance, lively, "okx", instruments=instruments)}
    assert steps["first data"].text.startswith("without NOSUCH-USDT: ")
    assert steps["closed"].state == "done"


@EVERY_VENUE
async def test_silence_is_told(allowance: Allowance, exchange: Exchange, code: str) -> None:
    """E7: all is acknowledged, and no price comes."""
    step = failure(await run(allowance, exchange, code), after="subscription")
    assert (step.name, step.text) == ("first data", "silent: no market data for 1 s")


async def test_refused_token_call_is_told(allowance: Allowance, lively: Exchange) -> None:
    """E30: no way in without it."""
    lively.faults.set("kucoin", "refuse_rest", status=500)
    step = failure(await run(allowance, lively, "kucoin"), after="limits")
    assert (step.name, "HTTP 500" in step.text) == ("token", True)


async def test_name_that_does_not_exist_is_told(allowance: Allowance) -> None:
    """E2: DNS, not "network"."""
    steps = await probe(plan("binance", "ws://name.invalid:9443/stream"), allowance, SystemClock())
    step = failure(steps, after="token")
    assert (step.name, step.text) == ("DNS", "connect: the name name.invalid was not found")


async def test_closed_port_is_told(allowance: Allowance) -> None:
    """E1: the machine is there, nobody listens."""
    with socket.socket() as bound_but_deaf:
        bound_but_deaf.bind(("127.0.0.1", 0))
        url = f"ws://127.0.0.1:{bound_but_deaf.getsockname()[1]}/"
        step = failure(await probe(plan("binance", url), allowance, SystemClock()), after="DNS")
    assert (step.name, "Refused" in step.text) == ("TCP", True)


async def test_peer_without_tls_is_told(
    allowance: Allowance, lively: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E3: it is never spoken to in clear text."""
    monkeypatch.setenv("no_proxy", "*")
    url = address(lively, "binance").replace("ws:", "wss:")
    step = failure(await probe(plan("binance", url), allowance, SystemClock()), after="TCP")
    assert step.name == "TLS"
    assert not lively.connections


async def test_false_certificate_is_told_by_its_name(allowance: Allowance, monkeypatch: pytest.MonkeyPatch) -> None:
    """E3: "certificate", not "network"; nothing is said inside, and the advice is not to go on."""
    monkeypatch.setenv("no_proxy", "*")
    tls = certificate.context(certificate.of_an_unknown_authority(CA()))
    async with peer(scripts.never_answer, tls) as there:
        steps = await probe(plan("binance", f"wss://{there.host}/"), allowance, SystemClock())
        assert there.visits == []
    step = failure(steps, after="TCP")
    assert (step.name, step.text.startswith("certificate: ")) == ("TLS", True)
    assert "Do not trust this line" in step.advice


async def test_way_through_a_proxy_is_not_measured(allowance: Allowance, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name may be known to the proxy only; what it says is what the session gets to hear."""
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    steps = await probe(plan("binance", "wss://name.invalid/"), allowance, SystemClock())
    assert [step.state for step in steps[3:6]] == ["skipped"] * 3
    assert failure(steps, after="TLS").name == "handshake"


@pytest.mark.parametrize(("code", "step"), [("binance", "handshake"), ("kucoin", "token")])
async def test_redirect_is_not_followed(allowance: Allowance, lively: Exchange, code: str, step: str) -> None:
    """S17: a venue is where its address says; whoever answers with another address gets no visit there."""
    send_away = scripts.answer("302 Found", f"Location: {address(lively, code)}")
    async with peer(send_away) as there:
        url = f"{'http' if code == 'kucoin' else 'ws'}://{there.host}/"
        last = (await probe(plan(code, url), allowance, SystemClock()))[-1]
    assert (last.name, last.state, "HTTP 302" in last.text) == (step, "failed", True)
    assert not lively.attempts


async def test_address_that_is_not_allowed_is_not_connected_to(allowance: Allowance, lively: Exchange) -> None:
    """S17: whoever wrote it into the row; the sentence names the hosts that are."""
    refused = plan("binance", refusal="Use one of 127.0.0.1.")
    step = failure(await probe(refused, allowance, SystemClock()), after="")
    assert (step.name, step.text) == ("address", "Use one of 127.0.0.1.")
    assert not lively.attempts


async def test_peer_that_never_answers_ends_the_test_in_time(allowance: Allowance) -> None:
    """F-02: the handshake has its own limit, and all together ten seconds."""
    assert WITHIN_S + 1.0 <= 10.0
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"ws://127.0.0.1:{deaf.getsockname()[1]}/"
        async with asyncio.timeout(WITHIN_S):
            steps = await probe(plan("binance", url), allowance, SystemClock())
    assert failure(steps, after="TLS").name == "handshake"
