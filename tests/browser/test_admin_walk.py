"""Every page of the admin in a real browser, as its own menu leads to them."""

import re
from typing import Final

import pytest
from playwright.async_api import Page, ViewportSize

from tests.browser.conftest import Site
from tests.chromium import take_screenshots

pytestmark = pytest.mark.browser
DESK: Final = ViewportSize(width=1440, height=900)
PHONE: Final = ViewportSize(width=390, height=844)
SHOWN: Final = (
    "/admin/",
    "/admin/auth/user/1/change/",
    "/admin/feeds/gap/",
    "/admin/feeds/instrument/BTC-USDT/delete/",
)


class Walk:
    """One person's way through the admin; what is wrong with a page is noted with its address."""

    def __init__(self, site: Site, page: Page, console: list[str]) -> None:
        self._site, self._page, self._console = site, page, console
        self.seen: list[str] = []
        self.flaws: list[str] = []

    async def visit(self, path: str) -> list[str]:
        """The addresses in the admin that this page leads to."""
        answer = await self._page.goto(f"{self._site.url}{path}")
        self.seen.append(path)
        if answer is None or answer.status >= 400:
            self.flaws.append(f"{path}: {answer.status if answer else 'no answer'}")
        for size in (PHONE, DESK):
            await self._page.set_viewport_size(size)
            if not await self._page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth"):
                self.flaws.append(f"{path}: wider than {size['width']}")
        if path in SHOWN:
            await take_screenshots(self._page, f"walk{path.replace('/', '-')}")
        self.flaws += [f"{path}: {complaint}" for complaint in self._console]
        self._console.clear()
        found = await self._page.eval_on_selector_all("a[href]", "(all) => all.map((each) => each.pathname)")
        return list(dict.fromkeys(path for path in found if path.startswith("/admin/")))

    async def visit_rows(self, rows: str) -> None:
        """The list, a new row, and of the first that is there its page and all that lies below it."""
        links = await self.visit(rows)
        if f"{rows}add/" in links:
            await self.visit(f"{rows}add/")
        change = next((link for link in links if link.startswith(rows) and link.endswith("/change/")), None)
        if change is None:
            return
        further = await self.visit(change)
        # What nobody edits has no history: its page says so, the same for all of them.
        if f"{rows}add/" in links or rows.endswith("/venue/"):
            own = change.removesuffix("change/")
            for link in further:
                if link.startswith(own) and link != change:
                    await self.visit(link)


# Seventy pages of a heavy theme: a minute on a machine that does nothing else.
@pytest.mark.timeout(360)
async def test_every_page_of_the_admin_is_whole(site: Site, page: Page, console: list[str]) -> None:
    """Issue 8, points 2 and 5: lists, forms, histories, deletions: no error, no violation, nothing sticks out."""
    site.manage("shell", "-c", "from tests.browser import rows")
    await site.log_in(page)
    await page.goto("about:blank")
    console.clear()
    walk = Walk(site, page, console)
    lists = [link for link in await walk.visit("/admin/") if re.fullmatch(r"/admin/\w+/\w+/", link)]
    for rows in lists:
        await walk.visit_rows(rows)
    assert "\n".join(walk.flaws) == ""
    # Not because nothing was found.
    assert {"/admin/auth/user/1/password/", "/admin/feeds/venue/binance/history/"} <= set(walk.seen)
    assert len(lists) >= 25
