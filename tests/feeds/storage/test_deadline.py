"""A question that takes the database too long is cut."""

import pytest
from django.db import OperationalError, connection

from feeds.clock import SystemClock
from feeds.storage.deadline import within

pytestmark = pytest.mark.django_db
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL cuts a statement itself")
def test_a_question_without_an_end_ends_in_time() -> None:
    """C13: the API answers 503 then; the next question has its time again."""
    clock = SystemClock()
    began = clock.monotonic()
    with within(0.05), connection.cursor() as cursor, pytest.raises(OperationalError, match="interrupted"):
        cursor.execute(ENDLESS)
    assert clock.monotonic() - began < 2
    with within(5.0), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_no_question_begins_when_the_time_is_over() -> None:
    """C13: on PostgreSQL too, where each alone would have the whole time again."""
    with within(0.0), connection.cursor() as cursor, pytest.raises(OperationalError, match="interrupted"):
        cursor.execute("SELECT 1")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
