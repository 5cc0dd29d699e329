"""What waits for one client."""

import asyncio
import json

from dashboard.outbox import EVENT_LIMIT, FRAME_LIMIT, TOO_SLOW, Outbox


async def taken(outbox: Outbox) -> list[object]:
    frame = await asyncio.wait_for(outbox.take(), 1)
    assert frame
    messages: list[object] = json.loads(frame.text)
    return messages


async def test_the_newest_of_a_state_replaces_what_waits() -> None:
    """W-13: a state is told once, in its newest form, and always the last."""
    outbox = Outbox()
    outbox.put("price", "1")
    outbox.put("price", "2")
    outbox.flush()
    assert await taken(outbox) == [2]


async def test_answers_come_first_then_events_in_order_then_states() -> None:
    """The state that was asked for never overtakes the word that it is coming."""
    outbox = Outbox()
    outbox.put("price", "9")
    for number in range(3):
        outbox.put("", str(number))
    outbox.answer('"subscribed"')
    assert await taken(outbox) == ["subscribed", 0, 1, 2, 9]


async def test_nothing_is_taken_before_it_is_flushed() -> None:
    """B-14: the hub says when; an idle client costs nothing."""
    outbox = Outbox()
    outbox.flush()
    taking = asyncio.ensure_future(outbox.take())
    outbox.put("tick", "1")
    await asyncio.sleep(0)
    assert not taking.done()
    outbox.flush()
    assert await taking == ("[1]", True)


async def test_many_events_are_many_frames() -> None:
    """Flow control counts frames, so none is too big; states wait until the events are told."""
    outbox = Outbox()
    event = json.dumps("x" * 9_998)
    for _ in range(20):
        outbox.put("", event)
    outbox.put("price", "9")
    outbox.flush()
    frames = [await taken(outbox) for _ in range(3)]
    assert [len(frame) for frame in frames] == [7, 7, 7]
    assert frames[2][-1] == 9
    assert 7 * len(event) > FRAME_LIMIT > 6 * len(event)


async def test_an_outbox_that_overflows_closes_with_a_reason() -> None:
    """C3: events are never dropped in silence: who does not take them is told so, and holds no memory."""
    outbox = Outbox()
    event = json.dumps("x" * 10_000)
    for _ in range(EVENT_LIMIT // len(event) + 1):
        outbox.put("", event)
    assert outbox.closed == TOO_SLOW
    assert await outbox.take() is None


async def test_what_was_taken_makes_room() -> None:
    """Only what waits counts."""
    outbox = Outbox()
    event = json.dumps("x" * 100_000)
    for _ in range(20):
        outbox.put("", event)
        outbox.flush()
        assert len(await taken(outbox)) == 1
    assert outbox.closed is None


async def test_states_alone_never_overflow() -> None:
    """However often a price changes, one of it waits."""
    outbox = Outbox()
    for number in range(100_000):
        outbox.put("price", str(number))
    outbox.flush()
    assert await taken(outbox) == [99_999]


async def test_the_first_reason_to_close_counts() -> None:
    """And nothing is put into what is closed."""
    outbox = Outbox()
    outbox.close(4008, "slow")
    outbox.close(1001, "going away")
    outbox.put("", "1")
    outbox.answer("2")
    assert outbox.closed == (4008, "slow")
    assert await outbox.take() is None
