"""What waits for one browser."""

import asyncio
import json

from dashboard.outbox import TOO_SLOW, Outbox


async def test_the_newest_of_a_topic_replaces_what_waits() -> None:
    """A state is told once, in its newest form."""
    outbox = Outbox()
    outbox.put("price", "1")
    outbox.put("price", "2")
    assert json.loads(await outbox.take()) == [2]


async def test_events_keep_their_order_and_come_first() -> None:
    """A hello and the trades are never overtaken by a state, and none is left out."""
    outbox = Outbox()
    outbox.put("price", "9")
    for number in range(3):
        outbox.put("", str(number))
    assert json.loads(await outbox.take()) == [0, 1, 2, 9]


async def test_taking_waits_for_something() -> None:
    """An idle browser costs nothing."""
    outbox = Outbox()
    taking = asyncio.ensure_future(outbox.take())
    await asyncio.sleep(0)
    assert not taking.done()
    outbox.put("tick", "1")
    assert await taking == "[1]"


async def test_an_outbox_that_overflows_closes_with_a_reason() -> None:
    """A client that cannot keep up is told so, and holds no memory."""
    outbox = Outbox(event_limit=2)
    for number in range(3):
        outbox.put("", str(number))
    assert outbox.closed == TOO_SLOW
    assert await outbox.take() == ""


async def test_states_alone_never_overflow() -> None:
    """However often a price changes, one of it waits."""
    outbox = Outbox(event_limit=2)
    for number in range(10_000):
        outbox.put("price", str(number))
    assert await outbox.take() == "[9999]"
