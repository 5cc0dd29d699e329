"""Worker processes that are stopped, frozen, fat, early, deaf or buried in tasks."""

import json
import signal
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.stack import Stack, running_stack
from tests.waiting import wait_in_thread_until as wait_until

pytestmark = pytest.mark.system
BACKLOG = 100_000


@pytest.fixture
def nothing(tmp_path: Path) -> Iterator[Stack]:
    """The exchange, and nothing of ours."""
    for stack in running_stack(tmp_path):
        stack.start_exchange()
        yield stack


def has_price_of(stack: Stack, fence: int) -> bool:
    return int((stack.price() or {}).get("fence", 0)) >= fence


def assert_nothing_lost(stack: Stack) -> None:
    """What was logged is stored, all of it, once."""
    logged = Counter((trade["venue"], trade["trade_id"]) for trade in stack.logged())
    wait_until(lambda: stack.drained(logged), 10, "the database has what the log had")


def nudge(stack: Stack, times: int = 1) -> None:
    """Beat's task, so often, as Celery writes it."""
    with stack.redis() as client:
        for start in range(0, times, 5000):
            client.lpush("celery", *(_message() for _ in range(min(5000, times - start))))


def _message() -> str:
    task = str(uuid.uuid4())
    properties = {
        "correlation_id": task,
        "delivery_info": {"exchange": "", "routing_key": "celery"},
        "delivery_mode": 2,
        "delivery_tag": task,
        "body_encoding": "base64",
    }
    headers = {"lang": "py", "task": "feeds.tasks.keep_sessions_running", "id": task, "root_id": task}
    body = "W1tdLCB7fSwge31d"  # [[], {}, {}]
    return json.dumps(
        {
            "body": body,
            "content-encoding": "utf-8",
            "content-type": "application/json",
            "headers": headers,
            "properties": properties,
        }
    )


def waiting(stack: Stack) -> int:
    with stack.redis() as client:
        return int(str(client.llen("celery")))


@pytest.mark.parametrize(("how", "within"), [("stop", 1.0), ("quit", 7.0)])
def test_worker_that_is_told_to_end_loses_nothing(stack: Stack, how: str, within: float) -> None:
    """W2: SIGTERM gives the lease back, and a second later it is held again; SIGQUIT may be as bad as kill -9."""
    stack.start_worker("worker1")
    wait_until(lambda: len(stack.sent_ids("binance")) > 20, 20, "trades flow")
    _, fence = stack.lease()
    stack.start_worker("worker2")
    wait_until(lambda: " ready." in stack.log("worker2"), 20, "the second worker is there")

    assert stack.end("worker1", how) <= 5.0
    ended = time.monotonic()
    wait_until(lambda: stack.lease()[1] > fence, 10, "the lease has a new holder")
    assert time.monotonic() - ended <= within
    wait_until(lambda: has_price_of(stack, fence + 1), 5, "the new holder shows a price")
    assert_nothing_lost(stack)


def test_frozen_worker_publishes_nothing_when_it_is_thawed(stack: Stack) -> None:
    """W4: SIGSTOP until another one shows the price, then CONT: no value of the old fence from then on."""
    workers = {name: stack.start_worker(name) for name in ("worker1", "worker2")}
    wait_until(stack.price, 20, "a price is shown")
    wait_until(lambda: all(" ready." in stack.log(name) for name in workers), 20, "both workers are there")
    holder, fence = stack.lease()
    [frozen] = [name for name, worker in workers.items() if worker.pid == int(holder.split(":")[1])]

    stack.freeze(frozen)
    stopped = time.monotonic()
    wait_until(lambda: stack.lease()[1] > fence, 10, "the lease has a new holder")
    assert time.monotonic() - stopped <= 7.0
    wait_until(lambda: has_price_of(stack, fence + 1), 5, "the new holder shows a price")

    workers[frozen].send_signal(signal.SIGCONT)
    fences = set()

    def is_over() -> bool:
        fences.add((stack.price() or {}).get("fence", 0))
        return "feed:main stops: its lease is lost" in stack.log(frozen)

    wait_until(is_over, 5, "the old holder knows")
    assert min(fences) > fence
    assert "the whole process stood still" in wait_until(lambda: stack.log(frozen), 5)
    assert_nothing_lost(stack)


def test_worker_that_leaks_hands_over(stack: Stack) -> None:
    """W6 D-07: above its ceiling it ends by itself, politely, long before the system would end it, and says why."""
    stack.environment["WORKER_MEMORY_MAX_MB"] = "350"
    worker = stack.start_worker("leaky", module="tests.system.leaky")
    wait_until(stack.price, 20, "a price is shown")
    worker.wait(30)
    assert worker.returncode == 0
    assert stack.log("leaky").count("this worker hands over: it has 3") == 1
    wait_until(lambda: {c["close_code"] for c in stack.connections()} == {1000}, 2, "every connection is closed")
    assert stack.lease()[0] == ""
    told = "SELECT state, reason FROM feeds_healthsnapshot WHERE subject LIKE 'worker:%' ORDER BY id"
    (started, _), (stopped, why) = stack.rows(told)
    assert (started, stopped) == ("started", "stopped")
    assert why.startswith("it has 3")


@pytest.mark.parametrize("last", ["redis", "database"])
def test_worker_that_is_there_first_waits(nothing: Stack, last: str) -> None:
    """W12: no crash loop; ten seconds after what it needs is there, so is a price."""
    worker = nothing.start_worker()
    if last == "database":
        nothing.start_redis()
        wait_until(lambda: "cannot see who holds what" in nothing.log("worker"), 20, "the database is missed")
        nothing.migrate()
    else:
        nothing.migrate()
        wait_until(lambda: "redis is down" in nothing.log("worker"), 20, "Redis is missed")
        nothing.start_redis()
    there = time.monotonic()
    wait_until(nothing.price, 10, "a price is shown")
    assert time.monotonic() - there <= 10.0
    assert worker.poll() is None


def test_session_does_not_wait_behind_a_queue(stack: Stack) -> None:
    """W13: 100 000 tasks wait before the worker starts; the session is held at once, from the worker's own timer."""
    nudge(stack, BACKLOG)
    stack.start_worker()
    wait_until(lambda: waiting(stack) < BACKLOG, 20, "the worker takes tasks")
    taken = time.monotonic()
    wait_until(lambda: stack.lease()[0], 5, "the session is held")
    assert time.monotonic() - taken <= 2.0
    wait_until(stack.price, 10, "a price is shown")
    assert waiting(stack) > BACKLOG / 10


def test_worker_whose_broker_connections_are_reset_still_takes_tasks(stack: Stack) -> None:
    """R12: five times; no silent non-consumer, and the session never noticed."""
    stack.start_worker()
    wait_until(lambda: " ready." in stack.log("worker"), 20, "the worker is there")
    wait_until(stack.price, 20, "a price is shown")
    held = stack.lease()
    for _ in range(5):
        with stack.redis() as client:
            assert int(str(client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"))) > 0
        nudge(stack)
        wait_until(lambda: not waiting(stack), 15, "the task is taken")
    assert stack.lease() == held
    assert stack.lease("beat")[0] == "beat"
