"""One private connection from its login to its end, over a real socket and by the test's clock."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from feeds.clock import Clock
from feeds.errors import ClosedByVenue, NotAcknowledged, PongMissing, Replaced
from positions.address import reached
from positions.connection.condition import LineState
from positions.connection.session import TIMING, Entrance, Heard, listen
from positions.errors import AccountRefused, Failure
from positions.keys.credentials import Credentials
from positions.types import LoggedIn, Pong, Positions, Subscribed
from positions.venues.bitget import DIALECTS
from positions.words import AccountKind, Environment
from tests.clock import ManualClock
from tests.exchange.bitget.account import DeskAccount
from tests.exchange.bitget.desk import BitgetDesk
from tests.exchange.server import Exchange
from tests.positions.conftest import CREDENTIALS
from tests.waiting import PATIENCE_S, wait_until

Session = AsyncGenerator[Heard, None]


@pytest.fixture(autouse=True)
def _one_time(desk: BitgetDesk, clock: ManualClock) -> None:
    """The venue goes by the test's clock, too."""
    desk.clock = clock.now


def entrance(
    credentials: Credentials = CREDENTIALS,
    kind: AccountKind = AccountKind.CLASSIC,
    environment: Environment = Environment.LIVE,
    skew: float = 0.0,
    life: float = float("inf"),
) -> Entrance:
    dialect = DIALECTS[kind]
    return Entrance(dialect, reached(dialect.private_url(environment)), credentials, skew, life)


@asynccontextmanager
async def listening(clock: Clock, to: Entrance | None = None) -> AsyncIterator[Session]:
    async with aclosing(listen(to or entrance(), TIMING, clock)) as session:
        yield session


async def hear_until(session: Session, state: LineState) -> list[Heard]:
    """All that is said up to this state; what ends the session is raised."""
    said: list[Heard] = []
    async with asyncio.timeout(PATIENCE_S):
        while not said or said[-1].state is not state:
            said.append(await anext(session))
    return said


async def hear_end(session: Session) -> None:
    async with asyncio.timeout(PATIENCE_S):
        async for _ in session:
            """Whatever comes before."""


async def hear_end_after(session: Session, clock: ManualClock, seconds: float) -> None:
    """Nothing ends it before that."""
    ending = asyncio.create_task(hear_end(session))
    await clock.advance(seconds - 0.1)
    assert not ending.done()
    await clock.advance(0.1)
    await ending


@pytest.mark.parametrize("kind", list(AccountKind))
@pytest.mark.parametrize("environment", list(Environment))
async def test_session_logs_in_and_has_every_channel_acknowledged(
    desk: BitgetDesk, clock: ManualClock, kind: AccountKind, environment: Environment
) -> None:
    """M-01 M-03: login, its answer, five subscriptions, five answers; then it is connected, and not before."""
    secret, phrase = CREDENTIALS.secret, CREDENTIALS.passphrase
    desk.open_account(CREDENTIALS.key, secret, phrase, kind=kind.value, environment=environment.value)
    async with listening(clock, entrance(kind=kind, environment=environment)) as session:
        said = await hear_until(session, LineState.CONNECTED)
    events = [event for heard in said for event in heard.events]
    assert sum(isinstance(event, LoggedIn) for event in events) == 1
    acknowledged = {event.channel for event in events if isinstance(event, Subscribed)}
    assert acknowledged == set(DIALECTS[kind].channels)
    assert [login.code for login in desk.logins] == ["0"]
    assert desk.subscribed_before_login == 0


async def test_positions_are_told_at_once(held: DeskAccount, clock: ManualClock) -> None:
    """M-03: the whole snapshot comes after the acknowledgement."""
    async with listening(clock) as session:
        while True:
            heard = await anext(session)
            if whole := [event for event in heard.events if isinstance(event, Positions)]:
                break
    assert whole[0].is_whole
    assert [(each.symbol, each.size) for each in whole[0].positions] == [("BTCUSDT", held.holdings[0].size)]


async def test_unanswered_login_ends_after_five_seconds(held: DeskAccount, clock: ManualClock) -> None:
    """B5: and nothing was subscribed meanwhile."""
    held.desk.faults.is_login_unanswered = True
    async with listening(clock) as session:
        await anext(session)
        await wait_until(lambda: held.desk.logins)
        with pytest.raises(NotAcknowledged, match="no answer to the login"):
            await hear_end_after(session, clock, 5.0)
    assert held.desk.subscribed_before_login == 0


