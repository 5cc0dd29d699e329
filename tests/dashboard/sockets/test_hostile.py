"""Frames that no client of ours sends, through the real consumers: no socket breaks, and who sends them is told."""

import logging
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dashboard.sockets.door import Door
from dashboard.sockets.station import Station
from tests.dashboard.conftest import Visitor
from tests.dashboard.protocol.hostile import EXTREME, KINDS, NASTY
from tests.dashboard.sockets.talking import Talk, browser, new_token, program

pytestmark = pytest.mark.django_db(transaction=True)
# Bytes that a page's socket takes; a program's takes more.
MOST = 4096
# Of two frames each, through both sockets: with the profile `thorough` more than a hundred thousand frames.
EXAMPLES = hypothesis_settings().max_examples * 3 // 10


def within(frame: str | bytes) -> str | bytes:
    """As much of it as is not too big."""
    data = frame if isinstance(frame, bytes) else frame.encode(errors="surrogatepass")
    if len(data) <= MOST:
        return frame
    return data[:MOST] if isinstance(frame, bytes) else data[:MOST].decode(errors="ignore")


async def say(talk: Talk, frame: str | bytes) -> None:
    event: dict[str, Any] = {"text": frame} if isinstance(frame, str) else {"bytes": frame}
    await talk.socket.send_input({"type": "websocket.receive", **event})


async def is_there(talk: Talk) -> None:
    """It answers what comes next."""
    await talk.say("ping", id=77)
    await talk.next("pong", id=77)


@pytest.fixture
def token(visitor: Visitor) -> str:
    """Of a program that may publish."""
    visitor.user.user_permissions.add(Permission.objects.get(codename="publish"))
    return new_token(visitor.user, may_publish=True)


@pytest.fixture
def is_quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nobody logs that something broke."""
    yield
    assert [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize("is_program", [False, True], ids=["page", "program"])
@hypothesis_settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frames=st.lists(st.one_of(*KINDS.values()), max_size=2))
async def test_no_frame_breaks_a_socket(
    site: Door, visitor: Visitor, token: str, is_quiet: None, is_program: bool, frames: list[str | bytes]
) -> None:
    """W-05, C6: whatever two frames say, the third one is answered."""
    async with program(token, site) if is_program else browser(visitor, site) as talk:
        for frame in frames:
            await say(talk, within(frame))
        await is_there(talk)


async def test_nasty_frames_are_answered_and_counted(site: Door, token: str, station: Station, is_quiet: None) -> None:
    """W-05, C6: each gets an error message and is counted, and the socket stays open until the third."""
    frames = iter(NASTY.values())
    while two := [*islice(frames, 2)]:
        async with program(token, site) as talk:
            for number, frame in enumerate(two, start=1):
                await say(talk, frame)
                assert "Traceback" not in (await talk.next("error", code=4400))["text"]
                assert [client.error_count for client in station.registry.sockets()] == [number]
            await is_there(talk)


@pytest.mark.parametrize("name", EXTREME)
async def test_extreme_commands_are_survived(site: Door, token: str, is_quiet: None, name: str) -> None:
    """C6: well formed, too deep or too large, and refused at the most."""
    async with program(token, site) as talk:
        await say(talk, EXTREME[name])
        await is_there(talk)
