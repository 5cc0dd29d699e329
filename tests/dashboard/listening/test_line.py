"""The line of a listening client: how it connects, how often it tries again, and when it gives up."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus

import pytest
from trustme import CA
from websockets.asyncio.server import ServerConnection
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from dashboard.listening.line import Address, Line, Lost
from dashboard.listening.listener import Heard, Listener, Refused
from dashboard.protocol import answers, codes
from dashboard.protocol.commands import Wish
from dashboard.protocol.topics import Topic
from omega_site.probes import free_port
from tests.clock import ManualClock
from tests.dashboard.listening.scripted import Peer, playing
from tests.dashboard.samples import NOON
from tests.faults import certificate
from tests.waiting import finish, wait_until

SECRET = "omega_12345678_" + "s" * 43


class Listening:
    """A line with what it told."""

    def __init__(
        self, clock: ManualClock, port: int, scheme: str = "ws", context: ssl.SSLContext | None = None
    ) -> None:
        address = Address(f"{scheme}://127.0.0.1:{port}", SECRET, context)
        self.notes: list[str] = []
        self.listener = Listener([Wish(Topic.PRICE)])
        self.line = Line(address, self._take, clock)

    async def follow(self, *, is_patient: bool = False) -> None:
        await self.line.follow(self.listener, is_patient=is_patient)

    @asynccontextmanager
    async def following(self) -> AsyncIterator[asyncio.Task[None]]:
        task = asyncio.create_task(self.follow())
        try:
            yield task
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError, Refused, Lost):
                await task

    def _take(self, heard: Heard) -> None:
        self.notes += heard.notes


async def nothing(peer: Peer) -> None:
    """Nobody gets this far."""


async def test_three_failures_end_it(clock: ManualClock) -> None:
    """W-09: tries are five seconds apart, and some more by chance."""
    listening = Listening(clock, free_port())
    with pytest.raises(Lost, match=r"^Connection lost after 3 tries: it cannot be reached: "):
        await finish(listening.follow(), clock)
    assert len(listening.notes) == 2
    assert 10 <= clock.monotonic() <= 16


async def test_who_is_patient_goes_on_slowly(clock: ManualClock) -> None:
    """After three failures once a minute, until it is served."""
    port = free_port()
    listening = Listening(clock, port)
    task = asyncio.create_task(listening.follow(is_patient=True))
    for count in range(1, 4):
        await wait_until(lambda count=count: len(listening.notes) == count and clock.sleepers)  # type: ignore[misc]
        await clock.advance(7.5 if count < 3 else 0)
    # The last of these waits may have begun some seconds ago.
    await clock.advance(50)
    assert len(listening.notes) == 3
    await clock.advance(15)
    await wait_until(lambda: len(listening.notes) == 4)
    task.cancel()


async def test_a_cut_is_no_failure_and_the_client_goes_on_under_its_name(clock: ManualClock) -> None:
    """W-06: after a cut the three tries begin anew, and the resume token is shown."""
    said, is_back = [], asyncio.Event()

    async def cut(peer: Peer) -> None:
        said.append(await peer.greet())
        peer.connection.transport.abort()

    async def stay(peer: Peer) -> None:
        said.append(await peer.greet())
        is_back.set()
        await peer.connection.wait_closed()

    async with playing(cut, cut, cut, cut, stay) as port, Listening(clock, port).following():
        # Step by step: how many tries fit into a span is left to chance.
        await asyncio.wait_for(finish(is_back.wait(), clock), 5)
    assert [[command["type"] for command in commands] for commands in said] == [
        ["subscribe"],
        *[["resume", "subscribe"]] * 4,
    ]
    assert said[1][0]["token"] == "signed"


async def test_ticks_are_answered(clock: ManualClock) -> None:
    """Flow control: with the number of frames of this connection."""
    answered: asyncio.Future[object] = asyncio.get_running_loop().create_future()

    async def tick(peer: Peer) -> None:
        await peer.greet()
        await peer.say(answers.Tick(now=NOON))
        answered.set_result(await peer.hear())

    async with playing(tick) as port, Listening(clock, port).following():
        assert await asyncio.wait_for(answered, 5) == {"type": "pong", "id": None, "frames": 3}


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (codes.NOT_LOGGED_IN, "the token is not valid"),
        (codes.NOT_ALLOWED, "this may not be listened to any more"),
        (codes.DISCONNECTED, "an operator ended"),
        (codes.REPLACED, "connected elsewhere"),
        (codes.BAD_CLIENT, "not spoken to as it wants"),
    ],
)
async def test_what_is_final_is_not_tried_again(clock: ManualClock, code: int, said: str) -> None:
    """Of two clients with one name each would end the other for ever; a revoked token stays revoked."""

    async def close(peer: Peer) -> None:
        await peer.greet()
        await peer.connection.close(code)

    async with playing(close) as port:
        with pytest.raises(Refused, match=said):
            await asyncio.wait_for(Listening(clock, port).follow(), 5)


@pytest.mark.parametrize("code", [codes.GOING_AWAY, codes.TOO_SLOW, codes.IDLE, codes.BROKEN])
async def test_what_passes_is_tried_again(clock: ManualClock, code: int) -> None:
    """A restart of the server, or being too slow once, with the words of the message before."""

    async def close(peer: Peer) -> None:
        await peer.greet()
        await peer.say(answers.Error(code=code, text="Come again."))
        await peer.connection.close(code)

    async with playing(close) as port:
        listening = Listening(clock, port)
        async with listening.following() as task:
            await wait_until(lambda: clock.sleepers)
            assert not task.done()
    assert listening.notes[-1].startswith(f"Not connected: the connection was closed with {code}: Come again.")


async def test_a_token_that_is_not_let_in_is_not_tried_again(clock: ManualClock) -> None:
    """A handshake that is refused is no fault of the network."""

    def refuse(connection: ServerConnection, request: Request) -> Response:
        return connection.respond(HTTPStatus.FORBIDDEN, "no")

    async with playing(nothing, gate=refuse) as port:
        with pytest.raises(Refused, match="does not let this token in"):
            await asyncio.wait_for(Listening(clock, port).follow(), 5)


async def test_a_server_that_cannot_look_the_token_up_is_tried_again(clock: ManualClock) -> None:
    """A database that is away says nothing about the token."""

    def refuse(connection: ServerConnection, request: Request) -> Response:
        return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "no")

    async with playing(nothing, gate=refuse) as port:
        with pytest.raises(Lost, match="after 3 tries: the server answered with HTTP 503"):
            await finish(Listening(clock, port).follow(), clock)


async def test_the_token_goes_nowhere_else(clock: ManualClock, caplog: pytest.LogCaptureFixture) -> None:
    """Neither to where the server points, nor into a log, whatever is logged."""
    caplog.set_level(logging.DEBUG)

    def point_elsewhere(connection: ServerConnection, request: Request) -> Response:
        return Response(302, "Found", Headers(Location="ws://127.0.0.1:9/"), b"")

    async with playing(nothing, gate=point_elsewhere) as port:
        with pytest.raises(Lost, match="HTTP 302"):
            await finish(Listening(clock, port).follow(), clock)
    assert SECRET not in caplog.text


async def test_what_is_no_frame_is_a_failure(clock: ManualClock) -> None:
    """Whatever listens on that port speaks something else."""

    async def babble(peer: Peer) -> None:
        await peer.connection.send("hello!")

    async with playing(babble) as port:
        with pytest.raises(Lost, match="no frame of protocol 2"):
            await finish(Listening(clock, port).follow(), clock)


async def test_a_server_has_to_prove_who_it_is(clock: ManualClock) -> None:
    """wss: by the authority that was named; the token is not sent to anybody else."""
    ours, theirs = CA(), CA()
    trusting = ssl.create_default_context()
    ours.configure_trust(trusting)
    tokens = []

    async def note(peer: Peer) -> None:
        tokens.append(peer.authorization)
        await peer.greet()
        await peer.connection.close(codes.REPLACED)

    for authority, said in ((theirs, "could not prove who it is"), (ours, "connected elsewhere")):
        context = certificate.context(certificate.good(authority))
        async with playing(note, context=context) as port:
            with pytest.raises(Refused, match=said):
                await asyncio.wait_for(Listening(clock, port, "wss", trusting).follow(), 5)
    assert tokens == [f"Bearer {SECRET}"]
