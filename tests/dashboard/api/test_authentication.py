"""Programs that ask the API with a token: what a wrong one costs, and what a right one waits for."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

from django.contrib.auth.models import User
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dashboard.models import ApiToken
from dashboard.tokens.secret import make
from feeds.clock import SystemClock
from tests.dashboard.tokens.samples import token_of
from tests.waiting import Stopwatch, wait_in_thread_until

URL = "/api/v1/venues/"


def status_of(token: str, address: str = "192.0.2.1") -> int:
    return Client(REMOTE_ADDR=address).get(URL, headers={"Authorization": f"Bearer {token}"}).status_code


def test_wrong_tokens_of_an_address_are_looked_up_60_times_a_minute(db: None) -> None:
    """C13, S8: then each costs no query; other addresses go on, and so does a token that holds."""
    right = token_of(User.objects.create_user("ada"), last_used_at=SystemClock().now())[1]
    assert {status_of(right) for _ in range(61)} == {200}
    assert [status_of(make()) for _ in range(61)] == [401] * 60 + [429]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert status_of(make()) == 429
    assert len(asked) == 0
    assert status_of(right, "192.0.2.2") == 200


def test_one_network_of_ipv6_is_one_address(db: None) -> None:
    """C13: whoever has one of its addresses has all."""
    assert [status_of(make(), f"2001:db8::{number:x}") for number in range(61)] == [401] * 60 + [429]
    assert status_of(make(), "2001:db8:0:1::1") == 401


def test_a_token_reads_while_somebody_else_writes(transactional_db: None) -> None:
    """S8: when it was used is noted beside the answer, which does not wait for that."""
    row, text = token_of(User.objects.create_user("ada"))
    is_locked, is_answered = Event(), Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                ApiToken.objects.filter(pk=row.pk).update(name="held")
                is_locked.set()
                is_answered.wait(10)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        assert is_locked.wait(10)
        watch = Stopwatch()
        try:
            assert status_of(text) == 200
            assert watch.seconds() < 1.5
        finally:
            is_answered.set()
        holding.result()
    # What could not be noted then is noted with the next use.
    assert status_of(text) == 200
    wait_in_thread_until(lambda: ApiToken.objects.exclude(last_used_at=None).exists(), 10, "its use is noted")
