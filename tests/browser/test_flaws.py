"""What was wrong with a venue's data, where people see it: the venues table, and the admin's list."""

from datetime import UTC, datetime

import pytest
from msgspec import structs
from playwright.async_api import Page, expect

from feeds.storage.latest import RejectedFrame
from tests.browser.conftest import Site
from tests.browser.market import Market
from tests.chromium import take_screenshots

pytestmark = pytest.mark.browser
HOSTILE = '\'{"e":"trade","s":"<img src=x onerror=alert(1)>","t":12345678,"p":"1000000.01","q":"0.00100000"}\''


async def test_venues_table_counts_what_was_wrong(site: Site, page: Page, console: list[str], market: Market) -> None:
    """F-14 F-16 F-29: totals under the venue's name, reasons in the title; painted first, and kept up by the socket."""
    await market.trade_at("64123.45")
    await market.count_flaws(
        "htx", rejected={"json": 1200, "symbol": 2}, quarantined={"clock": 3}, accepted=297, repeated=40, skew_ms=9250
    )
    await site.log_in(page)
    flaws = page.locator(".panel.venues tbody tr[data-code=htx] [data-field=flaws]")
    reasons = "Rejected: json 1,200, symbol 2. Held back: clock 3. Repeated: 40. Clock: 9.2 s ahead."
    await expect(flaws).to_have_text("1 failure, 1,202 rejected, 3 held back (1 %), clock 9.2 s ahead")
    await expect(flaws).to_have_attribute("title", reasons)
    await take_screenshots(page, "flaws")
    await market.count_flaws(
        "htx", attempts=5, circuit="open", rejected={"symbol": 2, "json": 1201}, quarantined={}, skew_ms=-61_000
    )
    await expect(flaws).to_have_text("5 failures, left alone for now, 1,203 rejected, clock 61.0 s behind")
    await expect(flaws).to_have_attribute("title", "Rejected: json 1,201, symbol 2. Clock: 61.0 s behind.")
    await expect(page.locator(".panel.venues tbody tr[data-code=binance] [data-field=flaws]")).to_be_empty()
    assert console == []


async def test_staff_finds_what_was_rejected(site: Site, page: Page, console: list[str], market: Market) -> None:
    """F-16 E34: from the venues' list to one venue's frames; markup in them is text."""
    await site.log_in(page)
    await page.goto(f"{site.url}/admin/feeds/venue/rejected/")
    await expect(page.get_by_text("Nothing was rejected in the last hour")).to_be_visible()
    await take_screenshots(page, "rejected-empty")

    now = datetime.now(UTC)
    htx = RejectedFrame("htx", "price_bounds", HOSTILE, now)
    frames = [structs.replace(htx, venue="kraken", reason="json", excerpt='\'{"channel":"tra\''), htx]
    await market.reject(*frames * 3)
    await page.goto(f"{site.url}/admin/feeds/venue/")
    await page.locator("tr", has_text="HTX").get_by_role("link", name="Last hour").click()
    rows = page.locator(".rejected tbody tr")
    await expect(rows).to_have_count(3)
    await expect(rows.first).to_contain_text("<img src=x onerror=alert(1)>")
    await page.get_by_label("Venue").select_option("")
    await page.get_by_role("button", name="Show").click()
    await expect(rows).to_have_count(6)
    await take_screenshots(page, "rejected")
    await page.get_by_label("Reason").select_option("json")
    await page.get_by_role("button", name="Show").click()
    await expect(rows).to_have_count(3)

    site.redis.stop()
    await page.reload()
    await expect(page.get_by_text("The store of live data does not answer")).to_be_visible()
    await take_screenshots(page, "rejected-down")
    site.redis.start()
    assert console == []
