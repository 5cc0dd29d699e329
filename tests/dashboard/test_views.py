"""The pages, as they leave the server."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from pytest_django import Settings

from feeds.models import Feed, Instrument
from feeds.storage.latest import FeedState, PriceState
from feeds.storage.live import LiveStore
from tests.dashboard.conftest import Visitor, Writer
from tests.dashboard.samples import NOON, feed_state, price_state, store_trades, trade
from tests.feeds.stored import make_bars, store
from tests.redis_server import RedisServer
from tests.waiting import Stopwatch


def write(url: str, *states: PriceState | FeedState) -> None:
    """Puts one trade and these states where a worker puts them."""

    async def put() -> None:
        store = LiveStore(url)
        writer = Writer(store)
        await writer.log(trade(1, "64123.45000000"))
        for state in states:
            await writer.show(state)
        await store.close()

    async_to_sync(put)()


def page(visitor: Visitor) -> str:
    answer = visitor.client.get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_first_paint_has_price_venue_age_and_tape(visitor: Visitor, redis_server: str) -> None:
    """F-25: the page is complete before any script runs."""
    now = datetime.now(UTC)
    write(redis_server, price_state(trade(1, "64123.45000000", now), now), feed_state(now))
    html = page(visitor)
    assert 'data-field="price">64,123.45<' in html
    assert "FRESH" in html
    assert 'data-field="venue">Binance<' in html
    assert 'data-side="sell"' in html or 'data-side="buy"' in html
    assert "Went silent for 3 s" in html


def test_an_old_price_is_never_painted_as_fresh(visitor: Visitor, redis_server: str) -> None:
    """A price older than five seconds says so, with its age."""
    seen_at = datetime.now(UTC) - timedelta(seconds=12.5)
    write(redis_server, price_state(trade(1, "64123.45", seen_at), seen_at))
    html = page(visitor)
    assert re.search(r"STALE 1[2-9] s", html)
    assert "FRESH" not in html
    assert "<title>STALE · 64,123.45 BTC-USDT · OMEGA</title>" in html


def test_while_redis_is_away_the_stored_price_is_shown_as_stale(visitor: Visitor, settings: Settings) -> None:
    """The page opens, says what is wrong, and shows the newest stored trade with its age."""
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    store_trades(trade(1, "58001.03", datetime.now(UTC) - timedelta(hours=3, minutes=1)))
    html = page(visitor)
    assert "STALE 3 h" in html
    assert "58,001.03" in html
    assert "The store of live data does not answer." in html


def test_a_redis_that_hangs_delays_the_page_by_little(visitor: Visitor, own_redis: RedisServer) -> None:
    """The page does not wait for a server that answers nothing."""
    own_redis.freeze()
    watch = Stopwatch()
    assert "The store of live data does not answer." in page(visitor)
    assert watch.seconds() < 2
    own_redis.thaw()


def test_without_any_data_the_page_says_so(visitor: Visitor, redis_server: str) -> None:
    """A fresh installation shows what it waits for instead of a blank."""
    html = page(visitor)
    assert "NO DATA" in html
    assert "No trade of BTC-USDT has arrived yet." in html
    assert "No worker reports" in html


def test_without_a_feed_the_page_says_what_to_do(visitor: Visitor, redis_server: str) -> None:
    """Nothing enabled is a state, not an error."""
    Feed.objects.update(is_enabled=False)
    assert "No feed is enabled" in page(visitor)


def test_a_hundred_instruments_are_a_list_in_a_menu(visitor: Visitor, redis_server: str) -> None:
    """Each is one click away, and the page that it leads to wants to be told of that one only."""
    codes = [f"COIN{number}-USDT" for number in range(99)]
    coins = Instrument.objects.bulk_create(Instrument(code=code, base=code[:-5], quote="USDT") for code in codes)
    Feed.objects.get().instruments.add(*coins)
    html = visitor.client.get("/instruments/COIN7-USDT/", {"feed": "main"}).content.decode()
    assert 'class="tabs' not in html
    assert html.count('href="/instruments/') == 100
    assert 'data-feed="main"' in html
    assert 'data-instrument="COIN7-USDT"' in html


def test_one_of_several_feeds_is_chosen_by_its_name(visitor: Visitor, redis_server: str) -> None:
    """Issue 4, item 8: the first one unless another is asked for."""
    Feed.objects.create(name="second", title="Second feed").instruments.add(Instrument.objects.get())
    for asked, shown in (("", "main"), ("second", "second"), ("nosuch", "main")):
        html = visitor.client.get("/", {"feed": asked}).content.decode()
        assert 'href="?feed=second"' in html
        assert f'data-feed="{shown}"' in html


def test_a_stranger_is_sent_to_the_login(client: Client, db: None) -> None:
    """Prices are for those who are logged in."""
    for address in ("/", "/candles/BTC-USDT.json"):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, f"/login/?next={address}")


def test_the_login_brings_back_to_the_page(client: Client, visitor: Visitor, redis_server: str) -> None:
    """Name and password by the form, then the dashboard; a wrong password says so."""
    client.logout()
    wrong = client.post("/login/", {"username": "ada", "password": "no"})
    assert "User name and password do not match." in wrong.content.decode()
    right = client.post("/login/", {"username": "ada", "password": "the sea is calm tonight"})
    assert (right.status_code, right["Location"]) == (302, "/")


def test_a_logout_needs_a_post_and_ends_the_session(visitor: Visitor) -> None:
    """A link on another site cannot log anybody out."""
    assert visitor.client.get("/logout/").status_code == 405
    assert visitor.client.post("/logout/")["Location"] == "/login/"
    assert visitor.client.get("/").status_code == 302


def test_only_staff_sees_the_way_to_the_administration(visitor: Visitor, redis_server: str) -> None:
    """The menu offers what the user may do."""
    assert "/admin/" not in page(visitor)
    visitor.user.is_staff = True
    visitor.user.save()
    assert "/admin/" in page(visitor)


def test_the_policy_allows_no_inline_script_and_one_known_style(visitor: Visitor, redis_server: str) -> None:
    """The chart library's one constant style is allowed by its hash, on this page only."""
    policy = visitor.client.get("/")["Content-Security-Policy"]
    directives = dict(directive.split(" ", 1) for directive in policy.split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == "'self'"
    assert directives["style-src"].startswith("'self' 'sha256-")
    assert "unsafe" not in policy
    assert "sha256" not in visitor.client.get("/notices/")["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("query", "starts_at", "opened"),
    [("", "2026-03-01T12:00:00Z", "11.00"), ("?width=1d", "2026-03-01T00:00:00Z", "10.50")],
)
def test_candles_are_made_of_the_stored_trades(
    visitor: Visitor, redis_server: str, query: str, starts_at: str, opened: str
) -> None:
    """V-10: the last hours of trade in bars, exact, private, each with how far it may be trusted."""
    store(trade(1, "10.50", NOON - timedelta(minutes=250)))
    store(trade(2, "11.00", NOON, size="0.1"), trade(3, "12.50", NOON + timedelta(seconds=20), size="0.2"))
    make_bars(NOON + timedelta(seconds=70))
    answer = visitor.client.get(f"/candles/BTC-USDT.json{query}")
    assert "private" in answer["Cache-Control"]
    bar = answer.json()[-1]
    assert (bar["start_at"], bar["open"], bar["close"]) == (starts_at, opened, "12.50")
    assert (bar["status"], bar["gap_seconds"], bar["venues"]) == ("closed", 0.0, ["binance"])


@pytest.mark.parametrize("what", ["DOGE-USDT.json", "BTC-USDT.json?width=7m", "BTC-USDT.json?before=soon"])
def test_candles_that_are_not_shown_are_not_found(visitor: Visitor, what: str) -> None:
    """Only what the page shows can be asked for."""
    assert visitor.client.get(f"/candles/{what}").status_code == 404


def test_the_notices_name_the_chart_library(client: Client, db: None) -> None:
    """The licence of the chart wants a link to its makers."""
    assert 'href="https://www.tradingview.com/"' in client.get("/notices/").content.decode()
