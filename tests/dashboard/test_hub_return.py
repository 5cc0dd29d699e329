"""Who comes back to the hub says from which place on, and gets all that it missed, or the state: never a part of it."""

from dashboard.audience import Interest
from dashboard.protocol.commands import Place
from dashboard.protocol.topics import Topic
from tests.dashboard.desk import PRICES, TRADES, Desk, now_in, price, taken, trades
from tests.waiting import wait_until


async def test_who_comes_back_gets_exactly_what_it_missed(desk: Desk) -> None:
    """W-06, C10: by epoch and offset, and no snapshot of it then."""
    outbox = desk.join(TRADES)
    desk.script.news = [trades("1"), trades("2")]
    await desk.beat()
    seen = now_in(outbox)[0]
    desk.hub.leave(outbox)
    desk.join(PRICES)
    desk.script.news, desk.script.known = [trades("3")], [trades("1", "2", "3", is_snapshot=True)]
    await desk.beat(5)
    again = desk.join(TRADES, after={TRADES: Place(seen["epoch"], seen["offset"])})
    assert desk.recovered == {TRADES}
    assert [(m["offset"], m["trades"][0]["id"]) for m in now_in(again)] == [(2, "2"), (3, "3")]


async def test_who_comes_back_too_late_is_told_so_and_gets_the_state(desk: Desk) -> None:
    """C10: never a part of it."""
    desk.join(TRADES)
    desk.script.known = [trades("1", "2", is_snapshot=True)]
    await desk.beat()
    again = desk.join(TRADES, after={TRADES: Place("another", 5)})
    assert desk.recovered == set()
    (told,) = now_in(again)
    assert (told["is_snapshot"], [line["id"] for line in told["trades"]]) == (True, ["1", "2"])


async def test_what_may_have_been_missed_begins_a_new_epoch(desk: Desk) -> None:
    """A reader that began anew cannot say that nothing lies between."""
    outbox = desk.join(TRADES)
    desk.script.news = [trades("1")]
    await desk.beat()
    (before,) = now_in(outbox)
    desk.script.news = [trades("8", "9", is_snapshot=True)]
    await desk.beat(9)
    (after,) = now_in(outbox)
    assert after["is_snapshot"]
    assert (after["epoch"] != before["epoch"], after["offset"]) == (True, 0)
    desk.join(TRADES, after={TRADES: Place(before["epoch"], before["offset"])})
    assert desk.recovered == set()


async def test_the_place_of_the_newest_event_is_told_every_five_seconds(desk: Desk) -> None:
    """C11: whoever missed the last event of all learns of it."""
    outbox = desk.join(TRADES)
    desk.script.news = [trades("1")]
    await desk.beat()
    (seen,) = now_in(outbox)
    await desk.beat(204)
    frame = await taken(outbox)
    (place,) = [message for message in frame if message["type"] == "offset"]
    assert place == {
        **{"type": "offset", "topic": "trades", "feed": "main", "about": "BTC-USDT"},
        **{"epoch": seen["epoch"], "offset": 1},
    }


async def test_the_only_client_comes_back_and_missed_nothing(desk: Desk) -> None:
    """C10: what happened while nobody listened is kept too."""
    outbox = desk.join(TRADES)
    desk.script.news = [trades("1")]
    await desk.beat()
    (seen,) = now_in(outbox)
    desk.hub.leave(outbox)
    desk.script.news = [trades("2")]
    await wait_until(lambda: desk.clock.sleepers >= 1)
    await desk.clock.advance(30)
    await wait_until(lambda: not desk.script.news)
    again = desk.join(TRADES, after={TRADES: Place(seen["epoch"], seen["offset"])})
    assert desk.recovered == {TRADES}
    assert [message["offset"] for message in now_in(again)] == [2]


async def test_what_was_missed_has_no_snapshot_in_front_of_it(desk: Desk) -> None:
    """C10: also beside a wish for all instruments, which does get the others' last events."""
    first = desk.join(Interest(Topic.TRADES))
    desk.script.news = [trades("1"), trades("2"), trades("9", instrument="ETH-USDT")]
    await desk.beat(9)
    place = Place(now_in(first)[0]["epoch"], 1)
    known = [trades(name, is_snapshot=True, instrument=code) for name, code in (("2", "BTC-USDT"), ("9", "ETH-USDT"))]
    desk.script.known = [*known, price("5")]
    again = desk.join(Interest(Topic.TRADES), TRADES, PRICES, after={TRADES: place})
    told = [(m.get("instrument"), m["type"], m.get("is_snapshot"), m.get("offset")) for m in now_in(again)]
    assert told == [
        ("ETH-USDT", "trades", True, 1),
        ("BTC-USDT", "trades", False, 2),
        ("BTC-USDT", "price", None, None),
    ]
