"""What clients publish: its bounds, and how it is read from both logs without a hole and without a repeat."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from dashboard import publication
from dashboard.protocol.message import encoded
from dashboard.publication import DEEPEST, MOST_BYTES, Publication, Published
from dashboard.published import PublishedReader
from feeds.storage import keys
from feeds.storage.live import LiveStore
from feeds.storage.redis import Entry
from tests.redis_server import RedisServer

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
_scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
_objects = st.dictionaries(st.text(max_size=8), st.recursive(_scalars, st.lists, max_leaves=8), max_size=4)


def told(number: int, topic: str = "ada/signals") -> Publication:
    user, name = topic.split("/")
    return publication.publication(f"id-{number}", user, name, {"number": number}, NOON)


def nested(levels: int) -> dict[str, Any]:
    inner: Any = 1
    for _ in range(levels - 1):
        inner = [inner]
    return {"inner": inner}


def numbers(messages: list[Published]) -> list[int]:
    return [json.loads(bytes(message.data))["number"] for message in messages]


@given(_objects)
def test_what_is_published_comes_out_as_it_went_in(data: dict[str, Any]) -> None:
    """Whatever JSON has is kept and told, byte for byte."""
    kept = publication.encode(publication.publication("1", "ada", "signals", data, NOON))
    found = publication.decode({b"entry": kept})
    assert (found.topic, found.at, json.loads(bytes(found.data))) == ("ada/signals", NOON, data)


def test_as_much_as_may_be_is_taken_and_one_more_is_not() -> None:
    """Eight KiB and eight levels, not a byte and not a level more."""
    spare = MOST_BYTES - len('{"text":""}')
    assert publication.publication("1", "ada", "x", {"text": "a" * spare}, NOON)
    assert publication.publication("1", "ada", "x", nested(DEEPEST), NOON)
    with pytest.raises(ValueError, match=r"may have 8192 bytes; this has 8193"):
        publication.publication("1", "ada", "x", {"text": "a" * (spare + 1)}, NOON)
    with pytest.raises(ValueError, match="may be 8 levels deep"):
        publication.publication("1", "ada", "x", nested(DEEPEST + 1), NOON)


def test_what_is_too_deep_for_python_is_refused_like_any_other() -> None:
    """C6: a frame of 16 KiB holds thousands of levels."""
    with pytest.raises(ValueError, match="levels deep"):
        publication.publication("1", "ada", "x", nested(8000), NOON)


@pytest.mark.parametrize("fields", [{}, {b"entry": b"{}"}, {b"a": b"1", b"b": b"2"}, {b"entry": b"\xff"}])
def test_what_is_no_publication_is_a_value_error(fields: dict[bytes, bytes]) -> None:
    """Anybody with a worker's password may write to the log."""
    with pytest.raises(ValueError):  # noqa: PT011
        publication.decode(fields)


def test_a_message_says_whose_it_is_and_what_it_is_about() -> None:
    """It is sent as it was published, under USER/NAME."""
    message = Published(topic="ada/signals", at=NOON, data=told(1).data, epoch="e", offset=7)
    assert message.about == "ada/signals"
    assert json.loads(encoded(message)) == {
        "type": "published",
        "epoch": "e",
        "offset": 7,
        "is_snapshot": False,
        "topic": "ada/signals",
        "at": "2026-03-01T12:00:00Z",
        "data": {"number": 1},
    }


class Log:
    """Of what is published, with a reader of it."""

    def __init__(self) -> None:
        self.store = LiveStore()
        self.read_logs = partial(self.store.read_logs, log=keys.PUBLISHED_LOG)
        self.reader = PublishedReader(self.read_logs, datetime.now(UTC))

    async def publish(self, *publications: Publication) -> None:
        await self.store.publish([publication.encode(each) for each in publications])


@pytest_asyncio.fixture
async def log(redis_server: str) -> AsyncIterator[Log]:
    log = Log()
    yield log
    await log.store.close()


async def test_reading_begins_when_the_reader_is_opened(log: Log) -> None:
    """What is said after that is news, also before the first look; it comes once, in order."""
    await log.publish(told(1), told(2))
    assert numbers(await log.reader.news()) == [1, 2]
    await log.publish(told(3), told(4))
    assert numbers(await log.reader.news()) == [3, 4]
    assert await log.reader.news() == []


async def test_what_was_said_before_is_no_news(log: Log) -> None:
    """But for the last two seconds: whoever waits may have come a little before the reader."""
    await log.publish(told(1))
    published_at = datetime.now(UTC)
    for opened_after, found in ((1.5, [1]), (3.0, [])):
        reader = PublishedReader(log.read_logs, published_at + timedelta(seconds=opened_after))
        assert numbers(await reader.news()) == found


async def test_an_empty_log_begins_with_its_first_entry(log: Log) -> None:
    """Where nothing was ever published, the first one is news."""
    assert await log.reader.news() == []
    await log.publish(told(1))
    assert numbers(await log.reader.news()) == [1]


async def test_what_makes_no_sense_is_passed_over(log: Log) -> None:
    """One bad entry keeps nobody from the next one."""
    await log.reader.news()
    await log.store.publish([b"no json"])
    await log.publish(told(1))
    assert numbers(await log.reader.news()) == [1]


async def test_what_both_servers_took_comes_once(redis_pair: tuple[RedisServer, RedisServer]) -> None:
    """What the primary took without saying so was sent to the failover server too: it is told once."""
    log = Log()
    primary, failover = (LiveStore(server.url) for server in redis_pair)
    assert await log.reader.news() == []
    for store, publications in ((primary, [told(1)]), (failover, [told(1), told(2)])):
        await store.publish([publication.encode(each) for each in publications])
    assert numbers(await log.reader.news()) == [1, 2]
    for store in (primary, failover, log.store):
        await store.close()


async def test_a_server_that_comes_later_tells_nothing_old() -> None:
    """It is asked for what it took since the reader was opened, as the other one is."""
    asked: list[Mapping[str, bytes]] = []
    entry: Entry = (b"1772366400001-0", {b"entry": publication.encode(told(1))})
    looks: Iterator[dict[str, list[Entry]]] = iter([{"primary": []}, {"primary": [entry]}, {"failover": []}])

    async def read_logs(after: Mapping[str, bytes], limit: int) -> dict[str, list[Entry]]:
        asked.append(dict(after))
        return next(looks)

    reader, start = PublishedReader(read_logs, NOON), b"1772366398000-0"
    assert [numbers(await reader.news()) for _ in range(3)] == [[], [1], []]
    assert asked == [{"primary": start, "failover": start}] * 2 + [{"primary": entry[0], "failover": start}]
