"""Newest state is copied to a server that comes back: critical keys first, never over what is newer."""

import asyncio
import json
from collections.abc import Callable, Iterator

import pytest
import redis

from feeds.clock import Clock
from feeds.storage import keys, latest, status
from feeds.storage.status import Conflict, SyncStatus
from feeds.storage.sync import AGAIN_AFTER_S, BATCH_SIZE, TURN_S, WRITTEN_WITHIN_S, Fate, copy_state, fate
from tests.clock import ManualClock
from tests.feeds.samples import price_state
from tests.redis_server import RedisServer

KEY = keys.price("main", "BTC-USDT")
Pair = tuple[RedisServer, RedisServer]


def state(fence: int, version: int, value: str = "x") -> bytes:
    return json.dumps({"v": value, "fence": fence, "version": version}).encode()


@pytest.mark.parametrize(
    ("offered", "held", "expected"),
    [
        (state(1, 1), None, Fate.COPY),
        (state(1, 2), state(1, 1), Fate.COPY),
        (state(2, 1), state(1, 9), Fate.COPY),
        (state(1, 1), b"by hand", Fate.COPY),
        (state(1, 1), state(1, 1), Fate.SKIP),
        (state(1, 1, "y"), state(1, 1, "x"), Fate.CONFLICT),
        (state(1, 9), state(2, 1), Fate.CONFLICT),
        (None, state(1, 1), Fate.SKIP),
        (b"17", None, Fate.SKIP),
        (b'{"fence": 1}', None, Fate.SKIP),
        (b"no json", state(1, 1), Fate.SKIP),
    ],
)
def test_higher_fence_and_version_wins(offered: bytes | None, held: bytes | None, expected: Fate) -> None:
    """V-19: only newest state is copied, a lower one never over a higher one, and two that differ are a conflict."""
    assert fate(offered, held) is expected


def copying(pair: Pair, clock: Clock) -> Iterator[None]:
    """To the primary."""
    return copy_state("primary", pair[0].url, pair[1].url, "e", clock)


@pytest.fixture
def copied(redis_pair: Pair, clock: ManualClock) -> Callable[[], SyncStatus]:
    """Copies to the primary; what is told of it, on both servers alike."""

    def copy() -> SyncStatus:
        for _ in copying(redis_pair, clock):
            asyncio.run(clock.advance(WRITTEN_WITHIN_S))
        told = [get(server, keys.sync("primary")) for server in redis_pair]
        assert told[0] == told[1] is not None
        return status.decode_sync(told[0] or b"")

    return copy


