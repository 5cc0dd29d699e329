"""The dashboard in a real browser: the number moves, ages, and is never believed for too long."""

import re
from decimal import Decimal

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.market import Market
from tests.chromium import take_screenshots

pytestmark = pytest.mark.browser

_PAINTED = """() => {
  window.painted = [];
  const number = document.querySelector('.panel.price .number');
  new MutationObserver(() => painted.push(performance.now())).observe(number, { childList: true });
}"""


async def test_a_price_moves_goes_stale_and_comes_back(
    site: Site, page: Page, console: list[str], market: Market
) -> None:
    """F-25, B-14: log in, see the number change, see it called stale with its age, and see it return."""
    await site.log_in(page)
    price, badge = page.locator(".panel.price .number"), page.locator(".panel.price .badge")
    await expect(badge).to_have_text("NO DATA")
    await take_screenshots(page, "no-data")

    for step in range(40):
        await market.trade_at(str(Decimal("64120.05") + Decimal("0.85") * (step % 7)), "binance" if step % 3 else "htx")
    await market.trade_at("64123.45")
    await expect(price).to_have_text("64,123.45")
    await expect(badge).to_have_text("FRESH")
    await market.trade_at("64125.10")
    await expect(price).to_have_text("64,125.10")
    await expect(page.locator(".panel.price .move")).to_have_text("Up from the last price")
    await expect(page).to_have_title("64,125.10 BTC-USDT · OMEGA")
    await expect(page.locator(".panel.tape tbody tr").first).to_contain_text("64,125.10")
    await expect(page.locator(".chart [data-field=bar]")).to_contain_text("C\u00a064,125.10")
    await take_screenshots(page, "fresh")

    await market.trade_at("64125.10", ago=12)
    await expect(badge).to_have_text(re.compile(r"STALE 1\d s"))
    await expect(page).to_have_title("STALE · 64,125.10 BTC-USDT · OMEGA")
    await expect(page.locator("#status")).to_have_text("BTC-USDT: the price is stale.", timeout=12_000)
    await take_screenshots(page, "stale")

    await market.trade_at("64119.00", venue="htx")
    await expect(badge).to_have_text("FRESH")
    await expect(page.locator(".panel.price [data-field=venue]")).to_have_text("HTX")
    await expect(page.locator(".panel.venues tbody tr[data-role=active]")).to_contain_text("HTX")
    assert console == []


async def test_two_browsers_show_the_same_price_within_a_second(site: Site, page: Page, market: Market) -> None:
    """D-08: two users with a browser each."""
    browser = page.context.browser
    assert browser
    other = await browser.new_page()
    for each in (page, other):
        await site.log_in(each)
        await expect(each.locator("#line")).to_have_text("Connected")
    for price in ("64123.45", "64125.10"):
        await market.trade_at(price)
        for each in (page, other):
            await expect(each.locator(".panel.price .number")).to_have_text(f"{Decimal(price):,}", timeout=1000)


async def test_a_burst_is_painted_ten_times_a_second(site: Site, page: Page, market: Market) -> None:
    """B-14: of 100 prices those that are 100 ms apart are painted, and the last one."""
    await site.log_in(page)
    await market.trade_at("64000.00")
    await expect(page.locator(".panel.price .number")).to_have_text("64,000.00")
    await page.evaluate(_PAINTED)
    for step in range(1, 101):
        await market.trade_at(f"{64000 + step}.00")
    await expect(page.locator(".panel.price .number")).to_have_text("64,100.00")
    painted = await page.evaluate("painted")
    assert 1 < len(painted) <= (painted[-1] - painted[0]) / 100 + 3


async def test_time_alone_makes_a_price_stale(site: Site, page: Page, market: Market) -> None:
    """Nobody has to tell the page: after five seconds of silence it stops believing by itself."""
    await site.log_in(page)
    await market.trade_at("64123.45")
    badge = page.locator(".panel.price .badge")
    await expect(badge).to_have_text("FRESH")
    await expect(badge).to_have_text(re.compile(r"STALE 5\.\d s"), timeout=8_000)
    await expect(page.locator(".panel.venues tbody tr[data-role=active] .chip")).to_have_text("Silent")


