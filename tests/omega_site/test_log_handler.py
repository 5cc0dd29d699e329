"""Warnings and errors of every process reach the log in Redis, and whoever warns never waits for it (B-16, B-29)."""

import logging
from collections.abc import Iterator
from threading import Thread

import pytest
from django.test import Client
from pytest_django import Settings

from feeds.storage import keys
from feeds.storage.logbook import LogLine, newest
from feeds.tally import ERRORS, Series, Tally
from omega_site import log_handler
from omega_site.log_handler import WAITING, LogHandler
from omega_site.log_line import program
from positions.keys.credentials import Credentials
from positions.keys.encryption import open_credentials, seal
from positions.models import Account
from tests.redis_server import RedisServer
from tests.waiting import wait_in_thread_until


@pytest.fixture
def handler() -> Iterator[LogHandler]:
    handler = LogHandler()
    yield handler
    handler.close()


@pytest.fixture
def logger(handler: LogHandler) -> Iterator[logging.Logger]:
    logger = logging.Logger("feeds.test")
    logger.addHandler(handler)
    yield logger
    logger.removeHandler(handler)


def kept(server: RedisServer) -> list[LogLine]:
    with server.client() as client:
        return newest({"primary": list(client.xrange(keys.EVENT_LOG))}, WAITING)


def test_a_warning_is_one_bounded_escaped_line_without_secrets(
    own_redis: RedisServer, logger: logging.Logger, settings: Settings
) -> None:
    """B-16: what is kept is harmless wherever it is shown, and says what failed."""
    settings.SECRET_KEY = "a-key-of-this-site-0123456789"  # noqa: S105  # of this test alone
    try:
        raise ValueError(f"no\x1b[31m {settings.SECRET_KEY}")
    except ValueError:
        logger.exception("It\nbroke \u202e api_key=abcdef %s", "x" * 2000)
    wait_in_thread_until(lambda: bool(kept(own_redis)))
    (line,) = kept(own_redis)
    assert (line.level, line.place) == ("ERROR", "feeds.test")
    assert line.text.isprintable()
    assert len(line.text) < 400
    assert "abcdef" not in line.text
    logger.warning("%s and \x1b[31m", settings.SECRET_KEY)
    wait_in_thread_until(lambda: len(kept(own_redis)) == 2)
    assert kept(own_redis)[0].text == "••• and \\x1b[31m"


@pytest.mark.parametrize("is_hung", [False, True], ids=["dead", "hung"])
def test_a_flood_waits_for_no_server_and_is_told_of_later(
    own_redis: RedisServer, logger: logging.Logger, *, is_hung: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While no server answers lines wait, the rest is counted; all of it is told when one is back."""
    monkeypatch.setattr(log_handler, "RETRY_EVERY_S", 0.05)
    (own_redis.freeze if is_hung else own_redis.stop)()
    for number in range(5 * WAITING):
        logger.warning("warning %d", number)
    (own_redis.thaw if is_hung else own_redis.start)()
    wait_in_thread_until(lambda: any("left out" in line.text for line in kept(own_redis)))
    with own_redis.client() as client:
        assert client.xlen(keys.EVENT_LOG) < 2 * WAITING


def test_an_error_in_the_middle_of_counting_waits_for_nothing(
    own_redis: RedisServer, logger: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B-16: the collector may run anywhere in a thread, and what it ends may log."""
    monkeypatch.setattr(log_handler, "TALLY", tally := Tally())

    def count() -> None:
        with tally._lock:
            logger.error("never awaited")

    # It would outlive the test.
    thread = Thread(target=count, daemon=True)
    thread.start()
    thread.join(5)
    assert not thread.is_alive()
    assert tally.counts() == {Series(ERRORS): 1}


def test_the_failover_takes_what_the_primary_does_not(
    redis_pair: tuple[RedisServer, RedisServer], logger: logging.Logger
) -> None:
    """B-29: the log goes on while the primary is away, and later too."""
    primary, failover = redis_pair
    primary.stop()
    logger.error("the first")
    wait_in_thread_until(lambda: [line.text for line in kept(failover)] == ["the first"])
    primary.start()
    logger.error("the second")
    wait_in_thread_until(lambda: [line.text for line in kept(failover)] == ["the second", "the first"])


def test_what_a_process_says_last_is_kept(own_redis: RedisServer, logger: logging.Logger, handler: LogHandler) -> None:
    """An end waits a moment for its own reason to be written."""
    logger.critical("this is the end")
    handler.close()
    assert [line.text for line in kept(own_redis)] == ["this is the end"]


def test_a_line_says_which_program_it_is_from() -> None:
    """Operators look for the process: worker and beat have one role."""
    assert program(["python", "-m", "celery", "-A", "omega_site", "beat", "--schedule", "x"]) == "beat"
    assert program(["python", "-m", "omega_site.broadcast"]) == "broadcast"
    assert program(["python", "-m", "something"]) == "command"


def test_what_strangers_ask_for_pushes_nothing_out(
    own_redis: RedisServer, handler: LogHandler, settings: Settings, db: None
) -> None:
    """B-16: an address that is none, a host that is not ours, a form without its token; a failure of ours is told."""
    settings.ALLOWED_HOSTS = ["testserver"]
    django = logging.getLogger("django")
    django.addHandler(handler)
    try:
        assert Client().get("/nothing/here/").status_code == 404
        assert Client().get("/", headers={"host": "evil.example"}).status_code == 400
        assert Client(enforce_csrf_checks=True).post("/login/").status_code == 403
        logging.getLogger("django.request").error("Internal Server Error", extra={"status_code": 500})
        wait_in_thread_until(lambda: bool(kept(own_redis)))
    finally:
        django.removeHandler(handler)
    assert [line.text for line in kept(own_redis)] == ["Internal Server Error"]


def test_a_line_that_cannot_be_written_ends_nothing(own_redis: RedisServer, logger: logging.Logger) -> None:
    """B-16: neither a name that is no text, nor a key of another kind; the next line is told."""
    logger.name = "feeds.\udc80"
    logger.warning("the first")
    wait_in_thread_until(lambda: [line.text for line in kept(own_redis)] == ["the first"])
    assert kept(own_redis)[0].place == "feeds.\\udc80"
    with own_redis.client() as client:
        client.delete(keys.EVENT_LOG)
        client.set(keys.EVENT_LOG, "no stream")
        logger.warning("the second")
        client.delete(keys.EVENT_LOG)
    logger.warning("the third")
    wait_in_thread_until(lambda: any(line.text == "the third" for line in kept(own_redis)))


def test_a_secret_that_is_opened_later_is_blanked_out(
    own_redis: RedisServer, logger: logging.Logger, settings: Settings
) -> None:
    """S11: the password of the mail server, and the keys of accounts, of which a process may open new ones any time."""
    settings.EMAIL_HOST_PASSWORD = "the-password-of-the-post"  # noqa: S105  # of this test alone
    logger.warning("smtp says: the-password-of-the-post")
    wait_in_thread_until(lambda: len(kept(own_redis)) == 1)
    sealed = Account(label="A")
    seal(sealed, Credentials("bg_opened_later", "a-secret-of-bitget", "a-phrase-of-bitget"))
    open_credentials(sealed)
    logger.warning("bg_opened_later, a-secret-of-bitget, a-phrase-of-bitget")
    wait_in_thread_until(lambda: len(kept(own_redis)) == 2)
    assert [line.text for line in kept(own_redis)] == ["•••, •••, •••", "smtp says: •••"]
