"""The chart in a real browser: bars of the database, of every width, and the live minute in them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from feeds.market.candles import MINUTE, start_of
from tests.browser.conftest import Site
from tests.browser.market import Market
from tests.chromium import take_screenshots

pytestmark = pytest.mark.browser

FIVE = timedelta(minutes=5)


def row(start_at: datetime, price: int, **rest: object) -> dict[str, Any]:
    """A candle of the database."""
    prices = {"open": price, "high": price + 40, "low": price - 40, "close": price + 10}
    fields = {"venue": "binance", "instrument": "BTC-USDT", "start_at": start_at.isoformat(), "status": "closed"}
    return {"model": "feeds.candle", "fields": {**fields, **prices, "volume": "2.5", "is_due": False, **rest}}


def store(site: Site, folder: Path, *rows: dict[str, Any]) -> None:
    fixture = folder / "candles.json"
    fixture.write_text(json.dumps(rows))
    site.manage("loaddata", str(fixture), "--verbosity", "0")


async def test_bars_of_every_width_say_how_far_they_may_be_trusted(
    site: Site, page: Page, console: list[str], market: Market, tmp_path: Path
) -> None:
    """V-10 F-25: minutes at once, longer bars at a click, the live minute in them, what is missing in words."""
    # The last five minutes that are whole: the test does not cross into the next ones.
    begun = start_of(datetime.now(UTC), FIVE) - FIVE
    rows = [row(begun - MINUTE * n, 64000 + n % 7 * 20) for n in range(1, 200)]
    empty = dict.fromkeys(("open", "high", "low", "close"))
    partial = {"status": "partial", "gap_seconds": 12.5}
    rows[20:24] = [row(begun - MINUTE * 21, 64000, **partial), row(begun - MINUTE * 22, 64000, **empty, **partial)]
    store(site, tmp_path, *rows, row(begun, 64100), row(begun + MINUTE, 64110, **partial))
    await site.log_in(page)
    summary = page.locator("#bar")
    await expect(summary).to_contain_text("O\u00a064,110.00")
    await expect(summary).to_contain_text("partial:\u00a013\u00a0s\u00a0missing")
    await take_screenshots(page, "candles")

    await page.get_by_role("button", name="5m", exact=True).click()
    await expect(summary).to_contain_text("O\u00a064,100.00   H\u00a064,150.00   L\u00a064,060.00   C\u00a064,120.00")
    await expect(summary).to_contain_text("partial:\u00a013\u00a0s\u00a0missing")
    await expect(page.locator("#widths [aria-pressed=true]")).to_have_text("5m")

    await page.get_by_role("button", name="1d", exact=True).click()
    await expect(summary).to_contain_text("C\u00a064,120.00")
    await market.trade_at("64999.50")
    await expect(summary).to_contain_text("C\u00a064,999.50")
    assert console == []


async def test_a_live_minute_begins_the_bars_of_an_empty_chart(site: Site, page: Page, market: Market) -> None:
    """F-25: whatever the width, the first trade is a bar."""
    site.manage("shell", "--command", "from feeds.models import Candle; Candle.objects.all().delete()")
    # For a minute it remembers what it told before.
    site.stop()
    site.start()
    await site.log_in(page)
    await expect(page.locator("#chart-note")).to_contain_text("No trade in the last hours")
    await page.get_by_role("button", name="1h", exact=True).click()
    await market.trade_at("64123.45")
    await expect(page.locator("#bar")).to_contain_text("O\u00a064,123.45")
    await expect(page.locator("#chart-note")).to_be_hidden()
