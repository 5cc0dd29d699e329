"""Who is connected: states, counts that go on after a cut, and nobody who is gone."""

import asyncio
from itertools import product

import pytest

from dashboard.protocol import codes
from dashboard.protocol.answers import RESUMABLE_S
from dashboard.sockets.client import Client, ClientState, IllegalTransition
from dashboard.sockets.registry import CYCLE_S, MOST_ENDED, Registry
from tests.clock import ManualClock

CONNECTED, DISCONNECTED, RECONNECTING, ERROR = "connected", "disconnected", "reconnecting", "error"
LEGAL = {
    (CONNECTED, DISCONNECTED),
    (CONNECTED, RECONNECTING),
    (CONNECTED, ERROR),
    (RECONNECTING, CONNECTED),
    (RECONNECTING, DISCONNECTED),
    (ERROR, CONNECTED),
    (ERROR, DISCONNECTED),
}
CUT = 1006


class Sockets:
    """Opens sockets, and hears what they are asked to do."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.closed: list[tuple[int, str]] = []

    def open(self, user_id: int = 1) -> Client:
        return self.registry.open("client", user_id, "ada", "192.0.2.1", lambda *why: self.closed.append(why))


@pytest.fixture
def registry(clock: ManualClock) -> Registry:
    return Registry(clock)


@pytest.fixture
def sockets(registry: Registry) -> Sockets:
    return Sockets(registry)


def states(registry: Registry) -> list[str]:
    return [line.state for line in registry.lines()]


@pytest.mark.parametrize(("before", "after"), list(product(ClientState, ClientState)))
def test_only_legal_transitions_are_taken(sockets: Sockets, before: ClientState, after: ClientState) -> None:
    """W-01: connected, reconnecting and error lead on; disconnected is the end; all others raise."""
    client = sockets.open()
    client.state = before
    if (before, after) in LEGAL:
        client.move(after)
        assert client.state == after
    else:
        with pytest.raises(IllegalTransition, match=f"{before} cannot become {after}"):
            client.move(after)


@pytest.mark.parametrize(
    ("code", "by_us", "state"),
    [
        (1000, False, DISCONNECTED),
        (1001, False, DISCONNECTED),
        (1005, False, DISCONNECTED),
        (CUT, False, RECONNECTING),
        (codes.TOO_SLOW, False, RECONNECTING),
        (codes.BROKEN, False, RECONNECTING),
        (codes.BROKEN, True, RECONNECTING),
        (codes.TOO_SLOW, True, ERROR),
        (codes.BAD_CLIENT, True, ERROR),
        (codes.TOO_BIG, True, ERROR),
        (codes.IDLE, True, DISCONNECTED),
        (codes.DISCONNECTED, True, DISCONNECTED),
        (codes.NOT_LOGGED_IN, True, DISCONNECTED),
        (codes.GOING_AWAY, True, DISCONNECTED),
    ],
)
def test_state_says_how_it_ended(
    registry: Registry, sockets: Sockets, clock: ManualClock, code: int, by_us: bool, state: str
) -> None:
    """W-01: a goodbye, a cut from which it may come back, or a fault of the client's own."""
    registry.ended(sockets.open(), code, by_us)
    (line,) = registry.lines()
    assert (line.state, line.close_code, line.closed_at) == (state, code, clock.now())


async def test_counts_and_times_are_kept(registry: Registry, sockets: Sockets, clock: ManualClock) -> None:
    """W-02 W-12: messages, errors, the last message in UTC, what was sent, and topics."""
    client = sockets.open()
    assert registry.lines()[0].last_message_at is None
    await clock.advance(5)
    for _ in range(2):
        client.heard(clock.now())
    client.erred(clock.now())
    client.sent(100)
    client.topics = ["trades", "price"]
    (line,) = registry.lines()
    assert (line.message_count, line.error_count, line.sent_frames, line.sent_bytes) == (2, 1, 1, 100)
    assert line.last_message_at == line.last_error_at == clock.now()
    assert (line.topics, line.username, line.address) == (["price", "trades"], "ada", "192.0.2.1")


def test_client_that_was_cut_goes_on_with_its_counts(registry: Registry, sockets: Sockets) -> None:
    """W-06: under the old name, once; its new socket counts on."""
    lost = sockets.open()
    lost.message_count, lost.error_count = 7, 2
    registry.ended(lost, CUT, by_us=False)
    back = sockets.open()
    back.message_count = 1
    assert registry.resume(back, lost.id, messages=5, errors=1) is None
    (line,) = registry.lines()
    assert (line.id, line.state, line.message_count, line.error_count) == (lost.id, CONNECTED, 8, 2)
    assert registry.find(lost.id) is back


