"""What machines may ask, as whom, and in which words they are answered."""

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import Group
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text
from pytest_django import Settings

from dashboard.system.system import System
from dashboard.system.watch import WATCH, Watch
from feeds.clock import SystemClock
from feeds.storage import counts, keys, lease
from feeds.storage.latest import encode
from feeds.storage.market_look import Market, read_market
from feeds.tally import RECEIVED, REJECTED, Series
from tests.dashboard.access.people import people
from tests.dashboard.conftest import Visitor
from tests.dashboard.samples import NOON, feed_state, price_state, trade
from tests.dashboard.system.asking import PORT, ask, put
from tests.dashboard.tokens.samples import token_of
from tests.redis_server import RedisServer
from tests.waiting import wait_in_thread_until

PATHS = ("/health", "/metrics", "/metrics/prometheus", "/redis/status")
PROMETHEUS = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1"
TOKEN = "monitoring-token-of-the-tests-0123456789"


@pytest.fixture(autouse=True)
def monitoring_token(settings: Settings) -> str:
    settings.MONITORING_TOKEN = TOKEN
    return TOKEN


@pytest.fixture
def counted(shared_redis: RedisServer, redis_server: str, transactional_db: None) -> None:
    """What some process told, and what the watch knows of it."""
    with shared_redis.client() as client:
        counts.tell(client, "here", {Series(RECEIVED, "okx"): 12, Series(REJECTED, "okx", "crossed"): 2})
    wait_in_thread_until(lambda: bool(WATCH.system().trend.counts))


@pytest.mark.parametrize(
    ("who", "status"),
    [("anonymous", 401), ("user", 403), ("viewer", 403), ("operator", 200), ("admin", 200), ("token", 403)],
)
def test_each_kind_of_person_sees_what_they_may(
    transactional_db: None, redis_server: str, who: str, status: int
) -> None:
    """S18, D-05: by session or by token; /health tells everybody one word, and operators the rest."""
    headers = people()[who].headers
    for path in PATHS[1:]:
        assert async_to_sync(put)(path, headers).status == status
    assert (set(async_to_sync(put)("/health", headers).json()) == {"status"}) == (status != 200)


def test_a_program_is_told_what_its_owner_may_see(visitor: Visitor, redis_server: str) -> None:
    """S18: a token narrows what its owner may; one of somebody who may not operate is refused, and says so."""
    lease.claim("feed:main", "host:1:1")
    token = token_of(visitor.user)[1]
    assert [ask(path, token=token).status for path in PATHS] == [200, 403, 403, 403]
    assert set(ask("/health", token=token).json()) == {"status"}
    visitor.user.groups.add(Group.objects.get(name="Operator"))
    assert [ask(path, token=token).status for path in PATHS] == [200] * 4
    assert ask("/metrics", token=token_of(visitor.user, topics=["price"])[1]).status == 403


@pytest.mark.parametrize("token", ["", "wrong", "omega_abcdefgh_" + "x" * 43, TOKEN[:-1], TOKEN + "x", "ümlaut"])
def test_who_has_no_token_is_told_how_to_get_in(transactional_db: None, redis_server: str, token: str) -> None:
    """S18: and nothing else: no host, no version, no path."""
    for path in PATHS[1:]:
        answer = ask(path, token=token)
        assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert answer.json() == {"error": "Log in, or send a token: Authorization: Bearer TOKEN."}
    assert set(ask("/health", token=token).json()) == {"status"}


def test_the_monitoring_token_needs_no_database(redis_server: str) -> None:
    """R15: what tells that the database is away must not ask it. This test has none: in any thread a query fails."""
    assert [ask(path, token=TOKEN).status for path in PATHS] == [200] * 4
    assert ask("/health", token=TOKEN).json()["status"] == "degraded"
    assert ask("/metrics", token="not so").status == 401


def test_health_says_what_a_person_wants_to_know(
    shared_redis: RedisServer, redis_server: str, transactional_db: None
) -> None:
    """L-12: every field; the price is that of the feed's first instrument."""
    now = SystemClock().now()
    lease.claim("feed:main", "host:1:1")
    with shared_redis.client() as client:
        client.set(keys.price("main", "BTC-USDT"), encode(price_state(trade(1, "64000.5", now), now)))
        client.set(keys.feed("main"), encode(feed_state(now)))
    wait_in_thread_until(lambda: ask("/health", token=TOKEN).json()["last_price"] is not None)
    told = ask("/health", token=TOKEN).json()
    fields = ("status", "redis", "websocket", "last_price", "active_exchange", "version")
    assert [told[name] for name in fields] == ["healthy", "up", "connected", "64000.5", "binance", "0.1.0"]
    assert 0 <= told["last_price_age_s"] < 30
    assert told["uptime_s"] >= 0


