"""What a page costs the database."""

from datetime import UTC, datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext

from feeds.models import UptimeMinute, Venue
from tests.dashboard.conftest import Visitor
from tests.dashboard.samples import feed_state, price_state, trade
from tests.dashboard.test_views import write

# What is read anew for each reader: login, rights, dashboards, feeds, the last hours of who led, the last bar.
MOST = 23


def asked(visitor: Visitor) -> list[str]:
    """The questions of the overview, of a process that has shown it before."""
    visitor.client.get("/")
    with CaptureQueriesContext(connection) as queries:
        assert visitor.client.get("/").status_code == 200
    return [query["sql"] for query in queries.captured_queries]


def test_the_overview_asks_a_few_questions(visitor: Visitor, redis_server: str) -> None:
    """Issue 8: as many however many venues there are; a month of minutes is not added up again for each reader."""
    now = datetime.now(UTC)
    write(redis_server, price_state(trade(1, "64123.45000000", now), now), feed_state(now))
    every = asked(visitor)
    assert len(every) <= MOST
    # Those of the last hours, for who led.
    assert sum(UptimeMinute._meta.db_table in sql for sql in every) == 1
    Venue.objects.exclude(code="binance").update(is_enabled=False)
    assert len(asked(visitor)) == len(every)
