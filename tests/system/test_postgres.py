"""The whole system on a PostgreSQL that has few connections to give."""

import http.client
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Final

import psycopg
import pytest

from tests.postgres_server import PostgresServer, ask
from tests.system.stack import Stack, running_stack
from tests.waiting import wait_in_thread_until as wait_until

pytestmark = pytest.mark.system

CONNECTIONS: Final = 12
WEB_CONNECTIONS: Final = 4
OF_THE_WEB: Final = "FROM pg_stat_activity WHERE application_name = 'omega web'"
ROWS: Final = "SELECT count(*) FROM feeds_trade"


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    server = PostgresServer("-c", f"max_connections={CONNECTIONS}")
    yield server
    server.remove()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer) -> Iterator[Stack]:
    """A worker that stores trades, and a web."""
    for stack in running_stack(tmp_path_factory.mktemp("stack")):
        stack.environment["DATABASE_URL"] = postgres.url
        stack.start_redis()
        stack.start_exchange()
        stack.migrate()
        stack.start_worker()
        stack.start_web()
        wait_until(lambda: postgres.ask(ROWS), 20, "trades are stored")
        yield stack


def ask_for_page(stack: Stack) -> http.client.HTTPResponse:
    """A page that has to look a login up."""
    connection = http.client.HTTPConnection("127.0.0.1", stack.web_port, timeout=10)
    connection.request("GET", "/", headers={"Cookie": "omega_session=unknownunknownunknownunknown"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def take_all(server: PostgresServer, taken: ExitStack) -> None:
    """Takes connections until there is none left."""

    def take() -> bool:
        try:
            taken.enter_context(server.connect())
        except psycopg.OperationalError as error:
            return "too many clients" in str(error)
        return False

    wait_until(take, what="the server has no connection left")


def test_crowd_of_pages_leaves_connections_to_the_workers(stack: Stack, postgres: PostgresServer) -> None:
    """D4: fifty pages at a time share four connections, none fails, and trades are stored meanwhile."""
    before = postgres.ask(ROWS)
    counted: list[int] = []
    with ThreadPoolExecutor(50) as crowd, postgres.connect() as watcher:
        answers = [crowd.submit(ask_for_page, stack) for _ in range(200)]

        def are_answered() -> bool:
            counted.append(ask(watcher, f"SELECT count(*) {OF_THE_WEB}"))
            return all(answer.done() for answer in answers)

        wait_until(are_answered, 20, "every page is answered")
    assert {answer.result().status for answer in answers} == {302}
    assert 1 < max(counted) <= WEB_CONNECTIONS
    wait_until(lambda: postgres.ask(ROWS) > before)


def test_page_without_a_connection_is_told_to_come_again(stack: Stack, postgres: PostgresServer) -> None:
    """D4: strangers hold every connection. Trades are stored all the same, and pages are there again soon after."""
    with postgres.connect() as watcher, ExitStack() as taken:

        def refused() -> http.client.HTTPResponse | None:
            """A worker gives some of its connections back, so it may take more than one go."""
            ask(watcher, f"SELECT pg_terminate_backend(pid) {OF_THE_WEB}")
            take_all(postgres, taken)
            answer = ask_for_page(stack)
            return answer if answer.status == 503 else None

        answer = wait_until(refused, 15, "a page is refused")
        assert answer is not None
        assert answer.getheader("Retry-After") == "5"
        before = ask(watcher, ROWS)
        wait_until(lambda: ask(watcher, ROWS) > before, what="trades are stored")
    wait_until(lambda: ask_for_page(stack).status == 302, what="the page is there again")
