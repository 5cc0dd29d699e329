"""Signed calls to a venue that verifies them: its limits, its clock, its refusals."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

import pytest
import pytest_asyncio
from pytest_django import Settings

from feeds.errors import BadFrame, ConnectFailed, SessionEnded
from feeds.storage.allowance import LeftAlone
from positions.connection.cadence import Cadence, What
from positions.connection.rest import AccountClient
from positions.errors import AccountRefused, Failure
from positions.keys.credentials import Credentials
from positions.words import Environment
from tests.clock import ManualClock
from tests.exchange.bitget.faults import Answer
from tests.positions.calling import CREDENTIALS, PLAN, Calling, open_calling
from tests.waiting import finish, wait_until

LOOK_EVERY_S = 0.25
POSITIONS = "all-position"


@pytest_asyncio.fixture
async def calling(settings: Settings, clock: ManualClock) -> AsyncIterator[Calling]:
    async with open_calling(settings, clock) as calling:
        yield calling


async def refusal_of(client: AccountClient) -> AccountRefused:
    with pytest.raises(AccountRefused) as refusal:
        await client.positions()
    return refusal.value


async def ask_anyway(ask: Callable[[], Awaitable[object]], clock: ManualClock) -> None:
    with suppress(AccountRefused, LeftAlone):
        await finish(ask(), clock)


async def follow(client: AccountClient, cadence: Cadence, clock: ManualClock, until: float) -> None:
    """A loop that asks what is due, and goes on whatever it is told."""
    asks: dict[What, Callable[[], Awaitable[object]]]
    asks = {What.POSITIONS: client.positions, What.ORDERS: client.orders, What.BALANCES: client.balances}
    while clock.monotonic() < until:
        await clock.advance(LOOK_EVERY_S)
        for what in cadence.due(clock.monotonic()):
            await ask_anyway(asks[what], clock)
            cadence.asked(what, clock.monotonic(), client.budget_used)


@pytest.mark.parametrize("offset", [-60.0, 60.0, 3600.0])
async def test_clock_that_is_off_is_corrected_once(calling: Calling, offset: float) -> None:
    """B2: by the venue's own time; what is asked afterwards is right at once."""
    calling.open()
    calling.desk.faults.clock_offset = offset
    client = calling.client()
    await client.positions()
    assert calling.codes() == ["40008", "00000", "00000"]
    await calling.clock.advance(1.0)
    await client.positions()
    assert calling.codes() == ["00000"]


async def test_clock_is_measured_on_demand(calling: Calling) -> None:
    """B2: so that it can be told; a signed call is right at once then."""
    calling.open()
    calling.desk.faults.clock_offset = -45.5
    client = calling.client()
    assert await client.measure_clock() == pytest.approx(-45.5, abs=0.001)
    await client.positions()
    assert calling.codes() == ["00000", "00000"]


async def test_clock_that_the_venue_never_likes_is_told(calling: Calling) -> None:
    """B2: after one correction, without a storm."""
    calling.open()
    calling.desk.faults.answers[POSITIONS] = Answer("40008")
    assert (await refusal_of(calling.client())).failure is Failure.CLOCK
    assert calling.codes() == ["40008", "00000", "40008"]


@pytest.mark.parametrize(
    ("credentials", "code"),
    [
        (replace(CREDENTIALS, secret="CANARY-other"), "40009"),
        (replace(CREDENTIALS, passphrase="CANARY-other"), "40012"),
        (replace(CREDENTIALS, key="CANARY-other"), "40037"),
    ],
    ids=["secret", "passphrase", "key"],
)
async def test_wrong_credentials_are_told_after_one_call(calling: Calling, credentials: Credentials, code: str) -> None:
    """B1 B4: with a reason of their own, which a person has to hear."""
    calling.open()
    refused = await refusal_of(calling.client(credentials=credentials))
    assert (refused.failure, refused.code) == (Failure.CREDENTIALS, code)
    assert calling.codes() == [code]


async def test_revoked_key_and_foreign_address_are_told(calling: Calling) -> None:
    """B3 B4: each as what it is."""
    account = calling.open()
    account.card.addresses = ("192.0.2.1",)
    assert (await refusal_of(calling.client())).failure is Failure.ADDRESS
    account.revoke()
    assert (await refusal_of(calling.client())).failure is Failure.CREDENTIALS


async def test_nothing_is_asked_with_a_key_that_was_given_up(calling: Calling, clock: ManualClock) -> None:
    """B3: not even what waits for leave when the line is told that the key was revoked."""
    calling.open()
    client = calling.client()
    for _ in range(2):
        await client.positions()
    waiting = asyncio.create_task(client.positions())
    await wait_until(lambda: clock.sleepers == 1)
    calling.codes()
    refused = AccountRefused(Failure.CREDENTIALS, "30011", "API key refused")
    client.give_up(refused)
    await clock.advance(60)
    for asking in (waiting, client.orders(), client.key_info()):
        with pytest.raises(AccountRefused) as caught:
            await finish(asking, clock)
        assert caught.value is refused
    assert calling.codes() == []


async def test_demo_key_needs_the_demo_environment(calling: Calling) -> None:
    """B-21: it is told by a header; a live key is refused there."""
    demo = PLAN._replace(environment=Environment.DEMO)
    account = calling.open()
    assert (await refusal_of(calling.client(demo))).failure is Failure.CONFIGURATION
    account.card.environment = "demo"
    assert (await calling.client(demo).positions()).is_whole


