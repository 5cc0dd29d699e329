"""A page of the site in Chromium while it is measured: how much memory it holds, and what it takes of a processor."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from playwright.async_api import Browser, CDPSession, Page, async_playwright

from tests.chromium import ARGUMENTS

SIZE: Final = (1440, 900)
_EVERYTHING: Final = range(os.cpu_count() or 1)


@dataclass(frozen=True)
class Held:
    """What a page holds once its garbage is collected: bytes of its heap, nodes, listeners."""

    heap: float
    nodes: float
    listeners: float


@dataclass
class Screen:
    page: Page
    _session: CDPSession
    _browser: CDPSession

    async def held(self) -> Held:
        # A second time for what the first one let go of.
        for _ in range(2):
            await self._session.send("HeapProfiler.collectGarbage")
        told = await self._session.send("Performance.getMetrics")
        metrics = {each["name"]: each["value"] for each in told["metrics"]}
        return Held(metrics["JSHeapUsedSize"], metrics["Nodes"], metrics["JSEventListeners"])

    async def used_s(self) -> float:
        """Seconds of a processor that all processes with pages took so far."""
        told = await self._browser.send("SystemInfo.getProcessInfo")
        return float(sum(each["cpuTime"] for each in told["processInfo"] if each["type"] == "renderer"))


@asynccontextmanager
async def chromium(executable: str) -> AsyncIterator[Browser]:
    """It may run wherever there is room, as on a desk."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, _EVERYTHING)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        os.sched_setaffinity(0, allowed)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def screen(browser: Browser, url: str = "", session: str = "") -> AsyncIterator[Screen]:
    """A window with a cold cache, logged in on the site at `url`. It shows nothing yet."""
    context = await browser.new_context(viewport={"width": SIZE[0], "height": SIZE[1]})
    if session:
        await context.add_cookies([{"name": "omega_session", "value": session, "url": url}])
    page = await context.new_page()
    cdp = await context.new_cdp_session(page)
    await cdp.send("Performance.enable")
    yield Screen(page, cdp, await browser.new_browser_cdp_session())
    await context.close()
