"""R15: both Redis servers hang, the database is locked and pages hang with it; machines ask how the site is."""

import asyncio
import time
from itertools import cycle
from math import ceil
from typing import Final

from tests.faults.ground import Ground
from tests.faults.hanging import HangingSite, hanging_site
from tests.faults.row import FaultMissing, Row, Run
from tests.waiting import wait_in_thread_until

ASKED: Final = 200
TRUE_WITHIN_S: Final = 3.0
# A page that waits for so long hangs.
HANGS_S: Final = 1.0


def _measure() -> Run:
    with hanging_site() as site, site.hanging():
        told_after = _until_told(site)
        took, wrong = _ask(site)
    if max(site.page_times, default=0.0) < HANGS_S:
        raise FaultMissing("no page hung")
    complaints = [f"it was told after {told_after:.1f} s"] if told_after > TRUE_WITHIN_S else []
    complaints += [f"{wrong} answers were wrong"] if wrong else []
    return Run(sorted(took)[ceil(0.99 * len(took)) - 1], complaints=tuple(complaints))


def _until_told(site: HangingSite) -> float:
    began = time.monotonic()
    wait_in_thread_until(lambda: site.ask("/health")[0] == 503, 10 * TRUE_WITHIN_S, "it says that it is unhealthy")
    return time.monotonic() - began


def _ask(site: HangingSite) -> tuple[list[float], int]:
    """How long each answer took, on either port, and how many were not the truth."""
    took, wrong = [], 0
    for port, _ in zip(cycle((site.machine_port, site.stack.web_port)), range(ASKED), strict=False):
        began = time.monotonic()
        status, told = site.ask("/health", port)
        took.append(time.monotonic() - began)
        wrong += (status, told["status"], told["redis"]) != (503, "unhealthy", "down")
    return took, wrong


async def _play(ground: Ground) -> Run:
    return await asyncio.to_thread(_measure)


ROW = Row(
    "R15",
    "both Redis servers, the database and pages hang: p99 of /health",
    "s",
    0.3,
    _play,
    within=180.0,
    runs=10,
    most_at_once=1,
    may_wait=0.3,
)
