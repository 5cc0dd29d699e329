"""The lines of a request, and of the tasks that it starts, have its id; a login is told by a hash."""

import json
import logging
from collections.abc import Iterator

import pytest
from celery import Celery
from celery.contrib.testing.worker import start_worker
from django.conf import settings as product
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings
from structlog.contextvars import bound_contextvars, get_contextvars

from omega_site.celery import app as product_app
from omega_site.log_context import HEADER, login
from omega_site.log_line import formatter
from tests.redis_server import RedisServer
from tests.waiting import wait_in_thread_until


class Lines(logging.Handler):
    """What was logged, as JSON."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(formatter("json"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Of Django and of this test; a worker that starts sets up the root logger anew."""
    handler, loggers = Lines(), [logging.getLogger(name) for name in ("django", "django_structlog", "feeds.test")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    yield handler
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


@pytest.mark.parametrize("given", ["", "short", "a" * 65, "with space in it", "line\tbreak-12345", "<script>alert(1)"])
def test_answer_names_its_request_and_a_foreign_id_must_be_plain(
    client: Client, settings: Settings, given: str
) -> None:
    """S15: what is no plain id is thrown away, and a new one is made."""
    settings.PROXY_HOPS = 1
    told = [client.get("/live", headers={HEADER: given})[HEADER] for _ in range(2)]
    assert told[0] != told[1]
    assert all(len(each) == 32 for each in told)


def test_plain_id_of_a_proxy_is_kept(client: Client, settings: Settings) -> None:
    """B-16: so that a request is found in both logs; the next one has another. Without a proxy it is anybody's."""
    assert client.get("/live", headers={HEADER: "proxy-7.a_1"})[HEADER] != "proxy-7.a_1"
    settings.PROXY_HOPS = 1
    assert client.get("/live", headers={HEADER: "proxy-7.a_1"})[HEADER] == "proxy-7.a_1"
    assert get_contextvars() == {}


def test_lines_of_a_request_have_its_id_and_no_session_key(
    client: Client, db: None, lines: Lines, settings: Settings
) -> None:
    """S11: who was it, without what would let somebody in; not even at DEBUG, and without the address of a link."""
    settings.PROXY_HOPS = 1
    client.force_login(User.objects.create_user("ada"))
    key = client.cookies[product.SESSION_COOKIE_NAME].value
    answer = client.get("/reset/MQ/token-of-a-letter/", headers={HEADER: "of-this-one"})
    client.get("/nothing/here/", headers={HEADER: "of-this-one"})
    assert answer.status_code < 500
    told = [json.loads(line) for line in lines.lines]
    warned = next(line for line in told if line["event"].startswith("Not Found"))
    assert (warned["request_id"], warned["login"]) == ("of-this-one", login(key))
    assert {line["request_id"] for line in told if line["logger"].startswith("django_structlog")} == {"of-this-one"}
    assert [line for line in lines.lines if key[:8] in line] == []


def test_task_has_the_id_of_the_request_that_started_it(shared_redis: RedisServer, lines: Lines) -> None:
    """B-16: through a real broker; its arguments are only what it was called with."""
    url = shared_redis.url.replace("unix://", "redis+socket://")
    with Celery("test", broker=url, set_as_current=True) as app:
        app.conf.broker_transport_options = product.CELERY_BROKER_TRANSPORT_OPTIONS
        app.steps["worker"] |= product_app.steps["worker"]

        @app.task
        def told() -> None:
            logging.getLogger("feeds.test").info("in the task")

        with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=5):
            with bound_contextvars(request_id="of-the-page"):
                sent = told.delay()
            wait_in_thread_until(lambda: any("in the task" in line for line in lines.lines))
    product_app.set_current()
    (line,) = [json.loads(line) for line in lines.lines if "in the task" in line]
    assert (line["request_id"], line["task_id"]) == ("of-the-page", sent.id)