async def test_missing_acknowledgement_ends_the_session(held: DeskAccount, clock: ManualClock) -> None:
    """M-03: four of five channels are not enough."""
    held.desk.faults.unacknowledged = {"orders"}
    async with listening(clock) as session:
        while not any(isinstance(event, Positions) for event in (await anext(session)).events):
            """Until it has subscribed."""
        with pytest.raises(NotAcknowledged, match="orders"):
            await hear_end_after(session, clock, 5.0)


@pytest.mark.parametrize(
    ("credentials", "code"),
    [
        (Credentials(CREDENTIALS.key, "another", CREDENTIALS.passphrase), "30015"),
        (Credentials(CREDENTIALS.key, CREDENTIALS.secret, "another"), "30012"),
        (Credentials("another", CREDENTIALS.secret, CREDENTIALS.passphrase), "30011"),
    ],
    ids=["secret", "passphrase", "key"],
)
async def test_refused_login_says_why_and_nothing_secret(
    held: DeskAccount, clock: ManualClock, credentials: Credentials, code: str
) -> None:
    """B1 B4 M-09: each reason has its own sentence."""
    async with listening(clock, entrance(credentials)) as session:
        with pytest.raises(AccountRefused) as refused:
            await hear_end(session)
    assert (refused.value.failure, refused.value.code) == (Failure.CREDENTIALS, code)
    assert not any(secret in str(refused.value) for secret in (credentials.secret, credentials.passphrase))


async def test_login_has_the_venues_time(held: DeskAccount, clock: ManualClock) -> None:
    """B2: a clock that is a minute off is refused, and taken once that is known."""
    held.desk.faults.clock_offset = 60.0
    async with listening(clock) as session:
        with pytest.raises(AccountRefused) as refused:
            await hear_end(session)
    assert refused.value.failure is Failure.CLOCK
    async with listening(clock, entrance(skew=60.0)) as session:
        await hear_until(session, LineState.CONNECTED)


async def test_answered_pings_keep_a_quiet_session(held: DeskAccount, clock: ManualClock) -> None:
    """B6: `ping` every 25 s; silence is normal here, and ends nothing."""
    async with listening(clock) as session:
        await hear_until(session, LineState.CONNECTED)
        for _ in range(3):
            pong = asyncio.create_task(_hear_pong(session))
            await clock.advance(25.0)
            await asyncio.wait_for(pong, PATIENCE_S)
    assert clock.monotonic() == 75.0


async def _hear_pong(session: Session) -> None:
    while not any(isinstance(event, Pong) for event in (await anext(session)).events):
        """Whatever comes before."""


async def test_unanswered_ping_ends_the_session_after_ten_seconds(
    exchange: Exchange, held: DeskAccount, clock: ManualClock
) -> None:
    """B10: 25 s to the ping, 10 s for its answer."""
    async with listening(clock) as session:
        await hear_until(session, LineState.CONNECTED)
        exchange.faults.set("bitget", "swallow_pongs")
        with pytest.raises(PongMissing):
            await hear_end_after(session, clock, 35.0)


async def test_session_is_left_before_the_venue_cuts_it(
    exchange: Exchange, held: DeskAccount, clock: ManualClock
) -> None:
    """B10: politely, with 1000, when its life is over."""
    async with listening(clock, entrance(life=20.0)) as session:
        await hear_until(session, LineState.CONNECTED)
        with pytest.raises(Replaced):
            await hear_end_after(session, clock, 20.0)
    await wait_until(lambda: not exchange.open_connections)
    assert exchange.connections[-1].close_code == 1000


async def test_close_is_told_without_the_words_of_the_venue(
    exchange: Exchange, held: DeskAccount, clock: ManualClock
) -> None:
    """S11: they may hold what we sent."""
    async with listening(clock) as session:
        await hear_until(session, LineState.CONNECTED)
        exchange.faults.set("bitget", "close", code=4001, reason=CREDENTIALS.key)
        with pytest.raises(ClosedByVenue) as end:
            await hear_end(session)
    assert str(end.value) == "the venue closed the session with 4001"


async def test_cut_ends_the_session(held: DeskAccount, clock: ManualClock) -> None:
    """B10: code 1006."""
    async with listening(clock) as session:
        await hear_until(session, LineState.CONNECTED)
        held.cut()
        with pytest.raises(ClosedByVenue) as end:
            await hear_end(session)
    assert end.value.code == 1006


async def test_unreadable_frame_is_told_and_passed_over(held: DeskAccount, clock: ManualClock) -> None:
    """M-08: a mandatory field is missing, the session goes on."""
    async with listening(clock) as session:
        await hear_until(session, LineState.CONNECTED)
        held.say({"instId": "BTCUSDT", "total": "x"})
        while (heard := await anext(session)).bad_frame is None:
            """What was pushed at first."""
        held.balance("USDT", "1")
        assert (await anext(session)).events
    assert heard.frame
    assert heard.events == []
