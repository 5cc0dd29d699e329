"""Logins are looked at when a socket opens, and again and again while it is open."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import Error
from pytest_django import Settings

from dashboard.protocol.topics import Topic
from dashboard.sockets import inspector as inspector_module
from dashboard.sockets.identity import Identity
from dashboard.sockets.inspector import LOOK_EVERY, Inspector
from dashboard.sockets.login import Login, TokenLogin
from tests.clock import ManualClock
from tests.dashboard.sockets.logins import session_for, token_for
from tests.dashboard.sockets.office import Office, another_writer, no_answers, noted, noting, refusing
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest_asyncio.fixture
async def office(clock: ManualClock) -> AsyncIterator[Office]:
    office = Office(clock)
    yield office
    await office.close()


@pytest.fixture
def ada(transactional_db: None) -> User:
    return User.objects.create_user("ada")


@pytest.fixture
def session(ada: User) -> Login:
    return session_for(ada)


async def test_many_who_ask_together_are_answered_together(
    ada: User, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """C6: a storm of handshakes is three queries; each gets its own answer, and who left meanwhile breaks nothing."""
    inspector, nobody = Inspector(ManualClock()), TokenLogin("abcd1234", "0" * 64)
    logins = [await database_sync_to_async(token_for)(ada) for _ in range(3)]
    settings.DEBUG = True
    with caplog.at_level(logging.DEBUG, "django.db.backends"):
        asks = [asyncio.create_task(inspector.ask(login)) for login in [nobody, *logins * 100]]
        await asyncio.sleep(0)
        asks.pop().cancel()
        answers = await asyncio.gather(*asks)
        await wait_until(lambda: not noting())
    assert [answer.username if answer else None for answer in answers] == [None, *["ada"] * 299]
    assert len([record for record in caplog.records if "SELECT" in record.message or "UPDATE" in record.message]) == 3


async def test_who_comes_right_behind_others_waits_for_more(
    ada: User, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """C9: fewer than one query for each of those who come back one after another."""
    inspector = Inspector(ManualClock())
    login = await database_sync_to_async(token_for)(ada)
    await inspector.ask(login)
    await wait_until(lambda: not noting())
    settings.DEBUG = True
    with caplog.at_level(logging.DEBUG, "django.db.backends"):
        asks = []
        for _ in range(20):
            asks.append(asyncio.create_task(inspector.ask(login)))
            await asyncio.sleep(0.001)
        assert [answer and answer.username for answer in await asyncio.gather(*asks)] == ["ada"] * 20
    assert len([record for record in caplog.records if "SELECT" in record.message]) <= 4


async def test_who_asks_is_told_that_the_database_does_not_answer(session: Login) -> None:
    """The socket is refused, not left waiting; the next one is answered as ever."""
    inspector = Inspector(ManualClock())
    async with no_answers():
        with pytest.raises(Error):
            await inspector.ask(session)
    assert await inspector.ask(session)


async def test_a_socket_is_told_once_and_then_what_changed(office: Office, session: Login) -> None:
    """S3: within 5 s of the logout, with a second left for the look; nothing before it but who it is."""
    assert LOOK_EVERY == 4
    office.open(session)
    await office.pass_time()
    await office.pass_time()
    assert office.names == ["ada"]
    await Session.objects.all().adelete()
    await office.pass_time(3.9)
    assert office.names == ["ada"]
    await office.pass_time(0.1)
    await office.pass_time()
    assert office.names == ["ada", None]


async def test_nobody_waits_for_who_writes(office: Office, ada: User) -> None:
    """S3: logins are answered and looked at while the database lets nobody write; the use is noted when it does."""
    login, other = [await database_sync_to_async(token_for)(ada) for _ in range(2)]
    async with another_writer():
        assert await office.inspector.ask(login)
        assert noting() == 1
        office.open(login)
        await office.pass_time()
        assert await office.inspector.ask(other)
        assert office.names == ["ada"]
        assert (noting(), await noted()) == (1, 0)
    await wait_until(lambda: not noting())
    assert await noted() == 2


async def test_a_use_that_cannot_be_noted_refuses_nobody(
    office: Office, ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    """It is worth a line in the log, and the next look tries again."""
    login = await database_sync_to_async(token_for)(ada)
    with refusing(lambda said: said.startswith("UPDATE")):
        assert await office.inspector.ask(login)
        await wait_until(lambda: not noting())
    assert [record.message for record in caplog.records] == [
        "the last use of 1 tokens was not noted: database is locked"
    ]


async def test_what_can_be_read_is_told_though_others_cannot(
    office: Office, ada: User, session: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S3: a revocation that was read counts, whichever part of the logins is asked for first."""
    monkeypatch.setattr(inspector_module, "AT_ONCE", 1)
    bad = await database_sync_to_async(session_for)(ada)
    with refusing(lambda said: bad.key in said):
        office.open(session)
        office.open(bad)
        await office.pass_time()
        assert office.names == ["ada"]


