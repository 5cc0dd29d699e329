"""The panels of operation in a real browser: venues that fall silent and come back, a Redis that dies, the log."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from msgspec import structs
from playwright.async_api import Page, expect

from feeds.storage import keys
from feeds.storage.logbook import LogLine, encode
from tests.browser.conftest import Site
from tests.browser.market import Market
from tests.chromium import take_screenshots
from tests.dashboard.samples import feed_state

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=alert(1)> & <script>alert(1)</script>"
# The feed was watched for an hour.
WATCHED = """
from datetime import timedelta
from django.utils import timezone
from feeds.models import UptimeMinute
now = timezone.now().replace(second=0, microsecond=0)
UptimeMinute.objects.bulk_create(
    UptimeMinute(subject="feed:main", minute_at=now - timedelta(minutes=back), known=60, good=60)
    for back in range(60, 0, -1)
)
"""


@pytest.fixture(scope="module", autouse=True)
def _watched(site: Site) -> None:
    site.manage("shell", "--command", WATCHED)


@pytest_asyncio.fixture(loop_scope="session")
async def system_page(site: Site, page: Page, market: Market) -> Page:
    await site.log_in(page)
    await market.trade_at("64123.45")
    await page.goto(f"{site.url}/system/")
    return page


def warn(site: Site, level: str, text: str) -> None:
    line = LogLine(datetime.now(UTC), level, "worker 7", "feeds.storage.pair", text)
    with site.redis.client() as client:
        client.xadd(keys.EVENT_LOG, {keys.EVENT_FIELD: encode(line)})


async def test_muted_venue_is_told_silent_and_comes_back(system_page: Page, market: Market, console: list[str]) -> None:
    """F-25, F-29: by icon, word and age; and each of its figures stands under its name, on a phone too."""
    venue = system_page.locator('.panel.venues [data-code="binance"]')
    await expect(venue.locator(".chip")).to_have_text("Connected")
    flaws = {"skew_ms": -1250, "circuit": "half-open", "accepted": 99, "quarantined": {"jump": 1}}
    await market.count_flaws("binance", reconnects=3, **flaws)  # type: ignore[arg-type]
    await expect(venue.locator('[data-field="reconnects"]')).to_have_text("3")
    await expect(venue.locator('[data-field="skew"]')).to_have_text("−1.25 s")
    await expect(venue.locator('[data-field="held"]')).to_have_text("1 %")
    await expect(venue.locator('[data-field="circuit"]')).to_have_text("half-open")
    await market.trade_at("64125.00", ago=30.0)
    await expect(venue.locator(".chip")).to_have_text("Silent")
    await expect(system_page.locator(".panel.connection [data-field=age]")).to_contain_text("s")
    await expect(system_page.locator(".panel.connection")).to_have_attribute("data-late", "")
    await market.trade_at("64126.00")
    await expect(venue.locator(".chip")).to_have_text("Connected")
    await system_page.set_viewport_size({"width": 390, "height": 844})
    content = "each => getComputedStyle(each, '::before').content"
    assert await venue.locator('[data-field="reconnects"]').evaluate(content) == '"Reconnects"'
    assert await system_page.evaluate("document.documentElement.scrollWidth") == 390
    assert console == []


async def test_who_led_is_drawn_and_told(system_page: Page, market: Market) -> None:
    """F-25: the active venue with its reason; the lanes say in numbers what they draw, of the minutes that were
    watched.
    """
    connection = system_page.locator(".panel.connection")
    await expect(connection.locator('[data-field="venue"]')).to_have_text("Binance")
    await expect(connection.locator('[data-field="source"]')).to_contain_text("went silent for 3 s")
    lane = connection.locator("[data-field=lanes] tr").first
    await expect(lane.locator("[data-field=name]")).to_have_text("Binance")
    await expect(lane.locator("[data-field=percent]")).to_contain_text("%")
    assert await lane.locator("rect").count() == 1


async def test_log_is_escaped_and_filtered(site: Site, system_page: Page, console: list[str]) -> None:
    """B-16: warnings and errors arrive while the page is open, as text whatever is in them."""
    warn(site, "WARNING", HOSTILE)
    warn(site, "ERROR", "the feed broke")
    lines = system_page.locator(".panel.log li")
    await expect(lines).to_have_count(2)
    await expect(lines.nth(1)).to_contain_text(HOSTILE)
    await system_page.locator(".panel.log select").select_option("ERROR")
    await expect(lines).to_have_count(1)
    await expect(lines.first).to_contain_text("the feed broke")
    await system_page.reload()
    await expect(lines.nth(1)).to_contain_text(HOSTILE)
    assert console == []


async def test_cells_of_coverage_are_read_by_keyboard(system_page: Page) -> None:
    """The ledger: a number in each cell, and its words for whoever moves to it."""
    cells = system_page.locator(".panel.coverage td")
    await expect(cells).to_have_count(24 * await system_page.locator(".panel.coverage tbody tr").count())
    await system_page.locator(".panel.coverage td[tabindex]").focus()
    await system_page.keyboard.press("ArrowLeft")
    detail = system_page.locator(".panel.coverage [data-field=detail]")
    await expect(detail).to_contain_text(":00 UTC: nobody was to listen")
    await system_page.get_by_role("button", name="30 d").click()
    await expect(cells).to_have_count(30 * await system_page.locator(".panel.coverage tbody tr").count())


async def test_dead_redis_is_told_and_its_return_too(site: Site, system_page: Page, market: Market) -> None:
    """F-30: the server's state changes by itself, and what nobody can tell is a dash."""
    server = system_page.locator(".panel.redis tbody tr").first
    await expect(server.locator("[data-field=state]")).to_have_text("Up")
    await expect(server.locator("[data-field=memory]")).to_contain_text("MB")
    await take_screenshots(system_page, "operations")
    site.redis.stop()
    try:
        await expect(server.locator("[data-field=state]")).to_have_text("Down")
        await expect(server.locator("[data-field=latency]")).to_have_text("–")
        await take_screenshots(system_page, "operations-down")
    finally:
        site.redis.start()
    await expect(server.locator("[data-field=state]")).to_have_text("Up")


async def test_trades_that_are_believed_are_counted_per_second(system_page: Page, market: Market) -> None:
    """F-30: by the counts that a worker tells of its venues."""
    at, validated = datetime.now(UTC), system_page.locator(".panel.redis [data-field=validated]")
    for accepted in (100, 400):
        state = feed_state(at + timedelta(milliseconds=accepted))
        venues = [structs.replace(each, accepted=accepted) for each in state.venues]
        await market.show(structs.replace(state, venues=venues))
        await expect(validated).to_have_text(re.compile(r"^\d[\d,.]* /s$"))
