"""Two Redis servers behind a page in a real browser: what traders and operators see when they fail."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from feeds.storage.live import LiveStore
from tests.browser.conftest import Site, running_site
from tests.browser.market import Market
from tests.chromium import take_screenshots
from tests.dashboard.conftest import Writer
from tests.redis_server import RedisServer

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def failover() -> Iterator[RedisServer]:
    server = RedisServer()
    yield server
    server.remove()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, failover: RedisServer) -> Iterator[Site]:
    """A site with a second server."""
    data_dir = tmp_path_factory.mktemp("data")
    (data_dir / "failover_redis_url").write_text(failover.url)
    with running_site(data_dir) as site:
        yield site


@pytest_asyncio.fixture(loop_scope="session")
async def market(site: Site, failover: RedisServer) -> AsyncIterator[Market]:
    """Written to both servers."""
    store = LiveStore(site.redis.url, failover.url)
    yield Market(Writer(store))
    await store.close()


async def test_traders_are_told_who_took_over_and_when_it_is_over(
    site: Site, page: Page, market: Market, failover: RedisServer
) -> None:
    """L-01: the banner comes and goes by itself, and prices go on meanwhile."""
    await site.log_in(page)
    await market.trade_at("64123.45")
    await expect(page.locator(".panel.price .number")).to_have_text("64,123.45")
    await expect(page.locator("#health li")).to_have_count(0)
    site.redis.stop()
    await expect(page.locator("#health li")).to_contain_text("second store of live data has taken over", timeout=2_000)
    await market.trade_at("64130.00")
    await expect(page.locator(".panel.price .number")).to_have_text("64,130.00")
    await take_screenshots(page, "failover")
    failover.stop()
    await expect(page.locator("#health li")).to_contain_text("The store of live data does not answer", timeout=3_000)
    await take_screenshots(page, "both-away")
    failover.start()
    site.redis.start()
    await expect(page.locator("#health li")).to_have_count(0)


async def test_operators_see_each_part_and_what_to_do(
    site: Site, page: Page, console: list[str], failover: RedisServer
) -> None:
    """R15: the page follows by itself, is complete while a server hangs, and fits a phone."""
    await site.log_in(page)
    await page.get_by_role("link", name="System").click()
    await expect(page.get_by_role("heading", name="Primary server, active")).to_be_visible()
    await take_screenshots(page, "system")
    site.redis.freeze()
    try:
        part = page.locator(".part").first
        await expect(part).to_contain_text("Frozen", timeout=8_000)
        await expect(part).to_contain_text("What to do:")
        await expect(page.get_by_role("heading", name="Failover server, active")).to_be_visible()
        await take_screenshots(page, "system-frozen")
        await page.set_viewport_size({"width": 390, "height": 844})
        assert await page.evaluate("document.documentElement.scrollWidth") == 390
    finally:
        site.redis.thaw()
    assert console == []