def test_token_tells_the_counts_of_who_is_not_known_here(registry: Registry, sockets: Sockets) -> None:
    """W-06: after a restart of the server, or at another process."""
    back = sockets.open()
    assert registry.resume(back, "from elsewhere", messages=5, errors=1) is None
    (line,) = registry.lines()
    assert (line.id, line.message_count, line.error_count) == ("from elsewhere", 5, 1)


def test_older_socket_of_the_same_client_is_given_back(registry: Registry, sockets: Sockets) -> None:
    """W-06: a half-open socket is closed for the new one, and its end changes nothing of the client."""
    old = sockets.open()
    new = sockets.open()
    assert registry.resume(new, old.id) is old
    assert registry.live() == 2
    registry.ended(old, codes.REPLACED, by_us=True)
    assert (registry.live(), states(registry)) == (1, [CONNECTED])
    assert registry.resume(new, new.id) is None, "it is that client already"


def test_client_of_another_user_is_nobodys(registry: Registry, sockets: Sockets) -> None:
    """S19: whatever a token says."""
    ada = sockets.open(1)
    with pytest.raises(ValueError, match="another user"):
        registry.resume(sockets.open(2), ada.id)


async def test_who_is_gone_is_forgotten(registry: Registry, sockets: Sockets, clock: ManualClock) -> None:
    """W-11: after a goodbye within one cycle, after a cut when the token is worth nothing any more."""
    gone, lost, there = (sockets.open() for _ in range(3))
    registry.ended(gone, 1000, by_us=False)
    registry.ended(lost, CUT, by_us=False)
    registry.ended(lost, CUT, by_us=False)
    assert sorted(states(registry)) == [CONNECTED, DISCONNECTED, RECONNECTING]
    await clock.advance(CYCLE_S)
    assert sorted(states(registry)) == [CONNECTED, RECONNECTING]
    await clock.advance(RESUMABLE_S - CYCLE_S)
    assert states(registry) == [CONNECTED]
    assert registry.find(lost.id) is None
    assert registry.sockets() == [there]


def test_those_who_ended_are_bounded(registry: Registry, sockets: Sockets) -> None:
    """C8: a storm of short connections fills no memory; the oldest are forgotten first."""
    for _ in range(MOST_ENDED + 10):
        registry.ended(sockets.open(), CUT, by_us=False)
    there = sockets.open()
    assert registry.live() == 1
    assert len(registry.lines()) == MOST_ENDED + 1
    assert registry.find(there.id) is there


def test_sockets_are_found_by_user(registry: Registry, sockets: Sockets) -> None:
    """Those that are open, the one that lost its place included."""
    ada, bob = sockets.open(1), sockets.open(2)
    registry.ended(sockets.open(1), CUT, by_us=False)
    assert (registry.of_user(1), registry.of_user(2), registry.of_user(3)) == ([ada], [bob], [])


def test_operator_disconnects(registry: Registry, sockets: Sockets) -> None:
    """W-01: an open socket is closed with 4001; who was cut off is waited for no more; nobody else is hurt."""
    there, lost = sockets.open(), sockets.open()
    registry.ended(lost, CUT, by_us=False)
    for client_id in (there.id, lost.id, lost.id, "nobody"):
        registry.disconnect(client_id)
    assert [code for code, _ in sockets.closed] == [codes.DISCONNECTED]
    assert sorted(states(registry)) == [CONNECTED, DISCONNECTED]


async def test_all_are_closed_at_the_end(registry: Registry, sockets: Sockets) -> None:
    """W-14: each is asked, and the last one to close ends the waiting; one that does not is not waited for for ever."""
    clients = [sockets.open() for _ in range(3)]
    closing = asyncio.create_task(registry.close_all(codes.GOING_AWAY, "The server stops."))
    await asyncio.sleep(0)
    assert sockets.closed == [(codes.GOING_AWAY, "The server stops.")] * 3
    for client in clients:
        assert not closing.done()
        registry.ended(client, codes.GOING_AWAY, by_us=False)
        await asyncio.sleep(0)
    assert await closing == 0
    sockets.open()
    assert await registry.close_all(codes.GOING_AWAY, "The server stops.", within_s=0.01) == 1
