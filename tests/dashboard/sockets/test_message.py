"""W-15, suite message: what a client may say, what it is answered, and what no message is."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from channels.db import database_sync_to_async
from msgspec import structs

from dashboard.sockets.door import Door
from dashboard.sockets.station import Station
from feeds.models import Feed, Instrument
from tests.dashboard.conftest import Visitor, Writer
from tests.dashboard.samples import NOON, feed_state, price_state, trade
from tests.dashboard.sockets.talking import browser, make_token, program

pytestmark = pytest.mark.django_db(transaction=True)


async def test_the_answer_comes_before_the_state(site: Door, visitor: Visitor, writer: Writer) -> None:
    """W-19: what was taken, as it was wished; then the state of the feed, whole."""
    await writer.log(trade(1, "64000.10"))
    await writer.show(price_state(trade(1, "64000.10"), NOON))
    await writer.show(feed_state(NOON))
    wishes: list[dict[str, Any]] = [{"topic": "price", "instrument": "BTC-USDT"}, {"topic": "venues", "feed": "main"}]
    async with browser(visitor, site) as talk:
        assert (await talk.subscribe(*wishes, id=3)) == {
            "type": "subscribed",
            "id": 3,
            "topics": [{"wish": wish} for wish in wishes],
        }
        assert (await talk.next("snapshot"))["instruments"] == ["BTC-USDT"]
        price = await talk.next("price")
    assert (price["feed"], price["price"], price["seen_at"]) == ("main", "64000.10", "2026-03-01T12:00:00Z")
    frames = "".join(talk.frames)
    assert '"type":"venues"' in frames
    assert '"type":"trades"' not in frames


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"topic": "debug"}, 4403),
        ({"topic": "traps"}, 4503),
        ({"topic": "price", "feed": "nowhere"}, 4404),
        ({"topic": "price", "instrument": "DOGE-USDT"}, 4404),
        ({"topic": "positions", "account": 12345}, 4404),
        ({"topic": "positions", "account": -(10**3000)}, 4404),
    ],
)
async def test_a_bad_wish_does_not_spoil_the_others(
    site: Door, visitor: Visitor, wish: dict[str, Any], code: int
) -> None:
    """W-19: it is answered with a code and a sentence under the command's id, and counts as no error of the client."""
    async with browser(visitor, site) as talk:
        await talk.say("subscribe", id=8, topics=[{"topic": "health"}, wish, {"topic": "price"}])
        error = await talk.next_of("error", "subscribed")
        assert (error["type"], error["code"], error["id"]) == ("error", code, 8)
        assert error["text"].endswith(".")
        taken = (await talk.next("subscribed", id=8))["topics"]
        assert [each["wish"]["topic"] for each in taken] == ["health", "price"]


async def test_what_is_not_wanted_any_more_does_not_come(site: Door, visitor: Visitor, writer: Writer) -> None:
    """W-19: topic by topic; what another wish means as well goes on."""
    async with browser(visitor, site) as talk:
        await talk.subscribe("trades", "price", {"topic": "price", "instrument": "BTC-USDT"})
        await talk.say("unsubscribe", id=1, topics=[{"topic": "trades"}, {"topic": "price"}, {"topic": "candles"}])
        gone = (await talk.next("unsubscribed", id=1))["topics"]
        assert gone == [{"topic": "trades"}, {"topic": "price"}]
        await writer.log(trade(1, "10"))
        await writer.show(price_state(trade(1, "10"), NOON))
        await talk.next("price")
        assert '"price":"10"' not in "".join(frame for frame in talk.frames if '"type":"trades"' in frame)


async def test_a_client_hears_of_the_feed_and_the_instrument_that_it_asks_for(
    site: Door, visitor: Visitor, writer: Writer
) -> None:
    """Issue 4, item 8: each feed has its own order of venues, and of its instruments a page shows one."""
    await database_sync_to_async(_add_feed)()
    await writer.log(structs.replace(trade(1, "3000"), instrument="ETH-USDT"), trade(2, "64000"))
    async with browser(visitor, site) as talk:
        await talk.subscribe({"topic": "trades", "feed": "second", "instrument": "BTC-USDT"})
        snapshot = await talk.next("snapshot")
        await talk.next("trades")
    assert (snapshot["title"], snapshot["instruments"]) == ("Second feed", ["BTC-USDT", "ETH-USDT"])
    messages = [message for frame in talk.frames for message in json.loads(frame)]
    assert {message["instrument"] for message in messages if "instrument" in message} == {"BTC-USDT"}
    assert {message["feed"] for message in messages if "feed" in message} == {"second"}


def _add_feed() -> None:
    feed = Feed.objects.create(name="second", title="Second feed")
    feed.instruments.add(Instrument.objects.get(), Instrument.objects.create(code="ETH-USDT"))


@pytest.mark.parametrize("number", [0, -1, 10**3000, None])
async def test_a_ping_is_answered_under_its_id(site: Door, visitor: Visitor, number: int | None) -> None:
    """A client may ask whether anybody is there."""
    async with browser(visitor, site) as talk:
        await talk.say("ping", id=number)
        assert await talk.next("pong") == {"type": "pong", "id": number}


