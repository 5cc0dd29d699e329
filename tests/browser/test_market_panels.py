"""Price, tape and flow in a real browser, compared with what was sent."""

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import exp
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from playwright.async_api import Page, expect

from feeds.storage.latest import LoggedTrade
from feeds.types import Side
from tests.browser.conftest import Site
from tests.browser.market import Market
from tests.chromium import take_screenshots
from tests.dashboard.samples import trade

pytestmark = pytest.mark.browser
HISTORY_S = 1200
STEP = 0.0001
_TOLD = """(rows) => rows.map((row) => [
  row.dataset.side, row.querySelector("[data-field=price]").textContent, row.dataset.id, "held" in row.dataset,
])"""
_READY = "() => document.querySelector('.panel.flow [data-field=drawing]:not([hidden])')"


def history(begun: datetime) -> list[LoggedTrade]:
    """Each second 2 at Binance and 1 at HTX, bought and sold in turn, up and down by a hundredth of a percent."""
    found = []
    for number in range(HISTORY_S):
        at, is_buy = begun + timedelta(seconds=number), number % 2 == 0
        for venue, size in (("binance", "2"), ("htx", "1")):
            made = trade(number, f"{64000 * exp(STEP * (number % 2)):.2f}", at, venue, size)
            found.append(structs.replace(made, trade_id=f"past-{number}", side=Side.BUY if is_buy else Side.SELL))
    return found


def remember(site: Site, folder: Path, trades: list[LoggedTrade]) -> None:
    """Puts them into the database of the site."""
    rows: list[dict[str, Any]] = []
    for each in trades:
        fields = structs.asdict(each)
        kept = ("venue", "instrument", "trade_id", "price", "size", "side", "traded_at", "received_at")
        rows.append({"model": "feeds.trade", "fields": {name: str(fields[name]) for name in kept}})
    fixture = folder / "trades.json"
    fixture.write_text(json.dumps(rows))
    site.manage("loaddata", str(fixture), "--verbosity", "0")


async def test_the_flow_and_the_moves_are_those_of_the_trades(
    site: Site, page: Page, console: list[str], market: Market, tmp_path: Path
) -> None:
    """F-27 F-28: an hour out of the database before the first script runs, then live; a crash is extreme."""
    begun = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=HISTORY_S)
    remember(site, tmp_path, history(begun))
    await site.log_in(page)
    await page.goto(f"{site.url}/instruments/BTC-USDT/")
    flow = page.locator(".panel.flow")
    await page.wait_for_function(_READY)
    await expect(flow.locator("[data-field=since]")).to_have_text(f"Since {begun:%H:%M} UTC.")
    # Nobody drains the log here: what happens before the past was read is in neither.
    calm = await market.trade_at("64000.00")
    whole = flow.locator("tbody tr", has=page.get_by_role("rowheader", name=f"{begun + timedelta(minutes=5):%H:%M}"))
    await expect(whole.locator("[data-field=buy]")).to_have_text("90.00000")
    await expect(whole.locator("[data-field=delta]")).to_have_text("0.00000")
    await expect(whole.locator("[data-field=count]")).to_have_text("120")
    await expect(whole.locator("[data-field=shares]")).to_have_text("Binance 67 %, HTX 33 %")
    moves = page.locator(".panel.price .moves li")
    await expect(moves).to_have_count(3)
    await expect(moves.nth(2)).to_contain_text(re.compile(r"in 15 min, z -?\d\."))

    crash = await market.trade_at("63360.00")
    # A minute ago the price was at one of its two places.
    await expect(moves.first).to_contain_text(re.compile(r"extreme -1\.0[01] % in 1 min, z -"))
    await expect(moves.first.locator("[data-field=arrow]")).to_have_text("▼")
    await expect(page.locator(".panel.price [data-field=bps]")).to_have_text("0.00316 bps")
    total = sum(each.size if each.side is Side.BUY else -each.size for each in (calm, crash))
    await expect(flow.locator("[data-field=total]")).to_have_text(f"{total:+.5f}")
    await take_screenshots(page, "market")
    await flow.get_by_role("button", name="1 s").click()
    # Of a minute there were 120.
    await expect(flow.locator("tbody tr [data-field=count]", has_text=re.compile(r"^[12]$")).first).to_be_visible()
    assert console == []


