"""Celery's part: messages are nudges, and whoever enqueues never waits for a broker."""

import ast
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis
from celery import Celery
from django.conf import settings
from django.db import connections
from kombu.exceptions import OperationalError

from feeds import tasks
from feeds.models import Lease
from feeds.storage import lease
from feeds.worker import beat, sessions
from omega_site.celery import app as product_app
from tests.redis_server import RedisServer
from tests.waiting import Stopwatch

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]
ROOT = Path(__file__).resolve().parents[2]
RESOURCES = ["drain:primary", "feed:main"]
ENQUEUES = {"delay", "apply_async", "send_task", "apply"}
FIRES = 100


def broker_at(server: RedisServer) -> Iterator[Celery]:
    """A Celery application with the product's settings, whose broker is a Redis of the tests."""
    url = server.url.replace("unix://", "redis+socket://")
    with Celery("test", broker=url, set_as_current=True) as app:
        app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
        app.conf.task_publish_retry = settings.CELERY_TASK_PUBLISH_RETRY
        yield app
    product_app.set_current()


@pytest.fixture
def broker(shared_redis: RedisServer) -> Iterator[Celery]:
    yield from broker_at(shared_redis)


@pytest.fixture
def own_broker(own_redis: RedisServer) -> Iterator[Celery]:
    """One that the test freezes or stops."""
    yield from broker_at(own_redis)


def test_beat_asks_for_what_nobody_holds(broker: Celery, shared_redis: RedisServer) -> None:
    """W1: one message for each, with nothing in it but the name, and worth nothing after nine seconds."""
    lease.claim("drain:primary", "somebody")
    tasks.keep_sessions_running()
    with shared_redis.client() as client:
        (message,) = [json.loads(raw) for raw in client.lrange("celery", 0, -1)]
    assert message["headers"]["task"] == "feeds.tasks.hold"
    assert message["headers"]["argsrepr"] == "('feed:main',)"
    assert message["headers"]["expires"]


def test_beat_asks_for_nothing_when_all_is_held(broker: Celery, shared_redis: RedisServer) -> None:
    """W1: a healthy system is quiet."""
    for resource in RESOURCES:
        lease.claim(resource, "somebody")
    tasks.keep_sessions_running()
    with shared_redis.client() as client:
        assert client.llen("celery") == 0


def test_two_beats_do_no_double_work(broker: Celery, shared_redis: RedisServer) -> None:
    """W9: whatever fires however often at once, beat is one lease, and what is held is not asked for."""
    for resource in RESOURCES:
        lease.claim(resource, "somebody")

    def fire(_: int) -> None:
        for _ in range(FIRES):
            tasks.keep_sessions_running()
        connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(fire, range(2)))
    assert Lease.objects.filter(resource=beat.BEAT).count() == 1
    with shared_redis.client() as client:
        assert client.llen("celery") == 0


@pytest.mark.parametrize("is_warm", [False, True], ids=["first call", "open connection"])
def test_frozen_broker_is_an_error_within_three_seconds(
    own_broker: Celery, own_redis: RedisServer, is_warm: bool
) -> None:
    """R12: nobody who enqueues waits for ever, as kombu would."""
    if is_warm:
        tasks.keep_sessions_running.delay()
    own_redis.freeze()
    watch = Stopwatch()
    with pytest.raises(OperationalError):
        tasks.keep_sessions_running.delay()
    assert watch.seconds() < 3.0
    assert tasks._waiting() is None
    own_redis.thaw()
    tasks.keep_sessions_running.delay()
    assert tasks._waiting()


def test_stopped_broker_is_an_error_at_once(own_broker: Celery, own_redis: RedisServer) -> None:
    """R12: and so is one that is not there."""
    own_redis.stop()
    watch = Stopwatch()
    with pytest.raises(OperationalError):
        tasks.keep_sessions_running.delay()
    assert watch.seconds() < 1.0


def test_broker_that_refuses_to_count_is_no_answer(own_broker: Celery, own_redis: RedisServer) -> None:
    """R12: what Redis says on an open connection ends no thread that asks again and again."""
    tasks.keep_sessions_running.delay()
    with own_redis.client() as client:
        client.acl_setuser("default", commands=["-llen"], enabled=True, nopass=True, keys=["*"], channels=["*"])
    assert tasks._waiting() is None


@pytest.mark.parametrize("error", [redis.ConnectionError, redis.TimeoutError, redis.ResponseError])
def test_errors_of_the_redis_client_are_known_to_the_broker(own_broker: Celery, error: type[Exception]) -> None:
    """R12: a reset in the middle of a question is raised as it is."""
    connection = own_broker.connection_for_read()
    assert issubclass(error, (*connection.connection_errors, *connection.channel_errors))


def test_no_page_enqueues() -> None:
    """R15: a request never waits for the broker; what people want is a row that the workers read."""
    pages = [
        *(ROOT / "dashboard").rglob("*.py"),
        *(ROOT / "positions").rglob("*.py"),
        *(ROOT / "omega_site").glob("*.py"),
    ]
    feeds = [path for path in (ROOT / "feeds").rglob("*.py") if path.name != "tasks.py"]
    calls = [
        f"{path.name}:{node.lineno}"
        for path in pages + feeds
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ENQUEUES
    ]
    assert calls == []


def test_hold_starts_a_thread_and_returns() -> None:
    """W13: a session fills no place among the tasks; a worker that is told to stop starts none."""
    sessions.stopping.set()
    tasks.hold("feed:main")
    assert "feed:main" not in {thread.name for thread in threading.enumerate()}
