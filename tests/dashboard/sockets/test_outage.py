"""W-15, suite error: the database is away or hangs while somebody logs in. That is never told as a bad login."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import pytest
from channels.testing import WebsocketCommunicator

from dashboard.sockets import guard
from dashboard.sockets.door import USER_SEATS, Door
from dashboard.sockets.station import Station
from tests.clock import ManualClock
from tests.dashboard.conftest import Visitor
from tests.dashboard.sockets.office import refusing
from tests.dashboard.sockets.talking import CLIENTS, connected, headers_of, make_token
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

ANSWERS: Final[dict[str, Any]] = {"websocket.http.response": {}}
SENTENCE: Final = "Logins cannot be looked up now. Try again later."


def is_about_tokens(sql: str) -> bool:
    return "apitoken" in sql


@asynccontextmanager
async def hanging() -> AsyncIterator[threading.Event]:
    """The database does not answer who a token is, until it is told to."""
    goes_on = threading.Event()

    def hang(sql: str) -> bool:
        if is_about_tokens(sql):
            goes_on.wait(10)
        return False

    with refusing(hang):
        yield goes_on
        goes_on.set()


async def answer_to(site: Door, token: str, extensions: dict[str, Any]) -> list[dict[str, Any]]:
    """To a handshake with this token in its header: all that is sent."""
    socket = WebsocketCommunicator(site, CLIENTS, headers=headers_of(origin=None, token=token))
    socket.scope["extensions"] = extensions
    await socket.send_input({"type": "websocket.connect"})
    sent = [await socket.receive_output(timeout=5)]
    if sent[0]["type"] == "websocket.http.response.start":
        sent.append(await socket.receive_output(timeout=5))
    await socket.wait()
    assert socket.output_queue.empty()
    return sent


async def test_a_login_in_the_header_is_answered_with_503(site: Door, visitor: Visitor) -> None:
    """C8: where the server can say it. A 403 would be taken for a token that is wrong, for good."""
    token = await make_token(visitor.user)
    with refusing(is_about_tokens):
        start, end = await answer_to(site, token, ANSWERS)
        (closed,) = await answer_to(site, token, {})
    assert (start["type"], start["status"]) == ("websocket.http.response.start", 503)
    assert end["body"].decode() == f"{SENTENCE}\n"
    assert closed["type"] == "websocket.close"


async def test_a_database_that_hangs_is_one_that_is_away(
    site: Door, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C8: the handshake is answered before the client, or daphne, gives it up."""
    token = await make_token(visitor.user)
    monkeypatch.setattr(guard, "LOOKED_UP_WITHIN", 0.05)
    async with hanging():
        assert (await answer_to(site, token, ANSWERS))[0]["status"] == 503


async def test_who_said_the_token_in_time_is_not_told_to_be_late(
    site: Door, visitor: Visitor, station: Station, clock: ManualClock
) -> None:
    """C8: 4503 after 10 s, not 4401. The answer that comes afterwards takes no seat."""
    token = await make_token(visitor.user)
    async with hanging() as goes_on, connected(site, CLIENTS, headers_of(origin=None)) as talk:
        await talk.say("auth", token=token)
        await wait_until(talk.socket.input_queue.empty)
        await clock.advance(12)
        assert await talk.closed() == (4503, SENTENCE)
        goes_on.set()
        await wait_until(lambda: not _looking_up())
        await clock.advance(0)
        assert (station.registry.live(), USER_SEATS.taken(visitor.user.pk)) == (0, 0)


def _looking_up() -> bool:
    return any(task.get_name() == "login answers" for task in asyncio.all_tasks())