async def test_no_client_has_more_topics_than_there_is_room_for(site: Door, visitor: Visitor) -> None:
    """C7: 50 in a command and 200 in all; the rest is refused by name."""
    wishes = [{"topic": "published", "name": f"ada/{number}"} for number in range(201)]
    async with browser(visitor, site) as talk:
        for start in range(0, 200, 50):
            assert len((await talk.subscribe(*wishes[start : start + 50]))["topics"]) == 50
        await talk.say("subscribe", id=9, topics=wishes[200:])
        assert (await talk.next("error", id=9))["code"] == 4429
        await talk.say("subscribe", id=10, topics=wishes[:51])
        assert (await talk.next("error"))["code"] == 4400


FRAMES = [
    "hello?",
    "",
    " ",
    "[]",
    "null",
    "12",
    '"ping"',
    "{}",
    "{",
    '{"type":"pi',
    '{"type":"sing"}',
    '{"type":["ping"]}',
    '{"type":"ping","more":1}',
    '{"type":"ping","id":"one"}',
    '{"type":"ping","id":1.5}',
    '{"type":"ping","id":NaN}',
    '{"type":"ping","id":1e999}',
    '{"type":"pong","frames":' + "9" * 400 + "}",
    '{"type":"pong"}',
    '{"type":"pong","frames":-1}',
    '{"type":"pong","frames":1000000}',
    '{"type":"subscribe","topics":[]}',
    '{"type":"subscribe","topics":{"topic":"price"}}',
    '{"type":"subscribe","topics":[{"topic":"prices"}]}',
    '{"type":"subscribe","topics":[{"topic":"price","feed":"' + "m" * 65 + '"}]}',
    '{"type":"subscribe","topics":[{"topic":"trades","after":{"epoch":"a","offset":-1}}]}',
    '{"type":"publish","name":"a","data":{}}',
    '{"type":"auth","token":"omega_"}',
    "[" * 2000 + "]" * 2000,
    '{"type":"ping","id":' + '{"a":' * 500 + "1" + "}" * 500 + "}",
    "\ud800",
    '{"type":"ping","note":"\ud800"}',
    '{"type":"ping\\ud800"}',
    "\x00\x01",
    *(f'{{"type":"painted","received_at":{at}}}' for at in ('"2026-03-01T12:00:00"', '"yesterday"', "12", "null")),
]


@pytest.mark.parametrize("start", range(0, len(FRAMES), 2))
async def test_what_is_no_message_is_answered_and_counted(
    site: Door, visitor: Visitor, station: Station, start: int
) -> None:
    """W-05, F-31: an error frame to that client, one error more, and the socket stays open."""
    frames = FRAMES[start : start + 2]
    async with browser(visitor, site) as talk:
        await talk.next("hello")
        for number, frame in enumerate(frames, 1):
            await talk.socket.send_input({"type": "websocket.receive", "text": frame})
            error = await talk.next("error")
            assert (error["code"], error.get("id")) == (4400, None)
            assert "Traceback" not in error["text"]
            assert "dashboard" not in error["text"]
            assert [line.error_count for line in station.registry.lines()] == [number]
        await talk.say("ping", id=1)
        await talk.next("pong", id=1)


async def test_bytes_are_no_message(site: Door, visitor: Visitor, station: Station) -> None:
    """W-05: frames are text, also where the bytes would be a command."""
    async with browser(visitor, site) as talk:
        await talk.socket.send_to(bytes_data=b'{"type":"ping","id":1}')
        assert await talk.next("error") == {"type": "error", "code": 4400, "text": "Send text frames.", "id": None}
        assert [line.error_count for line in station.registry.lines()] == [1]


async def test_what_was_painted_is_measured(site: Door, visitor: Visitor, writer: Writer) -> None:
    """F-31: a browser's word comes back to all of them as the last hop of the way."""
    async with browser(visitor, site) as talk:
        await talk.subscribe("health")
        await talk.say("painted", received_at=datetime.now(UTC).isoformat())
        while "Until on the screen" not in str(await talk.next("latency")):
            pass


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("Signals", {}, 4400),
        ("", {}, 4400),
        ("a/b", {}, 4400),
        ("a" * 33, {}, 4400),
        ("signals", [1], 4400),
        ("signals", None, 4400),
        ("signals", {"text": "x" * 9000}, 4400),
        ("signals", {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": {}}}}}}}}}, 4400),
    ],
)
async def test_what_cannot_be_published(site: Door, operator: Visitor, name: str, data: Any, code: int) -> None:
    """W-05: a name of its own alphabet, an object of at most 8 KiB and 8 levels."""
    token = await make_token(operator.user, may_publish=True)
    async with program(token, site) as talk:
        await talk.say("publish", id=1, name=name, data=data)
        assert (await talk.next("error"))["code"] == code
        await talk.say("publish", id=2, name="signals", data={"ok": True})
        assert (await talk.next("accepted", id=2))["topic"] == "ada/signals"
