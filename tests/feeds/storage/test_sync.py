"""Newest state is copied to a server that comes back: critical keys first, never over what is newer."""

import json
from collections.abc import Callable, Iterator

import pytest

from feeds.storage import keys, latest
from feeds.storage.latest import Conflict, SyncStatus
from feeds.storage.sync import Fate, copy_state, fate, in_order
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


def test_critical_keys_come_first() -> None:
    """L-03: in the order of their beginnings, then the rest."""
    found = [b"candles", b"latest:feed:main", b"position_history", b"mm_trap_probability", b"current_position", b"ws_b"]
    assert in_order([*found, b"ws_a"]) == [
        b"ws_a",
        b"ws_b",
        b"current_position",
        b"position_history",
        b"latest:feed:main",
        b"mm_trap_probability",
        b"candles",
    ]


@pytest.fixture
def copied(redis_pair: Pair, clock: ManualClock) -> Callable[[], SyncStatus]:
    """Copies to the primary; what is told of it, on both servers alike."""
    primary, failover = redis_pair

    def copy() -> SyncStatus:
        copy_state("primary", primary.url, failover.url, "e", clock)
        told = [get(server, keys.sync("primary")) for server in redis_pair]
        assert told[0] == told[1] is not None
        return latest.decode_sync(told[0] or b"")

    return copy


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
    """L-02: newer and missing values arrive; none lives longer for it, and what stays for ever stays."""
    primary, failover = redis_pair
    put(primary, {KEY: latest.encode(price_state(1, 1))})
    put(failover, {KEY: latest.encode(price_state(1, 2)), "other": b"17"}, 20_000)
    put(failover, {"ws_status": state(1, 1)}, None)
    status = copied()
    assert (status.copied, status.skipped, status.conflicts, status.pending) == (2, 1, 0, 0)
    assert status.finished_at
    assert latest.decode_price(get(primary, KEY) or b"").version == 2
    with primary.client() as client:
        assert 15_000 < client.pttl(KEY) <= 20_000
        assert client.pttl("ws_status") == -1
        assert not client.exists("other")


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
    rest = [f"other_{number:03}" for number in range(150)]
    names = ["ws_status", "current_position", "position_targets", "latest:feed:main", "mm_trap_probability"]
    put(failover, {name: state(1, 1) for name in [*rest, *reversed(names)]})
    assert list(writes_to(redis_pair[0], copied)) == [*names, *rest]


def test_other_server_that_is_away_holds_nobody_up(redis_pair: Pair, clock: ManualClock) -> None:
    """R2: half a second for one that hangs, none for one that is stopped; nothing is told of a copy that was not."""
    primary, failover = redis_pair
    failover.freeze()
    copy_state("primary", primary.url, failover.url, "e", clock)
    failover.thaw()
    failover.stop()
    copy_state("primary", primary.url, failover.url, "e", clock)
    assert get(primary, keys.sync("primary")) is None
    failover.start()
