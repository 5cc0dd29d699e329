"""The pictures: taken, made small, and shown with a sentence each on docs/screens.md."""

import io
from collections import Counter
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.async_api import Page

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
MOST_BYTES: Final = 4_000_000
HEIGHTS: Final = {390: 844, 820: 1180, 1440: 900}
_COLOURS = 112
_HEAD: Final = """# Screens

Each page and state of the site, on the replay exchange with a made-up past. `make screenshots` takes the pictures again
and writes this page. What the panels say is in [dashboards](dashboards.md).
"""


class Album:
    def __init__(self, folder: Path = DOCS / "screenshots") -> None:
        self._folder = folder
        self._lines: list[str] = []
        self._names: set[str] = set()
        folder.mkdir(parents=True, exist_ok=True)

    def chapter(self, title: str) -> None:
        self._lines += ["", f"## {title}"]

    async def take(self, page: Page, name: str, sentence: str, width: int = 1440, *, whole: bool = True) -> None:
        """What the page shows now at this width; `whole` goes on below the window."""
        await page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        # A chart takes its new width with a later picture.
        await page.wait_for_timeout(700)
        if whole:
            # A window of that height: what is fixed at an edge of it stands at the edge of the picture.
            height = await page.evaluate("document.documentElement.scrollHeight")
            await page.set_viewport_size({"width": width, "height": max(height, HEIGHTS[width])})
            await page.wait_for_timeout(300)
        taken = await page.screenshot()
        (self._folder / f"{name}.png").write_bytes(_small(taken))
        self._names.add(name)
        self._lines += ["", sentence, "", f"![{sentence}](screenshots/{name}.png)"]

    def close(self) -> int:
        """Writes the page, and removes pictures that it does not show any more; the bytes of all that it shows."""
        for path in self._folder.glob("*.png"):
            if path.stem not in self._names:
                path.unlink()
        (self._folder.parent / "screens.md").write_text("\n".join([_HEAD.strip(), *self._lines, ""]))
        return sum(path.stat().st_size for path in self._folder.glob("*.png"))


def _small(picture: bytes) -> bytes:
    """With a palette of the colours that it has most of: those are as they are, what is between them is the nearest."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    counted = Counter(zip(*[iter(image.tobytes())] * 3, strict=True))
    most = [part for colour, _ in counted.most_common(_COLOURS) for part in colour]
    palette = Image.new("P", (1, 1))
    palette.putpalette(most)
    small = io.BytesIO()
    image.quantize(palette=palette, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    return small.getvalue()
