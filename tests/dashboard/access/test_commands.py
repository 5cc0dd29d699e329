"""S6: every topic of every socket, for every kind of person, with their own account and with another's."""

from typing import Any, Final

import pytest
from channels.db import database_sync_to_async
from django.test import AsyncClient

from dashboard.protocol.commands import Said
from dashboard.protocol.topics import OF_ACCOUNTS, Topic
from dashboard.sockets.door import Door
from tests.dashboard.access.people import PERSONS, Person, people
from tests.dashboard.access.policy import COMMANDS, ROUTES, TOPICS
from tests.dashboard.access.routes import outcome
from tests.dashboard.sockets.conftest import layer, site, station
from tests.dashboard.sockets.talking import CLIENTS, ORIGIN, Talk, connected

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["layer", "site", "station"]
_CODES: Final = {4403: "refused", 4404: "missing", 4503: "open", 4401: "login"}


def test_every_topic_and_command_has_a_row() -> None:
    """S6: a new one without a row fails here."""
    assert set(TOPICS) == set(Topic)
    assert {kind.__struct_config__.tag for kind in Said.__args__} == COMMANDS


@pytest.mark.parametrize("name", [name for name in PERSONS if name != "anonymous"])
async def test_every_topic_is_as_the_table_says(site: Door, name: str) -> None:
    """S6 mistake 3: one's own, another's, and nobody's, which is the same as another's."""
    world = await database_sync_to_async(people)()
    wrong = []
    async with connected(site, CLIENTS, headers_of(world[name])) as talk:
        for topic, row in TOPICS.items():
            for owner, who in ((world[name], row.who), (world["bob"], row.others)):
                if who and (found := await heard(talk, topic, owner)) != who[name]:
                    wrong.append(f"{name} {topic} of {owner.name}: {found}, not {who[name]}")
    assert not wrong, "\n".join(wrong)


async def test_strangers_may_say_who_they_are_and_nothing_else(site: Door) -> None:
    """S6: every other command before a login is an error, and tells nothing."""
    said: dict[str, dict[str, Any]] = {
        "subscribe": {"topics": [{"topic": "price"}]},
        "unsubscribe": {"topics": [{"topic": "price"}]},
        "resume": {"token": "x"},
        "publish": {"name": "x", "data": {}},
        "painted": {"received_at": "2026-11-21T12:00:00Z"},
        "ping": {},
    }
    assert set(said) | {"auth", "pong"} == COMMANDS
    for kind, fields in said.items():
        async with connected(site, CLIENTS, [(b"host", b"127.0.0.1:8000")]) as talk:
            await talk.say(kind, **fields)
            assert (await talk.next("error"))["code"] in (4400, 4401)


async def test_the_state_over_http_is_as_the_table_says(redis_server: str) -> None:
    """S6: the same rights as over a socket."""
    world = await database_sync_to_async(people)()
    row = ROUTES["api/v1/state/"]
    wrong = []
    for name in PERSONS:
        for owner, who in ((world[name], row.who), (world["bob"], row.others or {})):
            asked = row.asked.replace("ACCOUNT", str(owner.own["account"])).removeprefix("topics=")
            client = AsyncClient()
            client.cookies.load(world[name].headers.get("Cookie", ""))
            answer = await client.get("/api/v1/state/", {"topics": asked})
            if (found := outcome(answer)) != who[name]:
                wrong.append(f"{name}, account of {owner.name}: {found}, not {who[name]}")
    assert not wrong, "\n".join(wrong)


def headers_of(person: Person) -> list[tuple[bytes, bytes]]:
    own = [(b"host", b"127.0.0.1:8000")]
    if "Cookie" in person.headers:
        own.append((b"origin", ORIGIN.encode()))
    return own + [(key.lower().encode(), value.encode()) for key, value in person.headers.items()]


async def heard(talk: Talk, topic: Topic, owner: Person) -> str:
    """What comes of subscribing to it, and again of nothing."""
    wish: dict[str, object] = {"topic": topic}
    if topic in OF_ACCOUNTS:
        wish["account"] = owner.own["account"]
    await talk.say("subscribe", topics=[wish])
    answer = await talk.next_of("subscribed", "error")
    if answer["type"] == "subscribed":
        return "open"
    await talk.next_of("subscribed")
    return _CODES[answer["code"]]
