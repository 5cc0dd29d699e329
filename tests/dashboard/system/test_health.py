"""What web processes say of the system, with real servers that hang."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from dashboard.system.watch import WATCH
from feeds.storage import keys, lease
from feeds.storage.latest import encode
from feeds.storage.look import ServerEye
from feeds.storage.redis import RedisDown
from positions.models import Account
from tests.dashboard.accounts.putting import put
from tests.dashboard.accounts.samples import account_state, positions_state
from tests.dashboard.conftest import Visitor
from tests.dashboard.samples import price_state, trade
from tests.dashboard.system.asking import ask
from tests.redis_server import RedisServer
from tests.waiting import Stopwatch, wait_in_thread_until

Pair = tuple[RedisServer, RedisServer]
PAGES = ("/", "/system/", "/notices/", "/candles/BTC-USDT.json", "/admin/")


def seconds_of(call: Callable[[], object]) -> float:
    watch = Stopwatch()
    call()
    return watch.seconds()


def freeze(*servers: RedisServer) -> None:
    """Proves that they hang: they take a connection and say nothing."""
    for server in servers:
        server.freeze()
        with pytest.raises(RedisDown) as caught:
            ServerEye(server.url).look()
        assert caught.value.reason == "frozen"


def test_pages_answer_from_memory_while_both_servers_hang(
    operator: Visitor, redis_pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    """R15: correct within 3 s, /health in 300 ms at p99, every page within 1 s, and all say since when."""
    lease.claim("feed:main", "host:1:1")
    assert ask("/health", operator.client).json()["status"] == "healthy"
    freeze(*redis_pair)
    try:
        wait_in_thread_until(lambda: ask("/health", operator.client).status == 503, within=3.0)
        took = sorted(seconds_of(lambda: ask("/health", operator.client)) for _ in range(200))
        assert took[197] <= 0.3
        assert "/health" not in caplog.text
        assert all(seconds_of(lambda page=page: operator.client.get(page)) <= 1.0 for page in PAGES)  # type: ignore[misc]
        status = ask("/redis/status", operator.client).json()
        assert status["active"] == ""
        for name in ("primary", "failover"):
            assert (status[name]["up"], status[name]["state"]) == (False, "frozen")
            assert status[name]["since_at"]
        assert "The store of live data does not answer." in operator.client.get("/").content.decode()
        assert "Frozen" in operator.client.get("/system/").content.decode()
    finally:
        for server in redis_pair:
            server.thaw()
    # On a busy machine that took longer than a lease lasts and a price stays young.
    now = datetime.now(UTC)
    lease.claim("feed:main", "host:1:1")
    with redis_pair[0].client() as client:
        client.set(keys.price("main", "BTC-USDT"), encode(price_state(trade(1, "64000", now), now)))
    wait_in_thread_until(lambda: ask("/health", operator.client).status == 200, within=3.0)


def test_the_failover_server_is_named_while_the_primary_is_away(operator: Visitor, redis_pair: Pair) -> None:
    """L-01, L-05: within 2 s the page says who took over, and the status why."""
    ask("/health", operator.client)
    redis_pair[0].stop()
    wait_in_thread_until(lambda: WATCH.system().active == "failover", within=2.0)
    status = ask("/redis/status", operator.client).json()
    assert (status["active"], status["primary"]["state"], status["failover"]["state"]) == ("failover", "refused", "up")
    assert status["primary"]["failures"] >= 1
    assert status["primary"]["last_error"]
    assert "The second store of live data has taken over" in operator.client.get("/").content.decode()


def test_status_has_what_is_promised(operator: Visitor, redis_pair: Pair) -> None:
    """L-14: the fields, also before anything ever happened."""
    status = ask("/redis/status", operator.client).json()
    assert {"active", "scope", "primary", "failover", "switches", "last_switch", "sync", "log", "spool"} <= set(status)
    assert {"up", "state", "latency_ms", "failures", "last_error"} <= set(status["primary"])
    assert {"pending", "last", "conflicts"} <= set(status["sync"])
    assert status["failover"]["latency_ms"] < 250


def test_one_server_alone_is_enough(operator: Visitor, redis_server: str) -> None:
    """Without a second one nothing breaks, and the operator is told what that means."""
    lease.claim("feed:main", "host:1:1")
    assert ask("/health", operator.client).json()["status"] == "healthy"
    assert ask("/redis/status", operator.client).json()["failover"] is None
    assert "There is only one Redis server." in operator.client.get("/system/").content.decode()


def test_strangers_are_told_no_more_than_the_status(client: Client, visitor: Visitor, redis_server: str) -> None:
    """S18: neither addresses nor reasons nor versions leave without a login of staff."""
    for someone, page, refused in ((client, 403, 403), (Client(), 302, 401)):
        assert set(ask("/health", someone).json()) == {"status"}
        for path in ("/redis/status", "/metrics", "/metrics/prometheus"):
            answer = ask(path, someone)
            assert (answer.status, set(answer.json())) == (refused, {"error"})
        assert someone.get("/system/").status_code == page


def test_account_whose_key_was_revoked_is_told_to_staff(operator: Visitor, redis_pair: Pair) -> None:
    """B3, L-14: degraded for load balancers, never unhealthy; its number and the reason are for operators alone."""
    account = Account.objects.create(label="Main of Ada", owner=operator.user)
    Account.objects.create(label="Switched off", owner=operator.user, is_enabled=False)
    lease.claim("feed:main", "host:1:1")
    lease.claim(f"account:{account.pk}", "host:1:1")
    put(redis_pair[0].url, positions_state(account.pk), account_state(account.pk, datetime.now(UTC)))
    wait_in_thread_until(lambda: "<b>Live</b>" in operator.client.get("/system/").content.decode(), within=3.0)
    assert ask("/health", operator.client).json()["status"] == "healthy"
    put(redis_pair[1].url, account_state(account.pk, datetime.now(UTC), state="error", text="API key refused"))
    wait_in_thread_until(lambda: ask("/health", operator.client).json()["status"] == "degraded", within=3.0)
    assert ask("/health", operator.client).json()["reasons"] == [f"account {account.pk}: its line is in error"]
    page = operator.client.get("/system/").content.decode()
    assert '<a href="/positions/">Main of Ada</a>' in page
    assert "API key refused" in page
    assert "Switched off" not in page
    stranger = ask("/health")
    assert (stranger.status, stranger.json()) == (200, {"status": "degraded"})


@pytest.mark.parametrize("count", [1, 2])
def test_the_first_page_after_a_freeze_is_not_late(operator: Visitor, redis_pair: Pair, count: int) -> None:
    """R15: within 1 s also while nobody knows yet that one server hangs, or both."""
    operator.client.get("/")
    frozen = redis_pair[:count]
    for server in frozen:
        server.freeze()
    try:
        assert WATCH.system().is_up("primary")
        assert seconds_of(lambda: operator.client.get("/")) <= 1.0
        wait_in_thread_until(lambda: not WATCH.system().is_up("primary"), within=3.0)
    finally:
        for server in frozen:
            server.thaw()


def test_an_operator_reads_no_label_of_a_foreign_account(
    visitor: Visitor, ada_account: Account, bob_account: Account, redis_server: str
) -> None:
    """D-02: neither on the page of the system nor in /health; one's own is named."""
    visitor.user.groups.add(Group.objects.get(name="Operator"))
    told = [visitor.client.get("/system/").content.decode(), ask("/health", visitor.client).text]
    assert f"Account {bob_account.pk}" in told[0]
    assert f"account {bob_account.pk}: no worker follows it" in told[1]
    assert "Of Ada" in told[0]
    assert "SECRET" not in "".join(told)
