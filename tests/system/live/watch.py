"""Looks at the price panel ten times a second, inside the page, and judges all that was seen by what was sent."""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from playwright.async_api import Page

from dashboard.feed.board import STALE_AFTER
from dashboard.templatetags.figures import price

# What is a little old is still called fresh; three times that would deceive somebody.
DECEIVING_S: Final = 3 * STALE_AFTER

WATCH: Final = """
  window.watched = [];
  setInterval(() => {
    const panel = document.querySelector(".panel.price");
    if (!panel) return;
    const text = (name) => panel.querySelector(`[data-field=${name}]`).textContent;
    watched.push({
      at: Date.now() / 1000, price: text("price"), venue: panel.dataset.venue ?? "", source: panel.dataset.source,
      age: text("age"), badge: text("badge"), state: panel.dataset.state,
    });
  }, 100);
"""


async def judge(page: Page, sent: Iterable[dict[str, Any]]) -> int:
    """Asserts that nothing old was ever shown as live, and nothing that no venue had said; how often was looked."""
    watched = await page.evaluate("watched")
    told: dict[tuple[str, str], list[float]] = {}
    for trade in sent:
        at = datetime.fromisoformat(trade["traded_at"]).timestamp()
        told.setdefault((trade["venue"], price(trade["price"])), []).append(at)
    for seen in watched:
        if seen["state"] == "empty":
            continue
        assert (seen["venue"], seen["price"]) in told, f"no venue ever said {seen}"
        _assert_coherent(seen)
        if seen["state"] == "fresh":
            last = max(
                at for (venue, _), times in told.items() if venue == seen["venue"] for at in times if at <= seen["at"]
            )
            assert seen["at"] - last <= DECEIVING_S, f"{seen['at'] - last:.1f} s old: {seen}"
    _assert_ages_rise(watched)
    return len(watched)


def _assert_coherent(seen: dict[str, Any]) -> None:
    """The badge says what the age says, at each moment."""
    if seen["state"] == "fresh":
        assert seen["badge"] == "FRESH", seen
        assert seen["source"], seen
        assert seconds(seen["age"]) <= STALE_AFTER, seen
    else:
        assert seen["badge"] == f"STALE {seen['age']}", seen
        assert not seen["source"] or seconds(seen["age"]) >= STALE_AFTER, seen


def _assert_ages_rise(watched: list[dict[str, Any]]) -> None:
    """A stale price becomes young by another one only, or by a word of its venue."""
    for before, after in pairwise(watched):
        if before["state"] == after["state"] == "stale" and after["source"] and before["price"] == after["price"]:
            assert seconds(after["age"]) >= seconds(before["age"]) - STALE_AFTER, (before, after)


def seconds(age: str) -> float:
    """Of what the page says: 0.4 s, 12 s, 3 min."""
    number, unit = age.split()
    return float(number) * {"s": 1, "min": 60}[unit]
