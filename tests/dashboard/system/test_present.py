"""What is told of now: nothing of a server that is away, and nothing of a worker that is gone."""

from dataclasses import replace

import pytest
from msgspec.structs import replace as replace_struct
from prometheus_client.parser import text_string_to_metric_families as read_text

from dashboard.system.exposition import exposition
from dashboard.system.eye import Seen
from dashboard.system.measures import metrics_of
from dashboard.system.metrics import Sockets
from dashboard.system.system import System
from dashboard.system.trend import Trend
from dashboard.system.watch import WATCH
from feeds.market.latency import LOG
from feeds.storage import keys
from feeds.storage.allowance import REST
from feeds.storage.latest import Delay
from feeds.storage.market_look import MarketLook
from feeds.tally import CONNECTS, RECEIVED, Series
from feeds.venues import REGISTRY
from tests.dashboard.samples import NOON, feed_state
from tests.dashboard.system.samples import SINCE, database, server, system
from tests.dashboard.system.test_stale_prices import pricing
from tests.redis_server import RedisServer
from tests.waiting import wait_in_thread_until

Pair = tuple[RedisServer, RedisServer]


def gauges(seen: System) -> dict[tuple[str, str], float]:
    """By name and venue, "" where there is none."""
    text = exposition(seen, "text/plain")[0].decode()
    samples = [sample for family in read_text(text) for sample in family.samples]
    return {(sample.name, sample.labels.get("venue", "")): sample.value for sample in samples}


def fill(server: RedisServer, clients: int) -> None:
    """So many are connected, and the limit of Binance is used up."""
    lines = "[" + ",".join(['{"state":"connected"}'] * clients) + "]"
    with server.client() as client:
        now_ms = int(client.time()[0]) * 1000
        client.hset(keys.CLIENTS, "web", f"{now_ms} {lines}")
        client.zadd(keys.allowance("binance", REST), {f"{REGISTRY['binance'].rest.budget.count} 1": now_ms})


def shown() -> tuple[int | None, float | None]:
    """Clients, and the share of Binance's limit that is used."""
    found = WATCH.system(patience_s=5).shown
    return (found.clients, found.budgets.get("binance")) if found else (None, None)


def test_what_a_dead_server_said_of_now_is_not_told_any_more(redis_pair: Pair, transactional_db: None) -> None:
    """L-14, B-24: clients leave, and limits are free again, while the primary is away; of neither server: unknown."""
    primary, failover = redis_pair
    fill(primary, 3)
    wait_in_thread_until(lambda: shown() == (3, 1.0))
    primary.stop()
    wait_in_thread_until(lambda: shown() == (0, 0.0))
    failover.stop()
    wait_in_thread_until(lambda: shown() == (None, None))
    told = gauges(WATCH.system())
    assert ("omega_socket_clients", "") not in told
    assert ("omega_rest_budget_used_ratio", "binance") not in told
    assert metrics_of(WATCH.system()).sockets == Sockets()


def test_venues_of_a_feed_that_nobody_runs_are_unknown() -> None:
    """L-12, L-13: neither connected nor active, however well they did; what was counted of them stays."""
    binance = replace_struct(feed_state(NOON).venues[0], skew_ms=40, delays={LOG: Delay(1.0, 2.0, 3.0)})
    market = MarketLook({"main": replace_struct(feed_state(NOON), venues=[binance])}, {}, 0, {})
    trend = Trend({Series(RECEIVED, "binance"): 12})
    seen = replace(system(server(), server()), market=Seen(market, None, SINCE, NOON), trend=trend)
    gone = replace(seen, database=database(holders={}))
    figures = metrics_of(gone).venues["binance"]
    assert (figures.state, figures.is_active, figures.received) == ("unknown", False, 12)
    assert (figures.latency_ms_p50, figures.age_s) == (None, 0.0)
    told = [gauges(each) for each in (seen, gone)]
    assert [each["omega_venue_connected", "binance"] for each in told] == [1, 0]
    assert [each["omega_venue_active", "binance"] for each in told] == [1, 0]
    assert ["omega_venue_clock_skew_seconds" in {name for name, _ in each} for each in told] == [True, False]


def test_a_venue_of_two_feeds_is_as_the_one_says_that_a_worker_runs() -> None:
    """L-12: what the other one told last is no better."""
    stored = database(feeds=("main", "other"), holders={"feed:other": "host:1:1"})
    binance = metrics_of(replace(pricing(main=2, other=2), database=stored)).venues["binance"]
    assert (binance.state, binance.is_active) == ("connected", True)


@pytest.mark.parametrize(
    ("holders", "workers"),
    [
        ({}, 0),
        ({"backfill:okx": "host:7:1", "beat": "beat", "retention": "host:7:2", "probe:account:2": "8a1f"}, 0),
        ({"feed:main": "host:1:1", "drain:primary": "host:1:2", "backfill:okx": "host:7:1"}, 1),
        ({"feed:main": "host:1:1", "drain:primary": "other:1:2", "account:2": "host:2:1"}, 3),
    ],
)
def test_workers_are_those_that_run_what_only_workers_run(holders: dict[str, str], workers: int) -> None:
    """L-13: a command that fetches what is past is no worker that may be missed when it is done."""
    assert gauges(system(server(), server(), database(holders=holders)))["omega_workers", ""] == workers


def test_reconnections_are_those_of_all_feeds_and_workers() -> None:
    """F-21: a worker that begins anew does not make them fewer."""
    seen = replace(pricing(main=2), trend=Trend({Series(CONNECTS, "binance"): 8}))
    venues = metrics_of(seen).venues
    assert (venues["binance"].reconnects, venues["htx"].reconnects) == (7, 0)