async def test_a_frozen_tab_is_right_when_it_wakes(site: Site, page: Page, market: Market) -> None:
    """C12: Chromium stops it as it does with tabs in the background."""
    await site.log_in(page)
    await market.trade_at("64123.45")
    await expect(page.locator(".panel.price .number")).to_have_text("64,123.45")
    tools = await page.context.new_cdp_session(page)
    await tools.send("Page.setWebLifecycleState", {"state": "frozen"})
    await market.trade_at("64130.00")
    await tools.send("Page.setWebLifecycleState", {"state": "active"})
    await expect(page.locator(".panel.price .number")).to_have_text("64,130.00", timeout=3000)


async def test_the_page_is_complete_without_its_script(site: Site, page: Page, market: Market) -> None:
    """The first paint has the price, the venues and the tape."""
    await site.log_in(page)
    await market.trade_at("64123.45")
    await page.route("**/*.js", lambda route: route.abort())
    await page.reload()
    await expect(page.locator(".panel.price .number")).to_have_text("64,123.45")
    await expect(page.locator(".panel.tape tbody tr")).to_have_count(1)
    await expect(page.locator(".panel.venues tbody tr[data-role=active]")).to_contain_text("Binance")


async def test_the_chart_library_is_the_known_one(site: Site, page: Page, market: Market) -> None:
    """The policy's hash belongs to this version: another one needs another hash."""
    await site.log_in(page)
    assert await page.evaluate("LightweightCharts.version()") == "5.1.0"
    await expect(page.locator("#tv-attr-logo")).to_be_visible()


async def test_redis_goes_and_comes_back(site: Site, page: Page, market: Market) -> None:
    """The page says that nothing new can come, and goes on by itself."""
    await site.log_in(page)
    await market.trade_at("64123.45")
    await expect(page.locator(".panel.price .number")).to_have_text("64,123.45")
    site.redis.stop()
    await expect(page.locator("#health")).to_be_visible()
    await take_screenshots(page, "redis-down")
    site.redis.start()
    await expect(page.locator("#health")).to_be_hidden()
    await market.trade_at("64130.00")
    await expect(page.locator(".panel.price .number")).to_have_text("64,130.00")


async def test_the_web_process_restarts_under_an_open_page(site: Site, page: Page, market: Market) -> None:
    """The browser says that it reconnects, does so by itself, and shows what it missed."""
    await site.log_in(page)
    line = page.locator("#line")
    await expect(line).to_have_text("Connected")
    site.stop()
    await expect(line).to_contain_text("Reconnecting")
    await market.trade_at("64140.00")
    await take_screenshots(page, "reconnecting")
    site.start()
    await expect(line).to_have_text("Connected", timeout=15_000)
    await expect(page.locator(".panel.price .number")).to_have_text("64,140.00")


async def test_a_logout_elsewhere_ends_the_page(site: Site, page: Page, market: Market) -> None:
    """Another tab logs out; this one does not go on showing prices."""
    await site.log_in(page)
    await expect(page.locator("#line")).to_have_text("Connected")
    other = await page.context.new_page()
    await other.goto(site.url)
    await other.locator(".user summary").click()
    await other.get_by_role("button", name="Log out").click()
    await other.wait_for_url(f"{site.url}/login/")
    await page.wait_for_url(re.compile("/login/"))


async def test_a_phone_shows_one_column_without_sideways_scrolling(site: Site, page: Page, market: Market) -> None:
    """At 390 px nothing is wider than the screen, on any page."""
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.goto(f"{site.url}/login/")
    await take_screenshots(page, "login")
    await page.set_viewport_size({"width": 390, "height": 844})
    await site.log_in(page)
    await market.trade_at("123456.123456789012")
    await expect(page.locator(".panel.price .number")).to_have_text("123,456.123456789012")
    for address in ("/", "/notices/"):
        await page.goto(site.url + address)
        assert await page.evaluate("document.documentElement.scrollWidth") == 390
