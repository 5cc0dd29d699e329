"""Two workers, each with lines of its own to PostgreSQL and Redis. One of them is cut off, and comes back."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres_server import PostgresServer
from tests.system.lines import Lines, lines_to
from tests.system.stack import Stack, running_stack
from tests.waiting import wait_in_thread_until as wait_until

pytestmark = pytest.mark.system
# From the database or from Redis, whichever it hears first.
KNOWS = ("feed:main stops: its lease is lost", "newest state is written by a later holder")
LEASE = "SELECT {} FROM feeds_lease WHERE resource = 'feed:main'"


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.remove()


@pytest.fixture
def stack(tmp_path: Path, server: PostgresServer) -> Iterator[Stack]:
    for stack in running_stack(tmp_path):
        stack.environment["DATABASE_URL"] = server.url
        stack.start_redis()
        stack.start_exchange()
        stack.migrate()
        yield stack


@pytest.fixture
def lines(stack: Stack, server: PostgresServer) -> Iterator[Lines]:
    """Of the worker that will be cut off; venues stay within its reach."""
    with lines_to((f"{server.url.split('@')[1].removesuffix('/postgres')}/.s.PGSQL.5432", 0)) as lines:
        lines.add("127.0.0.1", stack.redis_port)
        yield lines


def start_at_end_of(lines: Lines, stack: Stack) -> None:
    database, store = lines.ports
    before = dict(stack.environment)
    stack.environment |= {
        "DATABASE_URL": f"postgres://postgres@127.0.0.1:{database}/postgres",
        "REDIS_PORT": str(store),
    }
    stack.start_worker("far")
    stack.environment = before


def shown_fence(stack: Stack) -> int:
    return int((stack.price() or {}).get("fence", 0))


def test_sessions_of_a_worker_that_is_cut_off_move(stack: Stack, server: PostgresServer, lines: Lines) -> None:
    """W1 W4 R9: within 7 s; when it is back it publishes nothing, although it heard its venues all the time."""
    start_at_end_of(lines, stack)
    wait_until(lambda: shown_fence(stack), 20, "the far worker shows a price")
    stack.start_worker("near")
    wait_until(lambda: " ready." in stack.log("near"), 20, "the near worker is there")
    fence = server.ask(LEASE.format("fence"))

    lines.cut()
    cut = time.monotonic()
    wait_until(lambda: server.ask(LEASE.format("fence")) > fence, 10, "the lease has a new holder")
    assert time.monotonic() - cut <= 7.0
    wait_until(lambda: shown_fence(stack) > fence, 5, "the near worker shows a price")
    assert min(lines.unheard) > 0, "the line was not cut"

    lines.heal()
    fences = set()

    def is_over() -> bool:
        fences.add(shown_fence(stack))
        return any(end in stack.log("far") for end in KNOWS)

    wait_until(is_over, 10, "the far worker knows")
    assert min(fences) > fence
    assert server.ask(LEASE.format("fence")) > fence
