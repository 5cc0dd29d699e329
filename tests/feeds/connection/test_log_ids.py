"""Lines of the log say whose they are: of which feed, at which venue, in which session."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from feeds.worker import sessions
from omega_site.log_line import formatter
from tests.exchange.server import Exchange
from tests.feeds.connection.running import running
from tests.waiting import wait_in_thread_until, wait_until


class Lines(logging.Handler):
    """What our applications log, as JSON."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(formatter("json"))
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler, logger = Lines(), logging.getLogger("feeds")
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)


@pytest.mark.parametrize(("name", "ids"), [("feed:main", {"feed": "main"}), ("leftovers", {"thread": "leftovers"})])
def test_thread_of_a_worker_is_named(lines: Lines, name: str, ids: dict[str, str]) -> None:
    """B-16: by what it holds."""
    sessions._run(name, logging.getLogger("feeds.test").warning, "said there")
    wait_in_thread_until(lambda: lines.lines)
    assert lines.lines[0].items() >= ids.items()


@pytest.mark.django_db(transaction=True)
async def test_session_of_a_feed_is_named(lively: Exchange, redis_server: str, lines: Lines) -> None:
    """B-16: whoever leads says so in its own session, by venue and number."""
    async with running():
        await wait_until(lambda: any(" leads: " in line["event"] for line in lines.lines), within=20.0)
    told = next(line for line in lines.lines if " leads: " in line["event"])
    assert told["event"].startswith(f"{told['venue']} leads")
    assert isinstance(told["session"], int)
    assert all("session" not in line for line in lines.lines if " starts with fence " in line["event"])
