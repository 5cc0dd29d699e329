"""Two workers at one address: what one spends or is told, the other one knows."""

import pytest

from feeds.errors import ClosedByVenue, HandshakeRefused, Silent
from feeds.pace import Rate
from feeds.storage.allowance import CONNECT, REST, Allowance
from feeds.storage.live import LiveStore
from tests.clock import ManualClock
from tests.redis_server import RedisServer

RATE = Rate(5, 60.0)


@pytest.fixture
def one(store: LiveStore, clock: ManualClock) -> Allowance:
    return Allowance(store, clock)


@pytest.fixture
def other(store: LiveStore) -> Allowance:
    """A worker of another process has a monotonic clock of its own."""
    clock = ManualClock()
    clock._elapsed = 1_000_000.0
    return Allowance(store, clock)


async def test_workers_share_one_limit(one: Allowance, other: Allowance) -> None:
    """E5: five connections a minute are five for both of them, and the sixth is told how long to wait."""
    granted = [await worker.ask("binance", CONNECT, RATE) for worker in (one, other, one, other, one)]
    assert granted == [0.0] * 5
    assert 55.0 < await other.ask("binance", CONNECT, RATE) <= 60.0
    assert await other.ask("kucoin", CONNECT, RATE) == 0.0
    assert await other.ask("binance", REST, RATE) == 0.0


async def test_call_may_cost_more_than_one(one: Allowance, other: Allowance) -> None:
    """E5: weights are added up, over all workers."""
    assert await one.ask("binance", REST, RATE, cost=3) == 0.0
    assert await other.ask("binance", REST, RATE, cost=3) > 0
    assert await other.ask("binance", REST, RATE, cost=2) == 0.0


async def test_spent_is_free_again_after_its_time(one: Allowance, other: Allowance) -> None:
    """E5: by Redis's clock, a tenth of a second after a limit of that length."""
    rate = Rate(1, 0.05)
    assert await one.ask("okx", CONNECT, rate) == 0.0
    while (wait := await other.ask("okx", CONNECT, rate)) > 0:
        assert wait <= 0.05


@pytest.mark.parametrize(("error", "seconds"), [(HandshakeRefused(429, 33.0), 33), (ClosedByVenue(1008, ""), 600)])
async def test_nobody_asks_a_venue_that_wants_to_be_left_alone(
    one: Allowance, other: Allowance, error: HandshakeRefused, seconds: int
) -> None:
    """E5 E15: neither for a connection nor for a call, from any worker; other venues are free."""
    assert seconds - 1 < await one.cool_off("htx", error) <= seconds
    for worker in (one, other):
        for what in (CONNECT, REST):
            assert seconds - 5 < await worker.ask("htx", what, RATE) <= seconds
    assert await other.ask("gateio", CONNECT, RATE) == 0.0


async def test_cool_off_outlives_the_worker(one: Allowance, store: LiveStore) -> None:
    """E5: a worker that starts afterwards waits as well."""
    await one.cool_off("kraken", HandshakeRefused(418))
    assert await Allowance(store, ManualClock()).ask("kraken", CONNECT, RATE) > 115


async def test_shorter_cool_off_shortens_nothing(one: Allowance, other: Allowance) -> None:
    """E5: the longest wish of the venue counts."""
    await one.cool_off("bybit", HandshakeRefused(403))
    await other.cool_off("bybit", HandshakeRefused(429, 1.0))
    assert await other.ask("bybit", CONNECT, RATE) > 590


async def test_bans_double_up_to_two_hours_until_the_venue_delivers(
    one: Allowance, other: Allowance, store: LiveStore
) -> None:
    """E4: ten minutes, twenty, … two hours, whichever worker is told; then a first one again."""
    waits = [await worker.cool_off("bybit", HandshakeRefused(403)) for worker in (one, other) * 3]
    assert [round(wait) for wait in waits] == [600, 1200, 2400, 4800, 7200, 7200]
    await one.forgive("bybit")
    assert await store.count_ban("bybit", 60.0) == 1


async def test_forgiving_leaves_alone_who_wants_to_be(one: Allowance, other: Allowance) -> None:
    """E5: a session that delivers to one worker is no answer to what the venue told another."""
    await other.cool_off("bybit", HandshakeRefused(418))
    await one.forgive("bybit")
    assert await one.ask("bybit", CONNECT, RATE) > 115


async def test_hundredth_ban_is_like_the_tenth(one: Allowance) -> None:
    """E4: the loop goes on."""
    for _ in range(100):
        wait = await one.cool_off("bybit", HandshakeRefused(403))
    assert wait == pytest.approx(7200.0, abs=1.0)


async def test_absurd_wish_is_bounded(one: Allowance) -> None:
    """E5: a day at most."""
    assert await one.cool_off("okx", HandshakeRefused(429, 1e9)) == pytest.approx(86_400.0, abs=1.0)


async def test_silence_is_no_wish(one: Allowance) -> None:
    """E7: only who was told to stay away stays away."""
    assert await one.cool_off("okx", Silent("no data")) == 0.0
    assert await one.ask("okx", CONNECT, RATE) == 0.0


async def test_worker_keeps_to_the_limits_alone_while_redis_is_away(own_redis: RedisServer, clock: ManualClock) -> None:
    """R1 E5: sessions go on, within what this worker has seen."""
    store = LiveStore(own_redis.url)
    worker = Allowance(store, clock)
    own_redis.stop()
    for _ in range(5):
        assert await worker.ask("okx", CONNECT, RATE) == 0.0
    assert await worker.ask("okx", CONNECT, RATE) == 60.0
    for _ in range(2):
        assert await worker.ask("gateio", REST, RATE, cost=2) == 0.0
    assert await worker.ask("gateio", REST, RATE, cost=2) == 60.0
    assert await worker.cool_off("htx", HandshakeRefused(403)) == 600.0
    await clock.advance(300.0)
    assert await worker.ask("htx", CONNECT, RATE) == 300.0
    assert await worker.ask("okx", CONNECT, RATE) == 0.0
    await store.close()
