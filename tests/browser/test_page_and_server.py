"""Page and server do not always agree: on the time, on the feed, on what was said, on how a number reads."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from playwright.async_api import Locator, Page, expect

from dashboard.templatetags import figures
from tests.browser.conftest import Site
from tests.browser.market import Market
from tests.browser.relay import Relay, Said
from tests.waiting import wait_until

pytestmark = pytest.mark.browser


_ANOTHER_FEED = """
from feeds.models import Feed
other = Feed.objects.create(name='other', title='Other', is_enabled=False)
other.instruments.set(Feed.objects.get(name='main').instruments.all())
"""


@pytest.fixture
def show_only(site: Site) -> Iterator[Callable[[str], None]]:
    """Enables the feed of this name, and no other one."""

    def show_only(name: str) -> None:
        with closing(sqlite3.connect(site.data_dir / "omega.sqlite3", timeout=10)) as database, database:
            database.execute("UPDATE feeds_feed SET is_enabled = (name = ?)", [name])

    yield show_only
    show_only("main")


def eight_seconds_late(message: Said) -> Said:
    if message["type"] != "tick":
        return message
    return {**message, "now": (datetime.fromisoformat(message["now"]) - timedelta(seconds=8)).isoformat()}


def of_another_feed(message: Said) -> Said:
    return {**message, "instruments": ["DOGE-USDT"]} if message["type"] == "snapshot" else message


def of_a_feed_that_went(message: Said) -> Said:
    return {**message, "feed": "main", "instruments": []} if message["type"] == "snapshot" else message


class Leak:
    """Loses the next news of trades when it is told to, and can say up to where it should have heard."""

    def __init__(self) -> None:
        self.is_open = False
        self.lost: Said = {}
        self.is_told = False

    def __call__(self, message: Said) -> Said | None:
        if self.is_open and message["type"] == "trades" and not message["is_snapshot"]:
            self.is_open, self.lost = False, message
            return None
        # In place of a tick, so that there are not more frames than the server sent.
        if self.is_told and message["type"] == "tick":
            place = {name: self.lost[name] for name in ("feed", "epoch", "offset")}
            return {"type": "offset", "topic": "trades", "about": self.lost["instrument"], **place}
        return message


def last_trades(page: Page, count: int) -> Locator:
    """Prices of the tape, newest first."""
    return page.locator(f".panel.tape tbody tr:nth-child(-n+{count}) .traded")


async def test_a_late_tick_makes_no_old_price_young(site: Site, page: Page, market: Market) -> None:
    """On a slow line ticks come late; the server's clock does not go back for that."""
    relay = Relay(eight_seconds_late)
    await relay.stand_before(page)
    await site.log_in(page)
    await market.trade_at("64123.45", ago=8)
    await expect(page.locator(".panel.price .number")).to_have_text("64,123.45")
    ticks = relay.ticks[-1]
    await wait_until(lambda: relay.ticks[-1] >= ticks + 2)
    await expect(page.locator(".panel.price .badge")).to_contain_text("STALE", timeout=100)


async def test_a_page_that_is_newer_than_the_hub_does_not_reload_in_a_storm(
    site: Site, page: Page, market: Market
) -> None:
    """The server follows an edit of the feed within five seconds: until then one reload is enough."""
    relay = Relay(of_another_feed)
    await relay.stand_before(page)
    await site.log_in(page)
    await wait_until(lambda: len(relay.ticks) >= 2 and relay.ticks[-1] >= 2)
    assert len(relay.ticks) == 2
    await wait_until(lambda: len(relay.ticks) == 3)


async def test_a_refusal_is_not_taken_back_by_a_feed_that_fits(site: Site, page: Page, market: Market) -> None:
    """Each reason to load the page again stands for itself, whichever the server tells of last."""
    relay = Relay()
    await relay.stand_before(page)
    await site.log_in(page)
    await wait_until(lambda: relay.ticks and relay.ticks[-1] >= 1)
    shown = await page.locator("#panels").get_attribute("data-instruments") or ""
    refusal = {"type": "error", "id": 1, "code": 4404, "text": "There is no such feed."}
    await relay.say(refusal, {"type": "snapshot", "feed": "main", "instruments": shown.split()})
    await wait_until(lambda: len(relay.connections) == 2)


