"""The command: `python -m tests.screenshots`, some three minutes."""

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright

from tests.chromium import ARGUMENTS, find_chromium
from tests.screenshots.album import MOST_BYTES, Album
from tests.screenshots.demo import Demo, running_demo
from tests.screenshots.scenes import take_all


def main() -> int:
    album = Album()
    with tempfile.TemporaryDirectory() as folder, running_demo(Path(folder)) as demo:
        asyncio.run(_take(demo, album))
    size = album.close()
    sys.stdout.write(f"docs/screens.md shows {size / 1_000_000:.1f} MB of pictures\n")
    if size > MOST_BYTES:
        sys.stderr.write(f"That is more than {MOST_BYTES / 1_000_000:.0f} MB.\n")
    return int(size > MOST_BYTES)


async def _take(demo: Demo, album: Album) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        await take_all(browser, demo, album)
        await browser.close()


if __name__ == "__main__":
    sys.exit(main())