async def test_calls_in_a_row_keep_to_half_of_the_limit(calling: Calling, clock: ManualClock) -> None:
    """B-24: positions may be asked five times a second, so two of ours go out; the venue is never the one to say it."""
    calling.open()
    client = calling.client()
    for _ in range(30):
        await finish(client.positions(), clock)
    seconds = Counter(int(call.at.timestamp()) for call in calling.desk.calls)
    assert max(seconds.values()) == 2
    assert set(calling.codes()) == {"00000"}
    assert client.budget_used == pytest.approx(0.4)


async def test_keys_of_one_account_share_its_limits(calling: Calling, clock: ManualClock) -> None:
    """B-24: the venue counts by uid; another account has limits of its own."""
    calling.open()
    clients = [calling.client(), calling.client(PLAN._replace(id=2))]
    for client in clients:
        await client.positions()
    began = clock.monotonic()
    await finish(clients[0].positions(), clock)
    assert clock.monotonic() - began >= 0.5
    await calling.client(PLAN._replace(id=3, uid="1002")).positions()


async def test_one_call_too_many_has_no_second_one_in_ten_minutes(calling: Calling, clock: ManualClock) -> None:
    """B8: after the pause everything goes on at its pace."""
    calling.open()
    client = calling.client()
    calling.desk.faults.answers[POSITIONS] = Answer("429", 429, 7, times=1)
    cadence = Cadence("relaxed", PLAN.id, clock.monotonic())
    cadence.at_once(clock.monotonic())
    await follow(client, cadence, clock, clock.monotonic() + 600.0)
    calls = Counter(call.path.partition("?")[0].rpartition("/")[2] for call in calling.desk.calls)
    assert calling.codes().count("429") == 1
    assert calls[POSITIONS] > 100
    assert calls["orders-pending"] > 50


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [(Answer("429", 429, 7, times=1), 7.0), (Answer("429", 429, times=1), 60.0), (Answer("30007", 200, times=1), 60.0)],
)
async def test_after_one_call_too_many_the_account_is_left_alone(
    calling: Calling, clock: ManualClock, answer: Answer, seconds: float
) -> None:
    """B8 B-24: for as long as the venue says, a minute where it does not; whatever is asked next waits for it."""
    calling.open()
    client = calling.client()
    calling.desk.faults.answers[POSITIONS] = answer
    assert (await refusal_of(client)).failure is Failure.LIMIT
    began = clock.monotonic()
    await finish(client.balances(), clock)
    assert clock.monotonic() - began == pytest.approx(seconds)
    assert calling.codes()[1:] == ["00000"]


async def test_long_wish_to_be_left_alone_is_told_without_a_call(calling: Calling, clock: ManualClock) -> None:
    """B8: who asks meanwhile hears how long; other accounts go on, and the gauge is full until it is over."""
    calling.open()
    client = calling.client()
    calling.desk.faults.answers[POSITIONS] = Answer("429", 429, 300, 1)
    refused = await refusal_of(client)
    assert (refused.failure, refused.wait_at_least) == (Failure.LIMIT, 300.0)
    calling.codes()
    await clock.advance(100.0)
    for ask in (client.positions, client.balances, client.measure_clock, client.detect_kind):
        with pytest.raises(LeftAlone) as alone:
            await ask()
        assert alone.value.wait_at_least == 200.0
    assert (calling.codes(), client.budget_used) == ([], 1.0)
    await calling.client(PLAN._replace(id=2, uid="1002")).positions()
    await clock.advance(200.0)
    await client.positions()
    assert client.budget_used < 0.1


@pytest.mark.parametrize(("status", "others"), [(503, 1), (403, 0)], ids=["trouble", "ban"])
async def test_retry_after_is_obeyed_whatever_was_wrong(
    calling: Calling, clock: ManualClock, status: int, others: int
) -> None:
    """B-24: by this account where it alone was told so, by all where our address is shut out; no limit is used up."""
    calling.open()
    client = calling.client()
    calling.desk.faults.answers[POSITIONS] = Answer(str(status), status, 300, 1)
    with pytest.raises(SessionEnded):
        await client.positions()
    calling.codes()
    for ask in (client.positions, client.balances):
        with pytest.raises(LeftAlone):
            await ask()
    assert client.budget_used < 0.1
    with suppress(LeftAlone):
        await calling.client(PLAN._replace(id=2, uid="1002")).positions()
    assert calling.codes() == ["00000"] * others
    await clock.advance(300.0)
    await client.positions()


async def test_key_counts_with_its_account_once_the_venue_told_whose_it_is(
    calling: Calling, clock: ManualClock
) -> None:
    """B-24: two keys of one account, of which one is new."""
    calling.open()
    new, old = calling.client(PLAN._replace(id=2, uid="")), calling.client()
    await finish(new.key_info(), clock)
    calling.desk.faults.answers[POSITIONS] = Answer("429", 429, 300, 1)
    await refusal_of(old)
    with pytest.raises(LeftAlone):
        await new.positions()


async def test_answer_that_makes_no_sense_is_typed(calling: Calling, settings: Settings) -> None:
    """M-08: as is nobody at all, and trouble at the venue."""
    calling.open()
    client = calling.client()
    calling.desk.faults.lies[POSITIONS] = {"list": "none"}
    with pytest.raises(BadFrame):
        await client.positions()
    calling.desk.faults.answers[POSITIONS] = Answer("", 502)
    assert (await refusal_of(client)).failure is Failure.VENUE
    settings.REPLAY_EXCHANGE_URL = "http://127.0.0.1:9"
    await calling.clock.advance(1.0)
    with pytest.raises(ConnectFailed):
        await client.positions()
