"""The whole loop of a feed: a real exchange, a real Redis, a real database, and the real clock."""

import pytest

from feeds.models import FailoverEvent, Feed, HealthSnapshot, Venue
from feeds.storage import keys
from feeds.storage.database import DatabaseThread
from tests.exchange.server import Exchange
from tests.feeds.connection.observer import Observer
from tests.feeds.connection.running import running
from tests.redis_server import RedisServer
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("alone")]


async def set_venue(database: DatabaseThread, code: str, **fields: object) -> None:
    await database.run(lambda: Venue.objects.filter(code=code).update(**fields))


async def test_best_venue_is_shown_with_its_price(lively: Exchange, observer: Observer) -> None:
    """F-03 F-10: priority 1 is asked, subscribed, and its trades are the price."""
    async with running():
        await observer.price_from("binance")
    assert [connection.venue for connection in lively.connections] == ["binance"]


async def test_what_is_no_state_of_a_feed_does_not_keep_it_from_starting(
    lively: Exchange, observer: Observer, shared_redis: RedisServer
) -> None:
    """M-12: a person wrote there by hand, or another version of us."""
    with shared_redis.client() as client:
        client.set(keys.feed("main"), "x")
    async with running():
        await observer.price_from("binance")


async def test_silent_venue_is_replaced_within_four_seconds(
    lively: Exchange, observer: Observer, database: DatabaseThread
) -> None:
    """E7 F-03 F-06: muted with pongs answered, the next venue's price is there in 4 s, and a row says why."""
    async with running():
        await observer.price_from("binance")
        lively.faults.set("binance", "mute")
        await observer.price_from("kucoin", within=4.0)
    event = await database.run(FailoverEvent.objects.get)
    assert (event.from_venue_id, event.to_venue_id) == ("binance", "kucoin")
    assert event.reason.startswith("silent")
    assert event.started_at < event.finished_at
    assert 3.0 <= event.last_price_age < 4.0


async def test_venue_that_never_delivered_is_no_failover(
    lively: Exchange, observer: Observer, database: DatabaseThread
) -> None:
    """F-06: the price has not moved when the first venue refuses from the start."""
    lively.faults.set("binance", "refuse")
    async with running():
        await observer.price_from("kucoin")
    assert await database.run(FailoverEvent.objects.count) == 0


async def test_returned_venue_is_taken_back_after_the_hold_time(
    lively: Exchange, observer: Observer, database: DatabaseThread
) -> None:
    """F-05: after `failback_after` of good data there, and not long after it."""
    await database.run(lambda: Venue.objects.update(silent_after=0.5))
    # Its way in begins before its connection: a token is asked for first.
    await set_venue(database, "kucoin", is_enabled=False)
    await database.run(lambda: Feed.objects.update(failback_after=1.5))
    async with running():
        await observer.price_from("binance")
        lively.faults.set("binance", "mute", seconds=1.0)
        await observer.price_from("bybit")
        await observer.price_from("binance")
    connections = list(lively.connections)
    assert [connection.venue for connection in connections] == ["binance", "bybit", "binance"]
    left, returned = await database.run(lambda: list(FailoverEvent.objects.order_by("finished_at")))
    assert (left.to_venue_id, returned.from_venue_id, returned.to_venue_id) == ("bybit", "bybit", "binance")
    assert 1.5 <= (returned.finished_at - connections[2].opened_at).total_seconds() < 2.5
    assert returned.reason == "returned: it has had good data for 1.5 s"


async def test_new_priorities_take_effect_within_five_seconds(
    lively: Exchange, observer: Observer, database: DatabaseThread
) -> None:
    """F-03: an admin's order needs no restart; the venue that is left sees a polite close."""
    async with running():
        await observer.price_from("binance")
        await set_venue(database, "binance", priority=9)
        await observer.price_from("kucoin", within=5.0)
    await wait_until(lambda: not lively.open_connections)
    assert lively.connections[0].close_code == 1000


