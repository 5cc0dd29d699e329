"""The pair of Redis servers as its panel shows it (F-30)."""

from datetime import UTC, datetime

from msgspec.structs import replace

from dashboard.system.messages import Log
from dashboard.system.redis_pair import Throughput, redis_message
from dashboard.system.source import LogSource
from feeds.storage import keys
from feeds.storage.live import LiveStore
from feeds.storage.logbook import LogLine, encode
from feeds.storage.look import PairTold
from feeds.storage.status import PairStatus, ServerStatus
from tests.dashboard.samples import NOON, feed_state
from tests.dashboard.system.samples import away, server, system
from tests.redis_server import RedisServer


def test_each_server_says_how_it_does_and_a_dead_one_nothing() -> None:
    """F-30: state, latency, memory, commands, failed operations, what waits; a dash is not a zero."""
    status = ServerStatus("up", "", "", 0.4, operations=90, failures=2, good_probes=9, since_at=NOON)
    pair = PairTold(PairStatus("failover", "critical", 0, 3, NOON, "frozen", {"failover": status}), NOON)
    told = redis_message(system(away(), server(waiting=7, oldest_s=1.5, commands_per_s=34, pair=pair)), 12.5)
    primary, failover = told.servers
    assert (primary.state, primary.latency_ms, primary.waiting, primary.failures) == ("frozen", None, None, None)
    assert (failover.state, failover.is_active, failover.commands_per_s, failover.waiting) == ("up", True, 34, 7)
    assert (failover.operations, failover.failures) == (90, 2)
    assert (told.switches, told.since_at, told.reason, told.validated_per_s) == (3, NOON, "frozen", 12.5)


def test_throughput_is_that_of_all_venues_over_the_last_seconds() -> None:
    """F-30: a worker that begins anew counts from 0, and that is no negative rate."""
    throughput = Throughput()

    def note(accepted: int, now: float) -> float | None:
        state = feed_state(NOON)
        venues = [replace(each, accepted=accepted) for each in state.venues]
        return throughput.note([replace(state, venues=venues)], now)

    assert note(100, 0.0) is None
    assert note(150, 10.0) == 10.0
    assert note(150, 20.0) == 0.0
    assert note(0, 30.0) == 0.0
    assert throughput.note([], 40.0) is None


async def test_log_tells_what_is_new_newest_first_and_skips_what_makes_no_sense(own_redis: RedisServer) -> None:
    """B-16: once; while the server is away the last lines stay."""
    with own_redis.client() as client:
        client.xadd(keys.EVENT_LOG, {keys.EVENT_FIELD: b"{"})
        for second in (1, 2):
            line = LogLine(datetime(2026, 3, 1, 12, 0, second, tzinfo=UTC), "ERROR", "web 1", "feeds", str(second))
            client.xadd(keys.EVENT_LOG, {keys.EVENT_FIELD: encode(line)})
    source = LogSource(LiveStore())
    try:
        (told,) = await source.changes()
        assert isinstance(told, Log)
        assert [line.text for line in told.lines] == ["2", "1"]
        assert await source.changes() == []
        own_redis.stop()
        assert (await source.changes(), source.is_up, source.whole()) == ([], False, [told])
    finally:
        await source.close()
