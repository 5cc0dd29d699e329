"""Accounts in a real browser: a position moves, a line is lost, the staff page follows."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import pytest_asyncio
from msgspec import structs
from playwright.async_api import Page, expect

from feeds.storage.live import LiveStore
from positions.board.outgoing import ALIVE_EVERY_S
from positions.latest import Check
from tests.browser.conftest import Site
from tests.chromium import take_screenshots
from tests.dashboard.accounts.samples import (
    LONG,
    ORDERS,
    SHORT,
    account_state,
    alert,
    debug_state,
    orders_state,
    positions_state,
    write,
)

pytestmark = pytest.mark.browser
ACCOUNT = 1
_PAINTED = """() => {
  window.painted = [];
  const mark = document.querySelector(".holding [data-field=mark]");
  new MutationObserver(() => painted.push(performance.now())).observe(mark, { childList: true });
}"""
DEBUG_PAGE = "/debug/position_component_debug.html"


@pytest.fixture(scope="module", autouse=True)
def _account(site: Site) -> None:
    """One account of the only user, put into the database of the site; its PnL was stored twenty minutes ago."""
    fields = {"label": "Main", "environment": "demo", "owner": 1, "created_at": "2026-01-01T00:00:00Z"}
    path = site.data_dir / "account.json"
    taken_at = (datetime.now(UTC) - timedelta(minutes=20)).isoformat()
    balance = {"account": ACCOUNT, "coin": "USDT", "equity": "10000", "unrealized_pnl": "-12.5", "taken_at": taken_at}
    rows = [("account", ACCOUNT, fields), ("balancesnapshot", 1, balance)]
    path.write_text(json.dumps([{"model": f"positions.{name}", "pk": pk, "fields": told} for name, pk, told in rows]))
    site.manage("loaddata", str(path))


@pytest_asyncio.fixture(loop_scope="session")
async def store(site: Site) -> AsyncIterator[LiveStore]:
    with site.redis.client() as client:
        client.flushall()
    store = LiveStore(site.redis.url)
    yield store
    await store.close()


async def beat(store: LiveStore) -> None:
    """Writes the line as often as a worker does, until it is cancelled."""
    while True:
        await write(store, account_state(ACCOUNT, now=datetime.now(UTC)))
        await asyncio.sleep(ALIVE_EVERY_S)


async def test_a_position_moves_and_says_when_it_is_old(
    site: Site, page: Page, store: LiveStore, console: list[str]
) -> None:
    """M-07, B-10, B-11, B-14, B-18: figures follow the worker; once the line is down they are marked within 2 s."""
    now = datetime.now(UTC)
    await write(store, positions_state(ACCOUNT, LONG, SHORT, now=now), orders_state(ACCOUNT, *ORDERS))
    beating = asyncio.create_task(beat(store))
    await site.log_in(page)
    await page.get_by_role("link", name="Positions").click()
    first = page.locator(".holding").first
    await expect(first.locator("[data-field=pnl]")).to_have_text("+34.70 USDT (+0.36%)")
    await expect(first.locator("[data-field=badge]")).to_have_class("side long")
    await expect(page.locator("#line")).to_have_attribute("data-state", "connected")
    await expect(page.locator(".course [data-field=text]")).to_have_text(
        re.compile(r"\+11\.20 USDT, between -12\.50 and")
    )
    lower = structs.replace(LONG, pnl=Decimal("-0.001"), pnl_percent=Decimal("-0.00001"), mark_price=Decimal(63999))
    await write(store, positions_state(ACCOUNT, lower, SHORT, now=datetime.now(UTC)))
    await expect(first.locator("[data-field=pnl]")).to_have_text("0.00 USDT (0.00%)")
    await expect(first.locator("[data-field=pnl]")).to_have_class("gain")
    await expect(first.locator("[data-field=pnl]")).to_have_attribute("title", "-0.001 USDT")
    await expect(first.locator("[data-field=mark]")).to_have_text("63,999.00")
    await take_screenshots(page, "positions")
    stale = page.locator(".panel.position .stale")
    await expect(stale).to_be_hidden()
    await expect(first.locator("[data-field=targets_old]")).to_be_hidden()
    await write(store, orders_state(ACCOUNT, *ORDERS, stale_since_at=now))
    await expect(page.locator(".panel.orders .stale")).to_have_text(f"STALE since {now:%H:%M:%S}")
    await expect(first.locator("[data-field=targets_old]")).to_have_text(f"as of {now:%H:%M:%S}, may be old")
    await expect(stale).to_be_hidden()
    beating.cancel()
    lost_at = datetime.now(UTC)
    await write(store, positions_state(ACCOUNT, lower, SHORT, now=now, stale_since_at=lost_at))
    lost = account_state(ACCOUNT, now=lost_at, state="reconnecting", text="The line was lost.", alerts=[alert()])
    await write(store, lost)
    await expect(stale).to_have_text(f"STALE since {lost_at:%H:%M:%S}", timeout=2_000)
    await expect(first.locator("[data-field=size]")).to_have_text("0.15")
    await take_screenshots(page, "positions-stale")
    assert console == []


async def test_a_burst_of_updates_is_painted_ten_times_a_second(site: Site, page: Page, store: LiveStore) -> None:
    """B-14: of all that comes within a second what is 100 ms apart is painted, and the last in any case."""
    await site.log_in(page)
    await page.goto(f"{site.url}/positions/")
    mark = page.locator(".holding [data-field=mark]")
    await write(store, account_state(ACCOUNT, now=datetime.now(UTC)), positions_state(ACCOUNT, LONG))
    await expect(mark).to_have_text("64,231.40")
    await page.evaluate(_PAINTED)
    until, price = time.monotonic() + 1, 64_000
    while time.monotonic() < until:
        price += 1
        moved = structs.replace(LONG, mark_price=Decimal(price))
        await write(store, positions_state(ACCOUNT, moved, now=datetime.now(UTC)))
    await expect(mark).to_have_text(f"{price:,}.00")
    painted = await page.evaluate("painted")
    assert 1 <= len(painted) <= (painted[-1] - painted[0]) / 100 + 2


async def test_staff_see_the_five_blocks_live(site: Site, page: Page, store: LiveStore, console: list[str]) -> None:
    """B-26, M-11, B-19: the page follows the record by itself, and fits a phone."""
    now = datetime.now(UTC)
    differs = Check(checked_at=now - timedelta(seconds=2), is_equal=False, drifts=1)
    await write(store, positions_state(ACCOUNT, LONG, SHORT, check=differs), account_state(ACCOUNT, now=now))
    await site.log_in(page)
    await page.get_by_role("link", name="Debug").click()
    await expect(page.get_by_text("No worker has told anything of this line yet")).to_be_visible()
    await write(store, debug_state(ACCOUNT, now=now))
    await expect(page.locator("[data-field=messages] li")).to_contain_text("🔮 OMEGA DEBUG BTCUSDT long 0.150")
    for title in ("WebSocket status", "Data validation", "PnL check", "Error states", "Connection monitoring"):
        await expect(page.get_by_role("heading", name=title)).to_be_visible()
    await expect(page.locator("[data-field=pnl] tr").first).to_contain_text("+1.60")
    await take_screenshots(page, "debug")
    await page.set_viewport_size({"width": 390, "height": 844})
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    await page.goto(f"{site.url}/positions/")
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    assert console == []


async def test_who_is_staff_no_more_is_shown_so(site: Site, page: Page, store: LiveStore) -> None:
    """M-11: the socket is closed with 4403 within 5 s, and the page loads anew: it is not there any more."""
    await site.log_in(page)
    await page.goto(f"{site.url}{DEBUG_PAGE}")
    await expect(page.locator("#line")).to_have_attribute("data-state", "connected")
    no_rights = "User.objects.update(is_staff=False, is_superuser=False)"
    site.manage("shell", "-c", f"from django.contrib.auth.models import User; {no_rights}")
    async with page.expect_response(lambda answer: answer.request.is_navigation_request(), timeout=15_000) as found:
        pass
    assert (await found.value).status == 403