async def test_venue_that_is_switched_off_is_left(
    lively: Exchange, observer: Observer, database: DatabaseThread
) -> None:
    """Within five seconds, and it is shown as disabled."""
    async with running():
        await observer.price_from("binance")
        await set_venue(database, "binance", is_enabled=False)
        await observer.price_from("kucoin", within=5.0)
        await observer.venue_in_state("binance", "disabled")


async def test_every_trade_is_logged_once_though_venues_repeat(lively: Exchange, observer: Observer) -> None:
    """E25: each frame twice, and the log has each trade once, in order."""
    lively.faults.set("*", "duplicate")
    async with running():
        await observer.price_from("binance")
        await wait_until(lambda: len(lively.ledger) >= 40)
    logged = await observer.logged_ids()
    assert logged == sorted(set(logged), key=int)
    assert set(logged) <= {sent.trade_id for sent in lively.ledger}
    assert len(logged) >= 15


async def test_bad_frames_are_counted_and_cost_no_connection(lively: Exchange, observer: Observer) -> None:
    """F-16: the venue's count of rejected frames rises, its session goes on."""
    lively.faults.set("binance", "garbage", every=2)
    async with running():
        await observer.price_from("binance")
        state = await observer.venue_in_state("binance", "connected", rejected=5)
    assert set(state.rejected) == {"json"}
    assert len(lively.connections) == 1


async def test_lost_connection_is_subscribed_again(
    lively: Exchange, observer: Observer, database: DatabaseThread
) -> None:
    """F-08 F-10 E13: with no other venue, the same one is tried after about a second, with the same topics."""
    await database.run(lambda: Venue.objects.exclude(code="binance").update(is_enabled=False))
    async with running():
        await observer.price_from("binance")
        lively.faults.set("binance", "hang_up")
        await wait_until(lambda: len(lively.connections) == 2 and lively.connections[1].topics)
        await observer.venue_in_state("binance", "connected")
    first, second = lively.connections
    assert first.topics == second.topics
    assert first.closed_at
    assert 0.8 <= (second.opened_at - first.closed_at).total_seconds() < 2.0


async def test_feed_outlives_all_of_its_venues(lively: Exchange, observer: Observer) -> None:
    """E1 E32: with every venue refusing it goes on trying, says when, and is back by itself."""
    lively.faults.set("*", "refuse", status=503)
    async with running() as task:
        state = await observer.venue_in_state("htx", "disconnected")
        assert state.reason == "handshake: the venue answered the handshake with HTTP 503"
        assert state.retry_at
        assert state.attempts >= 1
        assert not task.done()
        lively.faults.clear()
        await observer.any_price()


async def test_every_transition_is_a_row(lively: Exchange, observer: Observer, database: DatabaseThread) -> None:
    """F-06: connecting, connected, disconnected with the reason, and the next venue."""
    async with running():
        await observer.price_from("binance")
        lively.faults.set("binance", "close", code=1001, reason="maintenance")
        await observer.price_from("kucoin")
    of_venues = HealthSnapshot.objects.filter(subject__startswith="venue:").order_by("id")
    rows = await database.run(lambda: list(of_venues.values_list("subject", "state")))
    assert rows[:5] == [
        ("venue:main:binance", "connecting"),
        ("venue:main:binance", "connected"),
        ("venue:main:binance", "disconnected"),
        ("venue:main:kucoin", "connecting"),
        ("venue:main:kucoin", "connected"),
    ]
    left = await database.run(lambda: HealthSnapshot.objects.get(subject="venue:main:binance", state="disconnected"))
    assert left.reason == "closed: the venue closed the session with 1001 maintenance"


async def test_what_people_read_by_hand_follows_the_feed(lively: Exchange, observer: Observer) -> None:
    """M-12: the running feed says which venue delivers, and when it said something last."""
    async with running():
        price = await observer.price_from("binance")
        said = await observer.by_hand("ws_status", lambda value: value.v == "connected to binance")
        assert said.origin == "feed:main"
        await observer.by_hand("ws_last_update", lambda value: str(value.v) >= price.seen_at.isoformat())
        assert (await observer.by_hand("current_position", lambda _: True)).v == "no data"
