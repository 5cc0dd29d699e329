"""One reader for all sockets of a process: who gets what, when, and for how long it reads."""

import asyncio
import json

import pytest

from dashboard import pulse
from dashboard.audience import Interest
from dashboard.feed.messages import Snapshot
from dashboard.protocol.topics import Topic
from tests.dashboard.desk import MAIN, PRICES, TRADES, Desk, now_in, price, taken, trades
from tests.dashboard.samples import NOON
from tests.waiting import wait_until


async def test_the_state_comes_first_and_then_what_changes(desk: Desk) -> None:
    """D-08: whoever joins while others listen is told at once what is known."""
    desk.script.news = [price("1")]
    first = desk.join(PRICES)
    await desk.beat()
    assert [message["price"] for message in now_in(first)] == ["1"]
    desk.script.known = [price("1")]
    second = desk.join(PRICES)
    assert [message["price"] for message in now_in(second)] == ["1"]
    desk.script.news = [price("2")]
    await desk.beat(5)
    assert [message["price"] for message in now_in(first)] == ["2"]
    assert [message["price"] for message in now_in(second)] == ["2"]


async def test_the_state_can_be_asked_for_without_listening(desk: Desk) -> None:
    """Issue 8, item 6: whoever asks first waits for the first reading, and nobody is left who listens."""
    desk.script.known = desk.script.news = [price("1"), trades("7")]
    asking = asyncio.ensure_future(desk.hub.state({MAIN: {PRICES, TRADES}}, within=1.0))
    await desk.beat()
    said = [message for frame in await asking for message in json.loads(frame)]
    assert [message["type"] for message in said] == ["trades", "tick", "price"]
    assert len(await desk.hub.state({MAIN: {PRICES}}, within=1.0)) == 1


async def test_what_is_asked_for_is_read_until_it_is_asked_for_again(desk: Desk) -> None:
    """Issue 8, item 6: a source that reads only what is wanted stays with it between two questions, not for ever."""
    asking = asyncio.ensure_future(desk.hub.state({MAIN: {PRICES}}, within=1.0))
    desk.script.known = [price("1")]
    await desk.beat()
    await asking
    await desk.clock.advance(9.9)
    assert desk.wanted() == {PRICES}
    await desk.hub.state({MAIN: {PRICES}}, within=1.0)
    await desk.clock.advance(9.9)
    assert desk.wanted() == {PRICES}
    await desk.clock.advance(0.1)
    assert desk.wanted() == frozenset()


async def test_what_nobody_wanted_before_is_waited_for(desk: Desk) -> None:
    """Issue 8, item 6: of a source that others listen to, too; and no longer than a second."""
    desk.join(TRADES)
    await desk.beat()
    asking = asyncio.ensure_future(desk.hub.state({MAIN: {PRICES}}, within=1.0))
    await wait_until(lambda: desk.clock.sleepers >= 3)
    await desk.clock.advance(0.025)
    assert not asking.done()
    desk.script.known = [price("1")]
    await wait_until(lambda: desk.clock.sleepers >= 3)
    await desk.clock.advance(0.025)
    assert [message["type"] for message in json.loads((await asking)[0])] == ["tick", "price"]


async def test_a_change_after_a_quiet_moment_goes_at_once_and_the_last_of_a_burst_goes_too(desk: Desk) -> None:
    """B-14, F-22: a hundred changes in a second are ten or eleven frames, and the last value is in the last."""
    outbox = desk.join(PRICES)
    await desk.beat(40)
    now_in(outbox)
    frames = []
    for number in range(41):
        desk.script.news = [price(str(number))]
        await desk.beat()
        if said := now_in(outbox):
            frames.append((number, said[0]["price"]))
    await desk.beat(4)
    frames += [(41, message["price"]) for message in now_in(outbox)]
    assert frames[0] == (0, "0")
    assert frames[-1][1] == "40"
    assert 10 <= len(frames) <= 11