async def test_less_rights_are_told_as_well(office: Office, ada: User, session: Login) -> None:
    """S4: what a socket may do follows its user."""
    await User.objects.aupdate(is_staff=True)
    office.open(session)
    await office.pass_time()
    await User.objects.aupdate(is_staff=False)
    await office.pass_time()
    assert [identity and Topic.DEBUG in identity.topics for identity in office.told] == [True, False]


async def test_a_hint_is_followed_at_once_and_for_its_user_alone(office: Office, session: Login) -> None:
    """S3: the clock stands still; others are looked at when it is time, however many hints come."""
    bob = await User.objects.acreate(username="bob")
    office.open(session)
    office.open(await database_sync_to_async(session_for)(bob))
    await office.pass_time()
    await Session.objects.all().adelete()
    for _ in range(3):
        office.inspector.look(bob.pk)
        await wait_until(lambda: len(office.told) == 3)
        await office.settle()
    assert office.names[2:] == [None]
    await office.pass_time()
    assert office.names[2:] == [None, None]


async def test_a_hint_between_question_and_watch_is_not_lost(office: Office, ada: User, session: Login) -> None:
    """S3: the socket was let in by what is not so any more; the clock stands still."""
    assert await office.inspector.ask(session)
    await Session.objects.all().adelete()
    office.inspector.look(ada.pk)
    office.open(session)
    await wait_until(lambda: office.names == [None])


async def test_a_hint_about_everybody_is_followed_at_once(office: Office, session: Login) -> None:
    """S4: where a group changed, all are looked at."""
    office.open(session)
    await office.pass_time()
    await Session.objects.all().adelete()
    office.inspector.look()
    await wait_until(lambda: office.names == ["ada", None])


async def test_a_hint_during_a_look_is_followed_by_one_more(office: Office, session: Login) -> None:
    """The running one may have read the rows before they changed."""
    office.open(session)
    office.inspector.look()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await Session.objects.all().adelete()
    office.inspector.look()
    await wait_until(lambda: office.names and office.names[-1] is None)


async def test_an_outage_of_the_database_is_no_logout(
    office: Office, session: Login, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody is told anything until it answers again."""
    office.open(session)
    await office.pass_time()
    async with no_answers():
        await office.pass_time()
    assert office.names == ["ada"]
    assert [record.message for record in caplog.records] == ["the logins of 1 sockets could not be looked at"]
    await Session.objects.all().adelete()
    await office.pass_time()
    assert office.names == ["ada", None]


async def test_one_socket_that_breaks_does_not_stop_the_others(office: Office, session: Login) -> None:
    """What a socket makes of what it is told is its own affair; the loop logs it."""

    def fail(identity: Identity | None) -> None:
        raise RuntimeError("unforeseen")

    broken: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: broken.append(context["exception"]))
    stop = office.inspector.watch(session, fail)
    office.open(session)
    await office.pass_time()
    stop()
    assert office.names == ["ada"]
    assert [type(each) for each in broken] == [RuntimeError]


async def test_it_ends_with_the_last_socket_and_begins_again(office: Office, session: Login) -> None:
    """W-11: nothing runs for nobody; a socket that left is told nothing more."""
    stop = office.open(session)
    await office.pass_time()
    stop()
    await wait_until(lambda: not office.clock.sleepers)
    assert "login inspector" not in {task.get_name() for task in asyncio.all_tasks()}
    office.open(session)
    await office.pass_time()
    assert office.names == ["ada", "ada"]