def test_log_says_what_was_copied_in_numbers(
    copied: Callable[[], SyncStatus], redis_pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    """N-01: for people: no object of ours."""
    put(redis_pair[1], {keys.price("main", "BTC-USDT"): state(1, 1)})
    caplog.set_level("INFO", "feeds.storage.sync")
    copied()
    assert "newest state is copied to the primary server: 1 copied, 0 skipped, 0 conflicts" in caplog.text


def put(server: RedisServer, values: dict[str, bytes], lifetime_ms: int | None = 60_000) -> None:
    with server.client() as client:
        for name, value in values.items():
            client.set(name, value, px=lifetime_ms)


def get(server: RedisServer, key: str) -> bytes | None:
    with server.client() as client:
        found: bytes | None = client.get(key)
        return found


def test_what_was_written_meanwhile_is_copied_with_its_lifetime(
    redis_pair: Pair, copied: Callable[[], SyncStatus]
) -> None:
    """L-02 F-18: newer and missing values arrive, and none lives longer for it. What never ends is no newest state."""
    primary, failover = redis_pair
    put(primary, {KEY: latest.encode(price_state(1, 1))})
    put(failover, {KEY: latest.encode(price_state(1, 2)), "other": b"17"}, 20_000)
    put(failover, {"ws_status": state(1, 1)}, None)
    status = copied()
    assert (status.copied, status.skipped, status.conflicts, status.pending) == (1, 2, 0, 0)
    assert status.finished_at
    assert latest.decode_price(get(primary, KEY) or b"").version == 2
    with primary.client() as client:
        assert 15_000 < client.pttl(KEY) <= 20_000
        assert not client.exists("ws_status", "other")


def test_conflicts_are_counted_and_the_first_twenty_listed(redis_pair: Pair, copied: Callable[[], SyncStatus]) -> None:
    """L-02: what the server that came back holds is as new or newer, and other: it stays."""
    primary, failover = redis_pair
    names = [f"ws_{number:02}" for number in range(25)]
    put(primary, {name: state(2, 1, "mine") for name in names})
    put(failover, {name: state(1, 7, "theirs") for name in names})
    status = copied()
    assert (status.copied, status.conflicts) == (0, 25)
    assert status.listed == [Conflict(name, (2, 1), (1, 7)) for name in names[:20]]
    assert get(primary, "ws_00") == state(2, 1, "mine")


def writes_to(server: RedisServer, copy: Callable[[], SyncStatus]) -> Iterator[str]:
    """The keys that a copy writes, in order, as the server sees them."""
    with server.client() as client, client.monitor() as monitor:
        copy()
        client.set("the end", b"")
        for said in monitor.listen():
            command = said["command"].split(" ")
            if command[:2] == ["SET", "the"]:
                return
            if command[0] == "SET" and said["client_type"] == "lua":
                yield command[1]


def test_order_can_be_watched(redis_pair: Pair, copied: Callable[[], SyncStatus]) -> None:
    """L-03: MONITOR on the returned server shows the critical keys first, over several batches."""
    _, failover = redis_pair
    rest = [f"other_{number:03}" for number in range(BATCH_SIZE + 50)]
    names = ["ws_status", "current_position", "position_targets", "latest:feed:main", "mm_trap_probability"]
    put(failover, {name: state(1, 1) for name in [*rest, *reversed(names)]})
    assert list(writes_to(redis_pair[0], copied)) == [*names, *rest]


def test_what_reaches_one_server_a_moment_later_is_no_conflict(redis_pair: Pair, clock: ManualClock) -> None:
    """L-02: a feed writes to both; what the first one has already is on the other one by the second look."""
    primary, failover = redis_pair
    put(primary, {KEY: state(2, 2), "ws_status": state(2, 1, "mine")})
    put(failover, {KEY: state(1, 9), "ws_status": state(1, 7, "theirs")})
    copy = copying(redis_pair, clock)
    next(copy)
    put(failover, {KEY: state(2, 2)})
    asyncio.run(clock.advance(WRITTEN_WITHIN_S))
    assert list(copy) == []
    told = status.decode_sync(get(primary, keys.sync("primary")) or b"")
    assert [conflict.key for conflict in told.listed] == ["ws_status"]


def test_wishes_of_venues_come_back(redis_pair: Pair, copied: Callable[[], SyncStatus]) -> None:
    """R8: a server that comes back empty knows whom to leave alone; the longer cool-off and a count of bans stay."""
    primary, failover = redis_pair
    put(failover, {keys.cool_off("htx"): b"ban: 403", keys.cool_off("okx"): b"short", keys.bans("htx"): b"3"}, 50_000)
    put(primary, {keys.cool_off("okx"): b"long"}, 90_000)
    copied()
    held = [get(primary, key) for key in (keys.cool_off("htx"), keys.cool_off("okx"), keys.bans("htx"))]
    assert held == [b"ban: 403", b"long", b"3"]
    with primary.client() as client:
        assert all(40_000 < client.pttl(key) <= 50_000 for key in (keys.cool_off("htx"), keys.bans("htx")))


def test_server_that_is_full_is_copied_from(redis_pair: Pair, clock: ManualClock) -> None:
    """L-02 R4: it takes no status any more, and what it holds is brought back all the same."""
    primary, failover = redis_pair
    put(failover, {KEY: state(1, 1)})
    with failover.client() as client:
        client.config_set("maxmemory", 1)
        with pytest.raises(redis.ResponseError, match="OOM|maxmemory"):
            client.set("one more", b"")
    assert list(copying(redis_pair, clock)) == []
    assert get(primary, KEY) == state(1, 1)
    assert get(failover, keys.sync("primary")) is None


class SlowLine(ManualClock):
    """Each look at it takes as long as a turn."""

    def monotonic(self) -> float:
        self._elapsed += TURN_S
        return super().monotonic()


def test_copy_gives_way_between_batches(redis_pair: Pair) -> None:
    """R3: over a slow line it holds up neither the log nor the renewal of the lease, and says how far it is."""
    put(redis_pair[1], {f"ws_{number:03}": state(1, 1) for number in range(3 * BATCH_SIZE)})
    copied = []
    for _ in copying(redis_pair, SlowLine()):
        told = status.decode_sync(get(redis_pair[0], keys.sync("primary")) or b"")
        copied.append((told.pending, told.copied))
    batches = [(left * BATCH_SIZE, (3 - left) * BATCH_SIZE) for left in (3, 2, 1, 0)]
    assert copied[:4] == batches


def test_other_server_that_is_away_holds_nobody_up(redis_pair: Pair, clock: ManualClock) -> None:
    """R2: it is tried again every ten seconds; nothing is told of a copy that was not."""
    primary, failover = redis_pair
    put(failover, {KEY: state(1, 1)})
    copy = copying(redis_pair, clock)
    failover.freeze()
    next(copy)
    failover.thaw()
    next(copy)
    assert get(primary, KEY) is None
    asyncio.run(clock.advance(AGAIN_AFTER_S))
    assert list(copy) == []
    assert get(primary, KEY) == state(1, 1)
