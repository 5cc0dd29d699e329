"""What a person waits for: from a venue's word to the pixels, from the address to the first price; and the scripts."""

import asyncio
import os
from collections.abc import Iterable, Sequence
from typing import Final

from tests.bench.figure import Figure, Sample
from tests.bench.setting import Setting
from tests.bench.watching import RATE, Watched, watch
from tests.load.site import site

SECONDS: Final = 20.0
PAINT_MS: Final = {"p50": 60.0, "p99": 150.0}
FIRST_PAINT_MS: Final = 1000.0
SCRIPTS_KB: Final = 400.0
_SHARES: Final = {"p50": 0.5, "p99": 0.99}
_LIBRARY: Final = "lightweight-charts"


def pages(setting: Setting) -> list[Figure]:
    """Nothing where there is no browser."""
    if setting.chromium is None:
        return []
    allowed = os.sched_getaffinity(0)
    try:
        with site() as place:
            return figures(asyncio.run(watch(place, setting.chromium, SECONDS)))
    finally:
        os.sched_setaffinity(0, allowed)


def figures(seen: Watched) -> list[Figure]:
    library = _kb(size for name, size in seen.scripts.items() if _LIBRARY in name)
    scripts = _kb(seen.scripts.values())
    return [
        *(
            Figure(
                f"receive to paint {name}, {RATE}/s",
                "ms",
                Sample([_quantile(seen.painted, share)]),
                "bare page and socket",
                Sample([_quantile(seen.bare, share)]),
                most=PAINT_MS[name],
            )
            for name, share in _SHARES.items()
        ),
        Figure("first price, cold cache", "ms", seen.first, "page of one word", seen.first_bare, most=FIRST_PAINT_MS),
        Figure("scripts of the overview", "kB", scripts, "chart library", library, most=SCRIPTS_KB),
        # Above a tenth of it the figures are another program's too.
        Figure("web waited for a processor", "%", Sample([100 * seen.waited]), "never", Sample([0.0])),
    ]


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Of nothing: nothing was painted at all."""
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else float("inf")


def _kb(sizes: Iterable[int]) -> Sample:
    return Sample([sum(sizes) / 1000])