async def test_everybody_gets_what_they_asked_for_and_no_more(desk: Desk) -> None:
    """W-19: by topic and by instrument; what is about all comes with either."""
    everything, one, other = desk.join(PRICES), desk.join(Interest(Topic.PRICE, "ETH-USDT")), desk.join(TRADES)
    start = Snapshot(feed="main", now=NOON, title="Main", instruments=[], stale_after=5.0)
    desk.script.news = [start, price("1"), price("2", "ETH-USDT"), trades("7")]
    await desk.beat()
    said = [[message["type"] + message.get("price", "") for message in now_in(box)] for box in (everything, one, other)]
    assert said == [["snapshot", "price1", "price2"], ["snapshot", "price2"], ["snapshot", "trades"]]


async def test_who_unsubscribes_gets_no_more_of_it(desk: Desk) -> None:
    """And still the rest."""
    outbox = desk.join(PRICES, TRADES)
    desk.hub.unsubscribe(outbox, MAIN, [PRICES])
    desk.script.news = [price("1"), trades("7")]
    await desk.beat()
    assert [message["type"] for message in now_in(outbox)] == ["trades"]


async def test_the_clock_ticks_every_second(desk: Desk) -> None:
    """A client can tell a quiet market from a dead line."""
    outbox = desk.join(PRICES)
    ticks = 0
    for _ in range(120):
        await desk.beat()
        outbox.put("probe", '{"type":"probe"}')
        outbox.flush()
        ticks += sum(message["type"] == "tick" for message in await taken(outbox))
    assert 3 <= ticks <= 4


async def test_reading_ends_a_minute_after_the_last_one_left(desk: Desk) -> None:
    """Who was cut off may come back; then a process that nobody listens to asks Redis for nothing."""
    outbox = desk.join(PRICES)
    await desk.beat()
    desk.hub.leave(outbox)
    await desk.beat()
    assert not desk.script.is_closed
    await desk.clock.advance(60)
    await wait_until(lambda: desk.script.is_closed)
    await wait_until(lambda: not [task for task in asyncio.all_tasks() if task.get_name().startswith("dashboard")])
    desk.script.news = [price("1")]
    again = desk.join(PRICES)
    await desk.beat(5)
    assert [message["price"] for message in now_in(again)] == ["1"]


async def test_a_broken_source_closes_who_listens_to_it_and_the_next_starts_anew(desk: Desk) -> None:
    """W-07: a state that nobody can read ends those sockets with a reason instead of leaving them silent."""
    outbox = desk.join(PRICES)
    await desk.beat()
    desk.script.fault = RuntimeError("broken")
    await desk.beat()
    await wait_until(lambda: outbox.closed)
    assert outbox.closed
    assert outbox.closed[0] == 1011
    desk.hub.leave(outbox)
    desk.script.fault, desk.script.news = None, [price("1")]
    again = desk.join(PRICES)
    await desk.beat(5)
    assert [message["price"] for message in now_in(again)] == ["1"]


async def test_a_source_that_hangs_when_it_is_closed_keeps_nobody_waiting(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C15: who listened to what broke is told so in time, whatever the database does."""
    monkeypatch.setattr(pulse, "CLOSE_WITHIN", 0.01)
    monkeypatch.setattr(desk.script, "close", asyncio.Event().wait)
    outbox = desk.join(PRICES)
    await desk.beat()
    desk.script.fault = RuntimeError("broken")
    await desk.beat()
    await wait_until(lambda: outbox.closed)


async def test_each_message_is_encoded_once_for_all(desk: Desk) -> None:
    """The same text is handed to everybody."""
    boxes = [desk.join(PRICES) for _ in range(3)]
    desk.script.news = [price("1")]
    await desk.beat()
    states = [next(text for key, text in box._states.items() if "price" in key) for box in boxes]
    assert states[0] is states[1] is states[2]


async def test_a_further_subscription_repeats_states_and_no_events(desk: Desk) -> None:
    """A snapshot voids the states that one had; events that were told are not told again."""
    desk.script.news = [trades("1")]
    outbox = desk.join(TRADES, PRICES)
    await desk.beat(9)
    now_in(outbox)
    desk.script.known = [
        Snapshot(feed="main", now=NOON, title="Main", instruments=[], stale_after=5.0),
        price("5"),
        trades("1", is_snapshot=True),
    ]
    desk.hub.subscribe(outbox, MAIN, {Interest(Topic.HEALTH): None})
    assert [message["type"] for message in now_in(outbox)] == ["snapshot", "price"]
