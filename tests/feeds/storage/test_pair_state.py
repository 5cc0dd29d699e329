"""Newest state on two real Redis servers: written to both, the later one wins, and what may be dropped."""

from functools import partial

from pytest_django import Settings

from feeds.storage import keys, latest
from feeds.storage.health import LOOK_EVERY_S
from feeds.storage.live import LiveStore
from tests.clock import ManualClock
from tests.feeds.samples import price_state
from tests.feeds.storage.servers import KEY, Servers, held_in, probed

NOT_CRITICAL = "rest:of:it"


async def test_highest_version_wins_after_a_split(redis_pair: Servers, clock: ManualClock) -> None:
    """R9: each worker sees one server only; within 5 s of the heal both hold the later holder's state."""
    primary, failover = redis_pair
    gap = primary.socket.with_name("cut.sock"), failover.socket.with_name("cut.sock")
    old = LiveStore(primary.url, f"unix://{gap[1]}", clock=clock)
    new = LiveStore(f"unix://{gap[0]}", failover.url, clock=clock)
    for version in range(1, 4):
        await old.write_state({KEY: price_state(1, version + 100)})
        await new.write_state({KEY: price_state(2, version)})
        await old.append([b"old %d" % version])
        await new.append([b"new %d" % version])
    assert (held_in(primary), held_in(failover)) == ((1, 103), (2, 3)), "they did not see each other"
    gap[0].symlink_to(primary.socket)
    gap[1].symlink_to(failover.socket)
    for store in (old, new):
        await probed(store, clock, LOOK_EVERY_S, partial(_are_up, store))
    assert await new.write_state({KEY: price_state(2, 4)}) == 1
    assert held_in(primary) == held_in(failover) == (2, 4)
    assert await old.write_state({KEY: price_state(1, 200)}) == 0
    everything = {fields[keys.TRADE_FIELD] for _, fields in await new.read_log(b"0", 100)}
    assert everything == {b"%b %d" % (who, number) for who in (b"old", b"new") for number in range(1, 4)}
    await old.close()
    await new.close()


async def test_server_that_was_away_at_the_holders_start_refuses_the_former_one(
    redis_pair: Servers, clock: ManualClock
) -> None:
    """W4: it hears of the later holder with whatever that one writes first."""
    primary, failover = redis_pair
    failover.stop()
    new = LiveStore(primary.url, failover.url, clock=clock, claim=("feed:main", 2))
    await new.claim()
    failover.start()
    old = LiveStore(failover.url, claim=("feed:main", 1))
    quiet = keys.price("main", "ETH-USDT")
    assert await old.write_state({quiet: price_state(1, 1)}) == 1, "it has not heard yet"
    await probed(new, clock, LOOK_EVERY_S, partial(_are_up, new))
    assert await new.write_state({KEY: price_state(2, 1)}) == 1
    assert await old.write_state({quiet: price_state(1, 2)}) == 0
    await old.close()
    await new.close()


def _are_up(store: LiveStore) -> bool:
    return all(status.state == "up" for status in store.statistics().servers.values())


async def test_newest_of_both_is_read(pair_store: LiveStore, redis_pair: Servers) -> None:
    """V-19: for each key the value with the higher (fence, version), what has none last."""
    with redis_pair[0].client() as one, redis_pair[1].client() as other:
        one.mset({"a": latest.encode(price_state(1, 9)), "b": "no envelope", "c": "by hand"})
        other.mset({"a": latest.encode(price_state(2, 1)), "b": latest.encode(price_state(1, 1))})
    found = await pair_store.read(["a", "b", "c", "d"])
    assert [latest.stamp_of(each) for each in found[:2]] == [(2, 1), (1, 1)]
    assert found[2:] == [b"by hand", None]


async def test_less_than_critical_does_not_fail_over(redis_pair: Servers, settings: Settings) -> None:
    """L-04: with the scope `critical` it is dropped and counted; the newest price is written all the same."""
    settings.REDIS_FAILOVER_SCOPE = "critical"
    primary, failover = redis_pair
    store = LiveStore()
    assert await store.write_state({KEY: price_state(1, 1), NOT_CRITICAL: price_state(1, 1)}) == 2
    assert held_in(primary, NOT_CRITICAL) == (1, 1)
    primary.stop()
    assert await store.write_state({KEY: price_state(1, 2), NOT_CRITICAL: price_state(1, 2)}) == 2
    assert held_in(failover) == (1, 2)
    assert held_in(failover, NOT_CRITICAL) == (-1, -1)
    status = store.statistics()
    assert (status.scope, status.dropped) == ("critical", 1)
    await store.close()


async def test_everything_fails_over_by_default(pair_store: LiveStore, redis_pair: Servers) -> None:
    """L-04: with the scope `all` nothing is dropped."""
    redis_pair[0].stop()
    assert await pair_store.write_state({KEY: price_state(1, 2), NOT_CRITICAL: price_state(1, 2)}) == 2
    assert held_in(redis_pair[1], NOT_CRITICAL) == (1, 2)
    assert pair_store.statistics().dropped == 0


async def test_wishes_of_a_venue_outlive_a_server(pair_store: LiveStore, redis_pair: Servers) -> None:
    """L-01: a ban that was heard before the failure is kept after it."""
    await pair_store.cool_off("binance", 60.0, "asked to wait")
    assert await pair_store.count_ban("binance", 60.0) == 1
    redis_pair[0].stop()
    assert await pair_store.read_cool_off("binance") == "asked to wait"
    assert await pair_store.count_ban("binance", 60.0) == 2


async def test_who_only_reads_knows_which_server_is_active(pair_store: LiveStore, redis_pair: Servers) -> None:
    """L-14: the web process appends nothing, and still says that the failover server is active."""
    redis_pair[0].stop()
    for _ in range(2):
        await pair_store.read([KEY])
    status = pair_store.statistics()
    assert (status.active, status.last_reason) == ("failover", "refused")