async def test_the_first_state_is_there_without_scripts(site: Site, page: Page, market: Market) -> None:
    """F-28: a table that can be read, and no button that does nothing."""
    await market.trade_at("64000.00")
    await site.log_in(page)
    assert page.context.browser
    state = await page.context.storage_state()
    plain = await page.context.browser.new_context(java_script_enabled=False, storage_state=state)
    try:
        bare = await plain.new_page()
        await bare.goto(f"{site.url}/instruments/BTC-USDT/")
        await expect(bare.locator(".panel.flow tbody tr").first).to_be_visible()
        await expect(bare.locator(".panel.price .moves li")).to_have_count(3)
        await expect(bare.get_by_role("button", name="Hold")).to_be_hidden()
    finally:
        await plain.close()


async def test_the_tape_holds_still_under_the_pointer_and_by_a_button(
    site: Site, page: Page, console: list[str], market: Market
) -> None:
    """F-25: what is read does not run away; how many wait is told, and none of them is lost."""
    await market.trade_at("64000.00")
    await site.log_in(page)
    await page.goto(f"{site.url}/instruments/BTC-USDT/")
    first, waiting = page.locator(".panel.tape tbody tr").first, page.locator(".panel.tape [data-field=waiting]")
    await market.trade_at("64001.00")
    await expect(first).to_contain_text("64,001.00")
    await first.hover()
    await expect(waiting).to_have_text("Held still: 0 trades wait")
    for price in ("64002.00", "64003.00"):
        await market.trade_at(price)
    await expect(waiting).to_have_text("Held still: 2 trades wait")
    await expect(first).to_contain_text("64,001.00")
    await page.mouse.move(0, 0)
    await expect(first).to_contain_text("64,003.00")
    await expect(waiting).to_have_text("")

    hold = page.get_by_role("button", name="Hold")
    await hold.press("Enter")
    last = market.next_trade("64004.00")
    await market.log(last)
    await expect(waiting).to_have_text("Held still: 1 trade waits")
    await hold.press("Enter")
    await expect(first).to_contain_text("64,004.00")
    await expect(first.locator(".side")).to_have_text(last.side.value)
    moment = last.traded_at.astimezone(UTC)
    told = f"{moment:%H:%M:%S}.{moment.microsecond // 1000:03} UTC"
    await expect(first.locator("[data-field=time]")).to_have_attribute("title", told)
    assert Decimal(await first.get_attribute("data-traded") or 0) == last.size
    assert console == []


async def test_a_rush_leaves_the_newest_trades_whole(
    site: Site, page: Page, console: list[str], market: Market
) -> None:
    """F-25: rows that are filled anew keep nothing of the trades that were in them."""
    await market.trade_at("64000.00")
    await site.log_in(page)
    await page.goto(f"{site.url}/instruments/BTC-USDT/")
    rows = page.locator(".panel.tape tbody tr")
    await expect(rows.first).to_contain_text("64,000.00")
    for begin in (64100, 64300):
        rush = [market.next_trade(f"{begin + number}.00") for number in range(120)]
        held = structs.replace(rush[-7], quarantine="outlier") if begin == 64100 else rush[-7]
        await market.log(*rush[:-7], held, *rush[-6:])
        await expect(rows).to_have_count(50)
        await expect(rows.first).to_contain_text(f"{begin + 119:,}.00")
    told = await rows.evaluate_all(_TOLD)
    assert told == [[each.side.value, f"{each.price:,}", f"binance {each.trade_id}", False] for each in rush[:-51:-1]]
    assert console == []
