"""The admin in a real browser, on a desk and on a phone: an address, an order, and tokens from the page beside it."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.market import Market
from tests.chromium import take_screenshots
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange

pytestmark = pytest.mark.browser


async def test_a_venue_gets_an_address_and_is_tested(
    site: Site, page: Page, console: list[str], market: Market
) -> None:
    """F-01 F-02: from the list to the page of a venue, an address that is not allowed, one that is, and its test."""
    await site.log_in(page)
    await market.trade_at("64123.45")
    await page.goto(f"{site.url}/admin/feeds/venue/")
    await expect(page.locator("#result_list tbody tr")).to_have_count(7)
    await expect(page.locator("#result_list tbody tr").first).to_contain_text("Connected")
    await take_screenshots(page, "admin-venues")

    await page.get_by_role("link", name="Binance").click()
    address = page.get_by_label("Address")
    await address.fill("wss://stream.binance.com@evil.example/stream")
    await page.get_by_label("Messages allowed").fill("6")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.locator(".errorlist").first).to_contain_text("127.0.0.1, localhost, ::1")
    await expect(page.locator(".errorlist").last).to_contain_text("Binance allows 5 in 1 s")
    await take_screenshots(page, "admin-venue-refused")

    async with Exchange(market=RandomMarket(rate=40)) as exchange:
        await address.fill(f"{exchange.url.replace('http', 'ws')}/binance/stream")
        await page.get_by_label("Messages allowed").fill("4")
        await page.get_by_role("button", name="Save and continue editing").click()
        await expect(page.locator("#main")).to_contain_text("was changed successfully")
        await take_screenshots(page, "admin-venue")
        await page.get_by_role("button", name="Test connection").click()
        await expect(page.get_by_role("row", name="closed")).to_contain_text("done")
        await take_screenshots(page, "admin-test-good")

        exchange.faults.set("binance", "refuse", status=503)
        await page.go_back()
        await page.get_by_role("button", name="Test connection").click()
        await expect(page.get_by_role("row", name="handshake")).to_contain_text("HTTP 503")
        await take_screenshots(page, "admin-test-failed")
        width = await page.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
        assert width[0] <= width[1]
    assert console == []


async def test_several_venues_are_tested_from_the_list(site: Site, page: Page, market: Market) -> None:
    """F-02: chosen in the list; without an exchange each says at which step it ended, and what to do."""
    await site.log_in(page)
    await page.goto(f"{site.url}/admin/feeds/venue/")
    await page.get_by_role("row", name="Kraken").get_by_role("checkbox").first.check()
    await page.get_by_role("row", name="HTX").get_by_role("checkbox").first.check()
    await page.get_by_label("Select action to run").select_option("Test connection")
    await page.get_by_role("button", name="Run").click()
    await expect(page.locator("h2", has_text="Kraken")).to_be_visible()
    await expect(page.locator("h2", has_text="HTX")).to_be_visible()
    await expect(page.locator("tr.failed th")).to_have_text(["TCP", "TCP"])
    await take_screenshots(page, "admin-test-several")


async def test_an_instrument_is_added_and_a_feed_gets_an_order_of_its_own(
    site: Site, page: Page, console: list[str], market: Market
) -> None:
    """F-01 F-03: listed in every spelling, chosen for the feed, with a venue first and another one never."""
    await site.log_in(page)
    await page.goto(f"{site.url}/admin/feeds/instrument/add/")
    await page.get_by_label("Code").fill("ETH-USDT")
    await page.get_by_role("button", name="Save and continue editing").click()
    await expect(page.locator("td.field-own_spelling")).to_have_text(
        ["ETHUSDT", "ETH-USDT", "ETHUSDT", "ETH-USDT", "ethusdt", "ETH/USDT", "ETH_USDT"]
    )
    await take_screenshots(page, "admin-instrument")

    await page.goto(f"{site.url}/admin/feeds/feed/main/change/")
    await page.get_by_role("button", name="Choose all instruments").click()
    for number, (venue, field) in enumerate((("Kraken", "priority"), ("HTX", "is_never_used"))):
        await page.get_by_role("link", name="Add another Venue of this feed").click()
        await page.locator(f"[name=venues-{number}-venue]").select_option(venue)
        if field == "priority":
            await page.locator(f"[name=venues-{number}-{field}]").fill("1")
        else:
            await page.locator(f"[name=venues-{number}-{field}]").check()
    await page.get_by_role("button", name="Save and continue editing").click()
    await expect(page.locator("#main")).to_contain_text("was changed successfully")
    await take_screenshots(page, "admin-feed")
    await page.set_viewport_size({"width": 390, "height": 844})
    width = await page.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
    assert width[0] <= width[1]

    await page.goto(site.url)
    await expect(page.locator(".panel.venues tbody tr").first).to_contain_text("Kraken")
    assert console == []


async def test_venues_are_dragged_into_another_order(
    site: Site, page: Page, console: list[str], market: Market
) -> None:
    """D-03: the numbers follow the rows, from 1; saved, and in the history who did it."""
    await site.log_in(page)
    await page.goto(f"{site.url}/admin/feeds/venue/")
    rows = page.locator("#result_list tbody")
    await rows.filter(has_text="HTX").locator("[x-sort\\:handle]").drag_to(rows.filter(has_text="Binance"))
    numbers = page.locator("#result_list input[name$=-priority]")
    await expect(rows.first).to_contain_text("HTX")
    await expect(numbers.first).to_have_value("1")
    await expect(numbers.last).to_have_value("7")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.locator("#main")).to_contain_text("changed successfully")
    await page.goto(f"{site.url}/admin/feeds/venue/htx/history/")
    await expect(page.locator("#main")).to_contain_text("Changed Priority")
    assert console == []


async def test_a_dangerous_change_is_asked_about(site: Site, page: Page, console: list[str], market: Market) -> None:
    """Issue 8, point 5: what switching a venue off does is said before it is done; by keys alone, too."""
    await site.log_in(page)
    await page.goto(f"{site.url}/admin/feeds/venue/kraken/change/")
    await page.get_by_label("Enabled").uncheck()
    save, dialog = page.get_by_role("button", name="Save", exact=True), page.get_by_role("dialog", name="Is this what")
    await save.click()
    await expect(dialog).to_contain_text("Every feed leaves this venue within 5 seconds.")
    await take_screenshots(page, "admin-danger")
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await save.click()
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#main")).to_contain_text("was changed successfully")
    await expect(page.get_by_role("row", name="Kraken").locator("[name$=-is_enabled]")).not_to_be_checked()
    assert console == []


async def test_a_token_is_made_and_revoked(site: Site, page: Page, console: list[str]) -> None:
    """W-17: shown once, and ended with one button more; on a phone nothing sticks out."""
    await site.log_in(page)
    await page.locator(".user summary").click()
    await page.get_by_role("link", name="API tokens").click()
    await page.get_by_label("Name").fill("my robot")
    await page.get_by_label("price").check()
    await page.get_by_role("button", name="Make a token").click()
    await expect(page.locator(".secret")).to_have_text(re.compile("^omega_[a-z0-9]{8}_.{43}$"))
    await take_screenshots(page, "tokens")
    await page.set_viewport_size({"width": 360, "height": 800})
    width = await page.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
    assert width[0] <= width[1]

    await page.goto(f"{site.url}/tokens/")
    await expect(page.locator(".secret")).to_have_count(0)
    await page.get_by_text("Revoke", exact=True).click()
    await page.get_by_role("button", name="Revoke my robot for good").click()
    await expect(page.locator(".token")).to_contain_text("Revoked on")

    await page.goto(f"{site.url}/admin/dashboard/apitoken/add/")
    await page.get_by_label("Name").fill("another")
    await take_screenshots(page, "admin-token-new")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.locator("pre")).to_contain_text("omega_")
    await take_screenshots(page, "admin-token")
    assert console == []
