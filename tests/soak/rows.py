"""What is measured of a page that stays open: what it holds, and what it takes of a processor."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import fields
from typing import Final

from playwright.async_api import Browser

from tests.faults.row import Result, Run
from tests.load.row import figure
from tests.load.site import Site
from tests.screen import Held, chromium, screen
from tests.soak.playing import play, record, url_of
from tests.soak.slope import line

# What grows until it is full (rows, buckets, bars) is full by then.
WARM: Final = 0.25
MOST_GROWN: Final = 2.0
SAMPLES: Final = 80
_RECORDED_S: Final = 10
# Frames go as often as under the highest load; their trades are fewer, for the sake of the time that it takes.
_RECORDED_RATE: Final = 50

RATE: Final = 300
MOST_BUSY: Final = 15.0
# Of ten.
LEAST_PAINTED: Final = 7.0
_SETTLED_S: Final = 5.0
_COUNT_PRICES: Final = """() => {
  window.painted = 0;
  const price = document.querySelector(".panel.price .number");
  new MutationObserver(() => { window.painted += 1; }).observe(price, { childList: true });
}"""


async def soak(site: Site, executable: str, hours: float, seconds: float) -> list[Result]:
    async with chromium(executable) as browser, site.web():
        return [*await _held(browser, site, hours), await _busy(browser, site, seconds)]


async def _held(browser: Browser, site: Site, hours: float) -> list[Result]:
    async with site.writing(_RECORDED_RATE):
        recording = await record(browser, url_of(site), site.people[0]["session"], _RECORDED_S)
    times = round(hours * 3600 / recording.seconds)
    held = await play(browser, url_of(site), site.people[1]["session"], recording, times, SAMPLES)
    return grown(held, f"{times * len(recording.frames)} updates, as in {hours:g} h")


def grown(held: Sequence[Held], what: str) -> list[Result]:
    """By how much each kind of what is held grew for certain."""
    settled = held[round(WARM * len(held)) :]
    results = []
    for name in (each.name for each in fields(Held)):
        drawn = line([getattr(each, name) for each in settled])
        told = f"{what}: growth of {name} that is no chance; {drawn.mean:.0f}, {100 * drawn.growth:+.2f} %"
        results.append(figure(f"OPEN {name}", told, "%", 100 * drawn.certain, MOST_GROWN))
    return results


async def _busy(browser: Browser, site: Site, seconds: float) -> Result:
    async with site.writing(RATE), screen(browser, url_of(site), site.people[2]["session"]) as shown:
        await shown.page.goto(f"{url_of(site)}/")
        await asyncio.sleep(_SETTLED_S)
        await shown.page.evaluate(_COUNT_PRICES)
        began, used = time.monotonic(), await shown.used_s()
        await asyncio.sleep(seconds)
        took = time.monotonic() - began
        share = 100 * (await shown.used_s() - used) / took
        painted = await shown.page.evaluate("window.painted") / took
    # A page that shows nothing takes nothing.
    run = Run() if painted >= LEAST_PAINTED else Run(void=f"it showed {painted:.1f} prices a second")
    what = f"{RATE} trades/s for {seconds:g} s, {painted:.1f} prices shown a second: of one processor"
    return figure("OPEN processor", what, "%", share, MOST_BUSY, run)
