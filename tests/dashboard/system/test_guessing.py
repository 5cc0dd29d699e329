"""Whoever shows one wrong token after the other is not looked up for a while."""

import time

from asgiref.sync import async_to_sync
from django.core.cache import caches
from django.test import Client
from pytest_django import Settings

from dashboard.tokens.secret import make
from tests.dashboard.conftest import Visitor
from tests.dashboard.system.asking import ask, put
from tests.dashboard.tokens.samples import token_of
from tests.waiting import wait_in_thread_until

HERE, THERE, PROXY = "192.0.2.1", "192.0.2.2", "10.0.0.1"
MONITORING_TOKEN = "monitoring-token-of-the-tests-0123456789"
FOR_OPERATORS = ("/metrics", "/metrics/prometheus", "/redis/status")


def guesses(address: str, count: int) -> None:
    """So many wrong tokens came from there in this minute."""
    caches["counters"].set(f"throttle_wrong_token_{address}", [time.time()] * count, 60)


def api_status(token: str, address: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return Client(REMOTE_ADDR=address).get("/api/v1/venues/", headers=headers).status_code


def test_wrong_tokens_are_looked_up_60_times_a_minute(transactional_db: None, redis_server: str) -> None:
    """S8: here and by the API together; other addresses go on."""
    assert {ask("/metrics", token=make(), address=HERE).status for _ in range(60)} == {401}
    wait_in_thread_until(lambda: ask("/metrics", token=make(), address=HERE).status == 429)
    assert api_status(make(), HERE) == 429
    assert ask("/metrics", token=make(), address=THERE).status == api_status(make(), THERE) == 401


def test_whoever_guesses_is_a_stranger_whatever_the_next_token_is(operator: Visitor, redis_server: str) -> None:
    """S8, S18: one that holds is not looked up either; a session is."""
    token = token_of(operator.user)[1]
    assert ask("/metrics", token=token, address=HERE).status == 200
    guesses(HERE, 60)
    for path in FOR_OPERATORS:
        answer = ask(path, token=token, address=HERE)
        assert (answer.status, answer.headers["retry-after"]) == (429, "60")
        assert set(answer.json()) == {"error"}
    assert set(ask("/health", token=token, address=HERE).json()) == {"status"}
    assert ask("/metrics", operator.client, address=HERE).status == 200


def test_a_token_that_holds_is_no_guess(operator: Visitor, redis_server: str) -> None:
    """S8: a program may ask as often as it likes."""
    token = token_of(operator.user)[1]
    guesses(HERE, 59)
    assert {ask("/metrics", token=token, address=HERE).status for _ in range(3)} == {200}


def test_the_monitoring_token_is_never_counted(settings: Settings, redis_server: str) -> None:
    """R15: it is asked of no database, which this test has not."""
    settings.MONITORING_TOKEN = MONITORING_TOKEN
    guesses(HERE, 60)
    assert ask("/metrics", token=MONITORING_TOKEN, address=HERE).status == 200


def test_behind_a_proxy_it_is_who_connected_to_that(
    settings: Settings, transactional_db: None, redis_server: str
) -> None:
    """S16: as the API finds the address; without a proxy nobody's word."""
    guesses(HERE, 60)

    def status(forwarded: str) -> int:
        headers = {"Authorization": f"Bearer {make()}", "X-Forwarded-For": forwarded}
        return async_to_sync(put)("/metrics", headers, address=PROXY).status

    assert status(HERE) == 401
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    assert [status(f"{THERE}, {HERE}"), status(f"{HERE}, {THERE}")] == [429, 401]
