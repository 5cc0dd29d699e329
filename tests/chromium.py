"""A real browser for tests: the fixtures `page` and `console`, and screenshots of what it shows."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright, expect

from tests.waiting import PATIENCE_S

SCREENSHOTS = Path(__file__).resolve().parents[1] / "var" / "screenshots"
ARGUMENTS: Final = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
]


def chromium_on_path() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def find_chromium() -> str:
    """Chromium on the PATH. Without it the test is skipped, loudly; in CI it fails."""
    if found := chromium_on_path():
        return found
    if os.environ.get("CI"):
        pytest.fail("NO BROWSER: CI has to install chromium")
    pytest.skip("NO BROWSER: install chromium to run this test (Debian: apt install chromium)")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests share one loop, since they share one browser. Their async fixtures have to be on it as well."""
    for item in items:
        if pytest_asyncio.is_async_test(item) and item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all tests of this process: to start it takes longer than most of them."""
    chromium = find_chromium()
    expect.set_options(timeout=1000 * PATIENCE_S)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A fresh browser window of 1440x900. A test that expects a clean console asks for `console` too."""
    others = asyncio.all_tasks()
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    page = await context.new_page()
    page.set_default_timeout(1000 * PATIENCE_S)
    yield page
    for opened in browser.contexts:
        await _close(opened)
    # What a test leaves running, as one that took too long does, ends with it.
    for task in asyncio.all_tasks() - others - {asyncio.current_task()}:
        task.cancel()


async def _close(context: BrowserContext) -> None:
    """What a page still asks for is not answered any more: it would fail in the middle of the next test."""
    for page in context.pages:
        await page.unroute_all(behavior="ignoreErrors")
    await context.unroute_all(behavior="ignoreErrors")
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def console(page: Page) -> list[str]:
    """Everything that the browser complains about, as it happens: script errors, failed loads, CSP violations."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def hear(line: ConsoleMessage) -> None:
        if line.type in ("error", "warning"):
            complaints.append(line.text)

    page.on("console", hear)
    return complaints


async def take_screenshots(page: Page, name: str) -> None:
    """Keeps how the page looks on a desk and on a phone, in var/screenshots/."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for width, height in ((1440, 900), (390, 844)):
        await page.set_viewport_size({"width": width, "height": height})
        await page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        await page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=width < 1000)
    await page.set_viewport_size({"width": 1440, "height": 900})