async def test_a_feed_that_was_misread_for_a_moment_loads_nothing(site: Site, page: Page, market: Market) -> None:
    """The same reason is taken back by its own next word; nothing is, once nobody asks for it any more."""
    await page.goto(f"{site.url}/login/")
    await page.evaluate("window.isSame = true")
    await page.evaluate(
        "async () => {"
        "  const { reloadSoon, stay } = await import('/static/dashboard/reload.js');"
        "  reloadSoon('instruments'); reloadSoon('instruments', false);"
        "  reloadSoon('instruments'); reloadSoon('accounts'); stay();"
        "  await new Promise((done) => setTimeout(done, 100));"
        "}"
    )
    assert await page.evaluate("isSame")


async def test_what_is_painted_is_measured(site: Site, page: Page, market: Market) -> None:
    """F-31: of the prices of new trades one in a hundred is told of once it is on the screen; here each one."""
    await page.add_init_script("Math.random = () => 0")
    await site.log_in(page)
    await market.trade_at("64123.45")
    await expect(page.locator(".panel.price .number")).to_have_text("64,123.45")
    await expect(page.locator(".panel.latency tbody tr")).to_have_count(0)
    await market.trade_at("64125.10")
    await expect(page.locator(".panel.latency tbody tr")).to_have_count(2)
    await expect(page.locator(".panel.latency tbody tr").last).to_contain_text("Until on the screen")


async def test_a_hole_in_the_trades_is_mended(site: Site, page: Page, market: Market) -> None:
    """C11: seen by the next trade; all come, in their order, and none twice."""
    leak = Leak()
    relay = Relay(leak)
    await relay.stand_before(page)
    await site.log_in(page)
    await market.trade_at("64001.00")
    await expect(last_trades(page, 1)).to_have_text(["64,001.00"])
    leak.is_open = True
    await market.trade_at("64002.00")
    await wait_until(lambda: leak.lost)
    await market.trade_at("64003.00")
    await expect(last_trades(page, 3)).to_have_text(["64,003.00", "64,002.00", "64,001.00"])
    asked = [said["topics"] for said in relay.connections[-1].said if said["type"] == "subscribe"]
    assert [[wish["topic"] for wish in wishes if "after" in wish] for wishes in asked] == [[], ["trades"]]


async def test_a_trade_lost_at_the_end_comes_too(site: Site, page: Page, market: Market) -> None:
    """C11: no trade follows that would show the hole; the server's word of its last one does."""
    leak = Leak()
    await Relay(leak).stand_before(page)
    await site.log_in(page)
    await market.trade_at("64001.00")
    await expect(last_trades(page, 1)).to_have_text(["64,001.00"])
    leak.is_open = True
    await market.trade_at("64002.00")
    await wait_until(lambda: leak.lost)
    leak.is_told = True
    await expect(last_trades(page, 2)).to_have_text(["64,002.00", "64,001.00"])


@pytest.mark.parametrize("number", ["64123.45000000", "1234567", "0.00000123", "-0.5", "-1234.5", "-0"])
async def test_a_number_reads_the_same_from_server_and_script(site: Site, page: Page, number: str) -> None:
    """The first update changes nothing that the first paint said."""
    await page.goto(f"{site.url}/login/")
    read = "async (number) => (await import('/static/dashboard/figures.js')).price(number)"
    assert await page.evaluate(read, number) == figures.price(number)


# What follows edits the feeds, which the site goes on to tell of for some seconds.


async def test_a_page_whose_feed_went_shows_the_first_one(
    site: Site, page: Page, market: Market, show_only: Callable[[str], None]
) -> None:
    """Its state has no instruments: the page is loaded again, and waits where there is none for the one that comes."""
    site.manage("shell", "--command", _ANOTHER_FEED)
    board, line = page.locator("#panels"), page.locator("#line")
    await site.log_in(page)
    for name in ("main", "", "other"):
        show_only(name)
        await expect(board).to_have_attribute("data-feed", name, timeout=12_000)
        await expect(line).to_have_text("Connected")


async def test_a_page_without_a_feed_asks_again_for_the_first(
    site: Site, page: Page, market: Market, show_only: Callable[[str], None]
) -> None:
    """A server that does not know yet that the last one went takes it for the first."""
    show_only("")
    relay = Relay(of_a_feed_that_went)
    await relay.stand_before(page)
    await page.clock.install()
    await site.log_in(page)
    await expect(page.get_by_role("heading", level=1)).to_have_text("No feed is enabled")
    # In steps: without a tick for 4 s the line is dead.
    await wait_until(lambda: relay.ticks and relay.ticks[-1] >= 1)
    await page.clock.run_for(2500)
    await wait_until(lambda: relay.ticks[-1] >= 2)
    await page.clock.run_for(2500)
    await wait_until(lambda: [said["type"] for said in relay.connections[0].said].count("subscribe") == 2)
    assert len(relay.connections) == 1
