"""What each role may do in an embedded Redis: all of its own work, done by the product's own code, and nothing else."""

import subprocess
from collections.abc import AsyncIterator, Iterator
from threading import Event

import pytest
import pytest_asyncio
import redis
from celery import Celery
from celery.contrib.testing.worker import start_worker
from channels_redis.pubsub import RedisPubSubChannelLayer
from redis.backoff import NoBackoff
from redis.retry import Retry

from feeds.pace import Rate
from feeds.storage import commands, keys, latest
from feeds.storage.consumer import LogConsumer
from feeds.storage.live import LiveStore
from feeds.storage.look import ServerEye
from feeds.storage.redis import RedisDown
from feeds.storage.redis import Server as StoredOn
from omega_site.celery import app as product_app
from omega_site.embedded_redis import redis_program
from omega_site.redis_addresses import Role, Server, address_file
from tests.feeds.samples import logged, price_state
from tests.waiting import wait_in_thread_until

PRICE = keys.price("main", "BTC-USDT")
# What would end, empty, stall or copy the server, or show what others say to it.
DANGEROUS = [
    "MONITOR",
    "FLUSHALL",
    "FLUSHDB",
    "SWAPDB 0 1",
    "KEYS *",
    "CONFIG GET requirepass",
    "CONFIG SET maxmemory-policy allkeys-lru",
    "DEBUG SLEEP 0",
    "SHUTDOWN NOSAVE",
    "REPLICAOF 127.0.0.1 9",
    "MIGRATE 127.0.0.1 9 key 0 10",
    "SCRIPT FLUSH",
    "SCRIPT KILL",
    "FUNCTION FLUSH",
    "CLIENT LIST",
    "CLIENT PAUSE 1",
    "ACL LIST",
    "ACL SETUSER web +@all",
    "SLOWLOG GET",
    "BGREWRITEAOF",
    "SAVE",
    "MODULE LIST",
]
Urls = dict[Role, str]


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Urls]:
    """A running server as the supervisor starts it: its address for each role."""
    folder = tmp_path_factory.mktemp("data")
    program = redis_program(folder, Server.PRIMARY)
    server = subprocess.Popen(program.arguments, stdin=subprocess.PIPE, text=True)
    assert server.stdin
    with server.stdin:
        server.stdin.write(program.stdin)
    urls = {role: address_file(folder, Server.PRIMARY, role).read_text() for role in Role}
    with client(urls[Role.OPERATOR]) as operator:
        wait_in_thread_until(lambda: answers(operator))
    yield urls
    server.terminate()
    server.wait(5)


def client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url)


def answers(operator: redis.Redis) -> bool:
    try:
        return bool(operator.ping())
    except redis.ConnectionError:
        return False


@pytest.fixture(autouse=True)
def _empty(urls: Urls) -> None:
    with client(urls[Role.OPERATOR]) as operator:
        operator.flushall()


@pytest_asyncio.fixture
async def worker(urls: Urls) -> AsyncIterator[LiveStore]:
    store = LiveStore(urls[Role.WORKER])
    yield store
    await store.close()


@pytest_asyncio.fixture
async def web(urls: Urls) -> AsyncIterator[LiveStore]:
    store = LiveStore(urls[Role.WEB])
    yield store
    await store.close()


async def test_worker_keeps_what_it_heard(worker: LiveStore) -> None:
    """S13: the log, the newest state, rejected frames and a venue's limits, all through the real store."""
    await worker.append([latest.encode(logged(1))])
    assert await worker.write_state({PRICE: price_state(1, 1)}) == 1
    await worker.keep_rejected([latest.RejectedFrame("binance", "json", "x", logged(1).received_at)])
    assert await worker.spend("binance", "rest", Rate(1, 60.0), 1) == 0
    assert await worker.cool_off("binance", 5, "429") > 0
    assert await worker.count_ban("binance", 60) == 1
    await worker.forgive("binance")
    assert len(await worker.read_log_end(10)) == 1


async def test_worker_drains(worker: LiveStore, urls: Urls) -> None:
    """S13: the group, its pending entries, what is set aside, and the trimming."""
    await worker.append(latest.encode(logged(number)) for number in range(3))
    consumer = LogConsumer("one", urls[Role.WORKER])
    consumer.join()
    entries = consumer.read(10)
    assert consumer.claim_abandoned(idle_ms=0, limit=10) == entries
    consumer.acknowledge([entry_id for entry_id, _ in entries])
    consumer.trim(before_ms=0)
    consumer.close()
    with client(urls[Role.WORKER]) as plain:
        plain.xgroup_setid(keys.TRADE_LOG, keys.TRADE_LOG_GROUP, "0")
        assert plain.info("memory")["maxmemory_policy"] == "noeviction"
        assert [*plain.scan_iter(match="trade_log*")] == [keys.TRADE_LOG.encode()]


async def test_pages_read_everything(worker: LiveStore, web: LiveStore) -> None:
    """S13: newest state, the log and rejected frames."""
    await worker.append([latest.encode(logged(1))])
    await worker.write_state({PRICE: price_state(1, 1)})
    await worker.keep_rejected([latest.RejectedFrame("binance", "json", "x", logged(1).received_at)])
    assert await web.read([PRICE]) == [latest.encode(price_state(1, 1))]
    assert len(await web.read_log(b"0", 10)) == len(await web.read_log_end(10)) == 1
    assert len(await web.read_rejected(["binance"])) == 1


