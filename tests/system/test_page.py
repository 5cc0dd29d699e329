"""The whole system behind a real browser: the exchange moves the number, and its silence is seen."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.chromium import take_screenshots
from tests.system.stack import PASSWORD, Stack, running_stack
from tests.waiting import wait_until

pytestmark = [pytest.mark.system, pytest.mark.browser]


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """Everything that `make demo` runs."""
    for stack in running_stack(tmp_path):
        stack.start_redis()
        stack.start_exchange()
        stack.migrate()
        stack.start_worker()
        stack.start_beat()
        stack.start_web()
        yield stack


async def log_in(page: Page, stack: Stack) -> None:
    await page.goto(f"http://127.0.0.1:{stack.web_port}/")
    await page.get_by_label("User name").fill("trader")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()


async def test_price_moves_goes_stale_when_the_exchange_is_muted_and_comes_back(
    stack: Stack, page: Page, console: list[str]
) -> None:
    """D-02, D-08, F-25, 6.1: from the exchange's socket to the screen and back, with a clean console."""
    await log_in(page, stack)
    number, badge = page.locator(".panel.price .number"), page.locator(".panel.price .badge")
    await expect(badge).to_have_text("FRESH", timeout=20_000)
    shown = await number.inner_text()
    await expect(number).not_to_have_text(shown)

    await wait_until(lambda: stack.rows("SELECT id FROM feeds_quote LIMIT 1"))

    stack.fault("*", "mute")
    await expect(badge).to_have_text(re.compile(r"STALE \d+ s"), timeout=15_000)
    await take_screenshots(page, "muted")

    stack.heal()
    await expect(badge).to_have_text("FRESH", timeout=30_000)
    assert console == []