def test_metrics_are_json_for_whoever_does_not_scrape(counted: None) -> None:
    """L-13, F-21, B-15: the fields, and what was counted."""
    for accept in ("*/*", "application/json", "", "text/html,*/*;q=0.8"):
        told = ask("/metrics", token=TOKEN, accept=accept)
        assert told.headers["content-type"] == "application/json"
    found = told.json()
    assert found["messages"]["received"]["total"] == 12
    assert found["rejected_by_reason"] == {"crossed": 2}
    assert set(found["messages"]) >= {"received", "accepted", "rejected", "stored", "published"}
    assert set(found["processing_ms"]) == {"venue", "accept", "log", "handed", "painted"}
    assert set(found["operations"]) == {"redis", "database", "rest"}
    assert {"errors", "sockets", "data_size", "venues", "uptime_s", "last_update_at"} <= set(found)


@pytest.mark.parametrize(
    ("path", "accept", "content_type"),
    [
        ("/metrics", PROMETHEUS, "application/openmetrics-text"),
        ("/metrics", "text/plain;version=0.0.4", "text/plain; version=0.0.4"),
        ("/metrics/prometheus", "*/*", "text/plain; version=0.0.4"),
        ("/metrics/prometheus", PROMETHEUS, "application/openmetrics-text"),
    ],
)
def test_prometheus_reads_what_was_counted(counted: None, path: str, accept: str, content_type: str) -> None:
    """L-13: in either of its formats, by its own parsers."""
    answer = ask(path, token=TOKEN, accept=accept)
    assert answer.headers["content-type"].startswith(content_type)
    read = read_openmetrics if "openmetrics" in content_type else read_text
    samples = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in read(answer.text)
        for sample in family.samples
    }
    assert samples["omega_trades_received_total", ("venue", "okx")] == 12
    assert samples["omega_rejected_total", ("reason", "crossed"), ("venue", "okx")] == 2
    assert samples["omega_delay_seconds_count", ("hop", "log")] == 0


def test_the_port_for_machines_has_no_pages(redis_server: str, transactional_db: None) -> None:
    """L-10: whatever the Host says, the paths for machines answer there, and nothing else does."""
    for path in ("/", "/login/", "/admin/", "/metrics/", "/health/", "/static/x.js"):
        assert ask(path, port=PORT).status == 404
        assert ask(path).text == "a page"
    for path in ("/live", "/ready", *PATHS):
        assert ask(path, port=PORT, token=TOKEN).status in (200, 503)


def test_a_process_says_that_it_lives_before_it_looked_at_anything() -> None:
    """L-12: an orchestrator that waits for Redis would restart the site for it."""

    class Blind(Watch):
        def system(self, patience_s: float = 0) -> System:
            raise AssertionError("somebody looks")

    answer = ask("/live", watch=Blind(SystemClock()), port=PORT)
    assert (answer.status, answer.body) == (200, b"ok")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_machines_only_ask(redis_server: str, transactional_db: None, method: str) -> None:
    """Nothing is changed here, so nothing else is taken; HEAD is GET without a body."""
    answer = ask("/health", method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")
    head = ask("/health", method="HEAD")
    assert (head.status, head.body) == (ask("/health").status, b"")


def test_nothing_that_is_told_is_kept_on_the_way(counted: None) -> None:
    """No proxy answers with what was true a while ago."""
    for path in ("/live", "/ready", *PATHS):
        assert ask(path, token=TOKEN).headers["cache-control"] == "private, no-store"


def test_a_price_grows_old_and_does_not_vanish(redis_server: str, shared_redis: RedisServer, db: None) -> None:
    """V-13: Redis forgets a price after a minute; that it is stale has to be told longer than that."""
    with shared_redis.client() as client:
        client.set(keys.price("main", "BTC-USDT"), encode(price_state(trade(1, "64000"), NOON)))
        market, followed = Market(), [("main", "BTC-USDT")]
        market.look(followed, [read_market(client, followed)])
        client.flushall()
        seen = market.look(followed, [read_market(client, followed)])
    assert seen.prices["main", "BTC-USDT"].seen_at == NOON