def test_pages_see_whether_the_server_can_be_used(urls: Urls) -> None:
    """S13: the look of the operator's page: its own words, and a log without a group, unread, and half read."""
    eye = ServerEye(urls[Role.WEB])
    with client(urls[Role.WORKER]) as plain:
        for _ in range(2):
            plain.xadd(keys.TRADE_LOG, {"trade": "x"})
        assert eye.look().waiting == 2
        plain.xgroup_create(keys.TRADE_LOG, keys.TRADE_LOG_GROUP, id="0")
        assert eye.look().waiting == 2
        plain.xreadgroup(keys.TRADE_LOG_GROUP, "one", {keys.TRADE_LOG: ">"}, count=1)
        looked = eye.look()
    assert (looked.role, looked.policy, looked.problem, looked.waiting) == ("master", "noeviction", "", 2)


async def test_pages_probe_the_servers(urls: Urls) -> None:
    """S13: what the store of a page does every ten seconds: something is written and read back."""
    server = StoredOn("primary", urls[Role.WEB])
    assert 0 < ((await server.ask(commands.probe)).memory_used or 0) < 1
    await server.close()


async def test_connection_test_counts_in_the_limits(web: LiveStore) -> None:
    """S13: a connection test runs in the web process, spends like a worker, and tells all what the venue wished."""
    assert await web.spend("binance", "connect", Rate(1, 60.0), 1) == 0
    assert await web.spend("binance", "connect", Rate(1, 60.0), 1) > 0
    assert await web.cool_off("binance", 5, "429") > 0
    assert await web.read_cool_off("binance") == "429"
    assert await web.count_ban("binance", 60) == 1
    await web.forgive("binance")


async def test_pages_tell_who_listens_and_what_they_publish(web: LiveStore, worker: LiveStore) -> None:
    """S13: sockets live in the web process, and so does what their clients say to each other."""
    await web.tell_clients("web:1", b"[]")
    assert await web.read_clients() == await worker.read_clients() == [b"[]"]
    await web.forget_clients("web:1")
    assert await web.read_clients() == []
    await web.publish([b"1", b"2"])
    assert len((await web.read_logs({}, 10, keys.PUBLISHED_LOG))["primary"]) == 2


async def test_pages_log_no_trade(web: LiveStore, urls: Urls) -> None:
    """S13: a hole in a page cannot make up what the market said, nor wipe it."""
    with pytest.raises(RedisDown, match="NoPermission"):
        await web.append([latest.encode(logged(1))])
    with client(urls[Role.WEB]) as plain, pytest.raises(redis.ResponseError, match="no permissions"):
        plain.delete(keys.TRADE_LOG)


async def test_pages_write_no_price(web: LiveStore, urls: Urls) -> None:
    """S13: nor by a script that does not say which keys it means."""
    with pytest.raises(RedisDown, match="NoPermission"):
        await web.write_state({PRICE: price_state(1, 1)})
    script = "return redis.call('SET', ARGV[1], 'x')"
    with client(urls[Role.WEB]) as plain, pytest.raises(redis.ResponseError, match="can't access"):
        plain.eval(script, 0, PRICE)


@pytest.mark.parametrize("role", [Role.WORKER, Role.WEB])
@pytest.mark.parametrize("command", DANGEROUS)
def test_dangerous_command_is_refused(urls: Urls, role: Role, command: str) -> None:
    """S13: no program may end, empty or reconfigure the server, or listen to the others."""
    with client(urls[role]) as plain, pytest.raises(redis.ResponseError, match="no permissions|not allowed"):
        plain.execute_command(*command.split())


def test_operator_may_look_and_change(urls: Urls) -> None:
    """M-13: monitor shows positions and sockets by name, to a person."""
    with client(urls[Role.OPERATOR]) as operator, operator.monitor() as monitor, client(urls[Role.WORKER]) as worker:
        worker.set("ws_status", "x")
        assert any("ws_status" in said["command"] for said in monitor.listen() if said["client_type"] != "lua")
        assert operator.config_set("maxmemory", "512mb")
        assert operator.config_set("maxmemory", "1gb")


def test_stranger_may_do_nothing(urls: Urls) -> None:
    """S13: neither without a password nor as the default user."""
    port = int(urls[Role.WEB].rpartition(":")[2].split("/")[0])
    for password in (None, "guess"):
        stranger = redis.Redis(port=port, password=password, retry=Retry(NoBackoff(), 0))
        with stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()


def test_pages_may_ask_and_workers_do(urls: Urls) -> None:
    """S13: a task that the web process sends is run by a real Celery worker, each in its own role."""
    done = Event()
    with Celery("web", broker=urls[Role.WEB]) as sender, Celery("worker", broker=urls[Role.WORKER]) as runner:
        runner.task(name="told")(done.set)
        with start_worker(runner, pool="solo", perform_ping_check=False):
            sender.send_task("told", ignore_result=True)
            assert done.wait(10)
            assert runner.control.ping(timeout=1)
    product_app.set_current()


async def test_pages_use_the_channel_layer(urls: Urls) -> None:
    """S13: Channels' groups work for the web role."""
    layer = RedisPubSubChannelLayer(hosts=[urls[Role.WEB]])
    channel = await layer.new_channel()
    await layer.group_add("everybody", channel)
    await layer.group_send("everybody", {"type": "hello"})
    assert await layer.receive(channel) == {"type": "hello"}
    await layer.flush()
