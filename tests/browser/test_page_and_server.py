"""Page and server do not always agree: on the time, on the feed, on how a number reads."""

from datetime import datetime, timedelta

import pytest
from playwright.async_api import Page, expect

from dashboard.templatetags import figures
from tests.browser.conftest import Site
from tests.browser.market import Market
from tests.browser.relay import Relay, Said
from tests.waiting import wait_until

pytestmark = pytest.mark.browser


def eight_seconds_late(message: Said) -> Said:
    if message["type"] != "tick":
        return message
    return {**message, "now": (datetime.fromisoformat(message["now"]) - timedelta(seconds=8)).isoformat()}


def of_another_feed(message: Said) -> Said:
    return {**message, "instruments": ["DOGE-USDT"]} if message["type"] == "hello" else message


async def test_a_late_tick_makes_no_old_price_young(site: Site, page: Page, market: Market) -> None:
    """On a slow line ticks come late; the server's clock does not go back for that."""
    relay = Relay(eight_seconds_late)
    await relay.stand_before(page)
    await site.log_in(page)
    await market.trade_at("64123.45", ago=8)
    await expect(page.locator("#price .number")).to_have_text("64,123.45")
    ticks = relay.ticks[-1]
    await wait_until(lambda: relay.ticks[-1] >= ticks + 2)
    await expect(page.locator("#price .badge")).to_contain_text("STALE", timeout=100)


async def test_a_page_that_is_newer_than_the_hub_does_not_reload_in_a_storm(
    site: Site, page: Page, market: Market
) -> None:
    """The server follows an edit of the feed within five seconds: until then one reload is enough."""
    relay = Relay(of_another_feed)
    await relay.stand_before(page)
    await site.log_in(page)
    await wait_until(lambda: relay.ticks and relay.ticks[-1] >= 2)
    assert len(relay.ticks) == 2
    await wait_until(lambda: len(relay.ticks) == 3, within=8)


async def test_what_is_painted_is_measured(site: Site, page: Page, market: Market) -> None:
    """F-31: of the prices of new trades one in a hundred is told of once it is on the screen; here each one."""
    await page.add_init_script("Math.random = () => 0")
    await site.log_in(page)
    await market.trade_at("64123.45")
    await expect(page.locator("#price .number")).to_have_text("64,123.45")
    await expect(page.locator("#latency tr")).to_have_count(0)
    await market.trade_at("64125.10")
    await expect(page.locator("#latency tr")).to_have_count(2)
    await expect(page.locator("#latency tr").last).to_contain_text("Until on the screen")


@pytest.mark.parametrize("number", ["64123.45000000", "1234567", "0.00000123", "-0.5", "-1234.5", "-0"])
async def test_a_number_reads_the_same_from_server_and_script(site: Site, page: Page, number: str) -> None:
    """The first update changes nothing that the first paint said."""
    await page.goto(f"{site.url}/login/")
    read = "async (number) => (await import('/static/dashboard/figures.js')).price(number)"
    assert await page.evaluate(read, number) == figures.price(number)
