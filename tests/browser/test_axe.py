"""F-25, B-20: axe finds nothing serious on any page in any theme, and it would find it."""

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser import places
from tests.browser.axe import look_at
from tests.browser.conftest import Site
from tests.browser.market import Market

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module", autouse=True)
def _rows(site: Site) -> None:
    site.manage("shell", "-c", "from tests.browser import rows")


@pytest_asyncio.fixture(loop_scope="session")
async def held(site: Site, market: Market) -> None:
    await places.hold(site)
    await market.trade_at("64123.45")


async def findings(site: Site, page: Page, *addresses: str) -> str:
    found = []
    for address in addresses:
        await page.goto(site.url + address)
        found += [f"{address}: {each}" for each in await look_at(page)]
    return "\n".join(found)


@pytest.mark.usefixtures("held")
async def test_live_pages_are_accessible_in_every_theme(site: Site, page: Page, market: Market) -> None:
    """Issue 8, point 7: with prices, positions and a market in them."""
    await site.log_in(page)
    await expect(page.locator(".number").first).to_have_text("64,123.45")
    assert await findings(site, page, *places.LIVE) == ""


async def test_still_pages_are_accessible_in_every_theme(site: Site, page: Page) -> None:
    """Lists and forms, of one's own account and of dashboards, and the address that leads nowhere."""
    await site.log_in(page)
    assert await findings(site, page, *places.STILL, places.NOWHERE) == ""


async def test_pages_of_strangers_are_accessible_in_every_theme(site: Site, page: Page) -> None:
    """Login and password reset; and what somebody sees who may see nothing."""
    assert await findings(site, page, *places.STRANGERS) == ""
    await site.log_in(page, "ben", "may do nothing at all")
    assert await findings(site, page, "/", "/positions/", "/system/") == ""


async def test_the_admin_is_accessible_by_day_and_by_night(site: Site, page: Page) -> None:
    """The index, a list and a form."""
    await site.log_in(page)
    assert await findings(site, page, *places.ADMIN) == ""


async def test_what_is_wrong_is_found(site: Site, page: Page) -> None:
    """A page made worse on purpose: a button without a name, and a text that only one theme makes unreadable."""
    await site.log_in(page)
    await page.goto(f"{site.url}/notices/")
    assert await look_at(page) == []
    await page.evaluate(
        """() => {
          const content = document.getElementById("content");
          content.append(document.createElement("button"));
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(':root[data-theme="cb-dark"] { --text: var(--ground); }');
          document.adoptedStyleSheets = [sheet];
        }"""
    )
    found = await look_at(page)
    assert any(each.startswith("auto | button-name") for each in found)
    assert {each.split(" | ")[0] for each in found if "color-contrast" in each} == {"cb-dark"}
