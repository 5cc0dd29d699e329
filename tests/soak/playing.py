"""A page that hears in minutes what it would hear in hours: a real server's words, played again and again."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, Page

from tests.load.site import READY_WITHIN_S, Site
from tests.screen import Held, screen
from tests.waiting import wait_for

PLAYER: Final = Path(__file__).with_name("player.js").read_text()
# The page's own timers run in between: a clock that jumps over them proves nothing.
_STEPS: Final = 4


@dataclass(frozen=True)
class Recording:
    """Frames of a page that was opened, and of the `seconds` after that. Each time they are told `later_s` later."""

    opening: list[str]
    frames: list[str]
    seconds: int
    later_s: int


async def record(browser: Browser, url: str, session: str, seconds: int) -> Recording:
    async with screen(browser, url, session) as shown:
        await shown.page.add_init_script(PLAYER)
        await shown.page.goto(f"{url}/")
        await _until(shown.page, """() => window.heard?.some((frame) => frame.includes('"moves"'))""")
        begun = await shown.page.evaluate("window.heard.length")
        await asyncio.sleep(seconds)
        heard: list[str] = await shown.page.evaluate("window.heard")
        return Recording(heard[:begun], heard[begun:], seconds, later_s=seconds)


async def play(
    browser: Browser, url: str, session: str, recording: Recording, times: int, samples: int, spoil: str = ""
) -> list[Held]:
    """What the page holds, so many times while it plays. `spoil` is run in it first."""
    async with screen(browser, url, session) as shown:
        page = shown.page
        await page.add_init_script(f"window.name = 'played'; {PLAYER}")
        await page.clock.install()
        await page.goto(f"{url}/")
        await _until(page, "() => Boolean(window.socket?.onmessage)")
        await page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=1))
        await page.evaluate("(frames) => play(frames, 0, true)", recording.opening)
        await page.evaluate(f"(frames) => {{ window.frames = frames; {spoil} }}", recording.frames)
        held = []
        for number in range(1, times + 1):
            await _play_once(page, recording, number)
            if number % max(1, times // samples) == 0:
                held.append(await shown.held())
        assert await page.locator(".tape tbody tr").count() == 50
        return held


async def _play_once(page: Page, recording: Recording, number: int) -> None:
    count, ms = len(recording.frames), number * recording.later_s * 1000
    for step in range(_STEPS):
        part = [count * step // _STEPS, count * (step + 1) // _STEPS]
        await page.evaluate("([from, to, ms]) => play(frames.slice(from, to), ms, false)", [*part, ms])
        await page.clock.run_for(recording.seconds * 1000 // _STEPS)


async def _until(page: Page, is_true: str) -> None:
    """As `wait_for_function`, which the policy of our pages forbids."""

    async def look() -> bool | None:
        return await page.evaluate(is_true) or None

    await wait_for(look, READY_WITHIN_S)


def url_of(site: Site) -> str:
    return f"http://127.0.0.1:{site.stack.web_port}"
