"""W-15, suite security: who gets in."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings

from dashboard.routing import broadcast_sockets, nothing_here, sockets
from dashboard.sockets.door import Door, Limits
from dashboard.sockets.guard import GuardedConsumer
from dashboard.sockets.station import Station
from omega_site.asgi import application
from tests.clock import ManualClock
from tests.dashboard.conftest import Visitor
from tests.dashboard.sockets.talking import (
    CLIENTS,
    PAGES,
    a_second_ago,
    connected,
    door_to,
    headers_of,
    make_token,
    refused,
)
from tests.redis_server import RedisServer

pytestmark = pytest.mark.django_db(transaction=True)
OURS = "https://omega.example"


@pytest.fixture
def named(station: Station, redis_server: str) -> Door:
    """The site under a name, as behind a TLS proxy."""
    return door_to(station, Limits(1000, 1000, 1000, 0, (OURS,)))


@pytest.mark.parametrize("origin", [OURS, f"{OURS}:443", "HTTPS://Omega.Example"])
async def test_a_page_of_ours_gets_in(named: Door, visitor: Visitor, origin: str) -> None:
    """S1: by scheme, host and port, however they are spelt."""
    async with connected(named, PAGES, headers_of(visitor, origin)) as talk:
        assert (await talk.next("hello"))["user"] == "ada"


@pytest.mark.parametrize(
    "origins",
    [
        [],
        ["null"],
        [""],
        ["http://omega.example"],
        [f"{OURS}:8443"],
        ["https://evil.omega.example"],
        [f"{OURS}.evil.test"],
        ["https://evilomega.example"],
        [f"{OURS}@evil.test"],
        [f"https://ada@{OURS[8:]}"],
        ["http://["],
        ["http://a:b"],
        [OURS, OURS],
        [OURS, "https://evil.test"],
        [f"{OURS}, https://evil.test"],
    ],
)
async def test_no_other_page_gets_in_although_its_cookie_is_good(
    named: Door, visitor: Visitor, origins: list[str]
) -> None:
    """S1: refused before it is accepted, and not a frame is sent; without an origin it is no page at all."""
    headers = headers_of(visitor, None) + [(b"origin", origin.encode()) for origin in origins]
    await refused(named, PAGES, headers)


async def test_a_page_of_another_site_cannot_use_a_token_either(named: Door, visitor: Visitor) -> None:
    """S1: programs send no origin; who does has to be ours."""
    token = await make_token(visitor.user)
    for origin in ("https://evil.test", "null"):
        await refused(named, CLIENTS, headers_of(None, origin, token))


async def test_a_foreign_origin_is_refused_at_once_while_redis_is_away(
    visitor: Visitor, own_redis: RedisServer, settings: Settings
) -> None:
    """The refusal needs nothing at all, so a stranger cannot hold handshakes open."""
    own_redis.stop()
    await refused(application, PAGES, headers_of(visitor, "http://evil.example"))


@pytest.mark.parametrize("headers", [[], [(b"cookie", b"omega_session=" + b"a" * 32)], [(b"cookie", b"\xff\x00;=")]])
async def test_a_stranger_is_refused_before_the_socket_opens(
    site: Door, transactional_db: None, headers: list[tuple[bytes, bytes]]
) -> None:
    """S2: without a login nothing is accepted."""
    assert await refused(site, PAGES, headers_of() + headers) == 4401


async def test_a_stranger_hears_nothing(site: Door, visitor: Visitor, clock: ManualClock) -> None:
    """S2: a program may say its token in the first frame, and until then it hears no word; after 10 s it has to go."""
    async with connected(site, CLIENTS, headers_of(origin=None)) as talk:
        await talk.say("subscribe", topics=[{"topic": "price"}])
        assert (await talk.next("error"))["text"] == "Log in first."
        await clock.advance(9)
        assert await talk.socket.receive_nothing(timeout=0.01)
        await clock.advance(3)
        assert await talk.closed() == (4401, "Nobody logged in within 10 s.")
        assert "hello" not in "".join(talk.frames)


@pytest.mark.parametrize("origin", [None, "null"])
async def test_a_cookie_without_our_origin_proves_nothing(
    site: Door, visitor: Visitor, clock: ManualClock, origin: str | None
) -> None:
    """S1: any page can make a browser send it."""
    if origin:
        await refused(site, CLIENTS, headers_of(visitor, origin))
        return
    async with connected(site, CLIENTS, headers_of(visitor, origin)) as talk:
        await clock.advance(11)
        assert (await talk.closed())[0] == 4401


async def test_a_token_in_the_address_is_not_looked_at(site: Door, visitor: Visitor, clock: ManualClock) -> None:
    """S2: addresses are logged."""
    token = await make_token(visitor.user)
    async with connected(site, f"{CLIENTS}?token={token}&access_token={token}", headers_of(origin=None)) as talk:
        await clock.advance(11)
        assert (await talk.closed())[0] == 4401


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: token[:-1],
        lambda token: token + "A",
        lambda token: token.upper(),
        lambda token: "garbage",
        lambda token: "\xff" * 8,
        lambda token: f"{token}, {token}",
    ],
)
async def test_a_bad_token_is_refused(site: Door, visitor: Visitor, spoil: Callable[[str], str]) -> None:
    """S2: in the handshake, and in the first frame."""
    token = await make_token(visitor.user)
    bad = [*headers_of(origin=None), (b"authorization", b"Bearer " + spoil(token).encode("latin1"))]
    assert await refused(site, CLIENTS, bad) == 4401
    async with connected(site, CLIENTS, headers_of(origin=None)) as talk:
        await talk.say("auth", token=spoil(token))
        error = await talk.next("error")
        assert error["code"] in (4400, 4401)
        assert token[10:] not in error["text"]
        await talk.say("ping")
        assert "hello" not in "".join(talk.frames)


@pytest.mark.parametrize("fields", [{"revoked_at": a_second_ago()}, {"expires_at": a_second_ago()}])
async def test_a_token_that_is_over_is_refused(site: Door, visitor: Visitor, fields: dict[str, Any]) -> None:
    """S2: revoked, or past its time."""
    token = await make_token(visitor.user, **fields)
    assert await refused(site, CLIENTS, headers_of(origin=None, token=token)) == 4401


def test_every_socket_is_a_guarded_one() -> None:
    """S2: nothing that answers a handshake stands outside the door, or without the guard."""
    for door in (sockets, broadcast_sockets):
        assert isinstance(door, Door)
        router: Any = door.inner
        served = {getattr(route.callback, "consumer_class", route.callback) for route in router.routes}
        assert all(issubclass(each, GuardedConsumer) for each in served - {nothing_here})
