"""The chart in a real browser: bars of the database, the live minute in them, what is marked on them and by whom."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from playwright.async_api import Page, expect

from feeds.market.candles import MINUTE, start_of
from feeds.storage.latest import Switch
from feeds.storage.live import LiveStore
from tests.browser.conftest import Site
from tests.browser.market import Market
from tests.chromium import take_screenshots
from tests.dashboard.accounts.samples import LONG, SHORT, positions_state, write
from tests.dashboard.samples import SILENT, feed_state

pytestmark = pytest.mark.browser

FIVE = timedelta(minutes=5)


def row(start_at: datetime, price: int, **rest: object) -> dict[str, Any]:
    """A candle of the database."""
    prices = {"open": price, "high": price + 40, "low": price - 40, "close": price + 10}
    fields = {"venue": "binance", "instrument": "BTC-USDT", "start_at": start_at.isoformat(), "status": "closed"}
    return {"model": "feeds.candle", "fields": {**fields, **prices, "volume": "2.5", "is_due": False, **rest}}


def start_over(site: Site) -> None:
    """Without any bar; for a minute the site would remember what it told before."""
    site.manage("shell", "--command", "from feeds.models import Candle; Candle.objects.all().delete()")
    site.stop()
    site.start()


def account(number: int, label: str) -> dict[str, Any]:
    """The first one is of the user, the second one of somebody else."""
    fields = {"label": label, "environment": "demo", "owner": number, "created_at": "2026-01-01T00:00:00Z"}
    return {"model": "positions.account", "pk": number, "fields": fields}


def fill(number: int, at: datetime) -> dict[str, Any]:
    known = {"account": number, "fill_id": "1", "order_id": "1", "symbol": "BTCUSDT", "side": "buy"}
    return {
        "model": "positions.fill",
        "fields": {**known, "price": "64005.50", "size": "0.15", "filled_at": at.isoformat()},
    }


def switch(at: datetime) -> dict[str, Any]:
    known = {"feed": "main", "from_venue": "htx", "to_venue": "binance", "reason": SILENT, "last_price_age": 3.1}
    times = {"started_at": at.isoformat(), "finished_at": at.isoformat()}
    return {"model": "feeds.failoverevent", "fields": {**known, **times}}


def gap(at: datetime) -> dict[str, Any]:
    """Half a minute at the venue that was left, filled since."""
    known = {"venue": "htx", "instrument": "BTC-USDT", "after_id": "1", "before_id": "9", "reason": SILENT}
    times = {"after_at": at, "before_at": at + MINUTE / 2, "noticed_at": at}
    told = {"status": "repaired", "filled": 7, **{name: each.isoformat() for name, each in times.items()}}
    return {"model": "feeds.gap", "fields": {**known, **told}}


def store(site: Site, folder: Path, *rows: dict[str, Any]) -> None:
    fixture = folder / "candles.json"
    fixture.write_text(json.dumps(rows))
    site.manage("loaddata", str(fixture), "--verbosity", "0")


async def test_bars_of_every_width_say_how_far_they_may_be_trusted(
    site: Site, page: Page, console: list[str], market: Market, tmp_path: Path
) -> None:
    """V-10 F-25: minutes at once, longer bars at a click, the live minute in them, what is missing in words."""
    # The last five minutes that are whole: the test does not cross into the next ones.
    begun = start_of(datetime.now(UTC), FIVE) - FIVE
    rows = [row(begun - MINUTE * n, 64000 + n % 7 * 20) for n in range(1, 200)]
    empty = dict.fromkeys(("open", "high", "low", "close"))
    partial = {"status": "partial", "gap_seconds": 12.5}
    rows[20:24] = [row(begun - MINUTE * 21, 64000, **partial), row(begun - MINUTE * 22, 64000, **empty, **partial)]
    store(site, tmp_path, *rows, row(begun, 64100), row(begun + MINUTE, 64110, **partial))
    await site.log_in(page)
    summary = page.locator(".chart [data-field=bar]")
    await expect(summary).to_contain_text("O\u00a064,110.00")
    await expect(summary).to_contain_text("partial:\u00a013\u00a0s\u00a0missing")
    await take_screenshots(page, "candles")

    await page.get_by_role("button", name="5m", exact=True).click()
    await expect(summary).to_contain_text("O\u00a064,100.00   H\u00a064,150.00   L\u00a064,060.00   C\u00a064,120.00")
    await expect(summary).to_contain_text("partial:\u00a013\u00a0s\u00a0missing")
    await expect(page.locator(".chart .widths [aria-pressed=true]")).to_have_text("5m")

    await page.get_by_role("button", name="1d", exact=True).click()
    await expect(summary).to_contain_text("C\u00a064,120.00")
    await market.trade_at("64999.50")
    await expect(summary).to_contain_text("C\u00a064,999.50")
    assert console == []


async def test_scrolling_loads_history_to_its_beginning(
    site: Site, page: Page, console: list[str], market: Market, tmp_path: Path
) -> None:
    """F-25: older bars come page by page and say what the database says; where they begin is told, and the way back."""
    start_over(site)
    begun = start_of(datetime.now(UTC)) - MINUTE
    store(site, tmp_path, *(row(begun - MINUTE * n, 64000 + n) for n in range(700)))
    await site.log_in(page)
    chart = page.locator(".chart")
    summary, past, canvas = (chart.locator(f"[data-field={name}]") for name in ("bar", "past", "canvas"))
    await expect(summary).to_contain_text("O\u00a064,000.00")
    async with page.expect_response(lambda answer: "before=" in answer.url):
        await canvas.hover()
        for _ in range(8):
            await page.mouse.wheel(-3000, 0)
    await canvas.focus()
    async with asyncio.timeout(20):
        while not (await past.text_content() or "").startswith("History begins"):
            await page.keyboard.press("Home")
    await page.keyboard.press("Home")
    first = begun - MINUTE * 699
    await expect(past).to_have_text(f"History begins at {first:%Y-%m-%d %H:%M}: there is no older bar.")
    for n in (699, 689, 679):
        said = f"{begun - MINUTE * n:%Y-%m-%d\u00a0%H:%M}   O\u00a0{64000 + n:,}.00   H\u00a0{64040 + n:,}.00"
        await expect(summary).to_contain_text(said)
        await page.keyboard.press("Shift+ArrowRight")
    await take_screenshots(page, "chart-past")
    await chart.get_by_role("button", name="Back to now").click()
    await expect(chart.get_by_role("button", name="Back to now")).to_be_hidden()
    await chart.get_by_text("The last bars as a table").click()
    cells = [f"{begun:%Y-%m-%d %H:%M}", "64,000.00", "64,040.00", "63,960.00", "64,010.00", "2.50000", ""]
    await expect(chart.locator("tbody tr").first.locator("th, td")).to_have_text(cells)
    assert console == []


async def test_what_happened_is_marked_and_what_others_hold_is_not(
    site: Site, page: Page, console: list[str], market: Market, tmp_path: Path
) -> None:
    """F-25: a failover and a gap by themselves, own fills and lines of own positions; nothing of another account."""
    start_over(site)
    begun = start_of(datetime.now(UTC)) - MINUTE
    store(site, tmp_path, *(row(begun - MINUTE * n, 64000) for n in range(40)))
    site.manage("shell", "--command", "from django.contrib.auth.models import User; User.objects.create_user('bob')")
    site.manage(
        "shell", "--command", "from django.contrib.auth.models import User; User.objects.update(is_superuser=0)"
    )
    store(site, tmp_path, account(1, "Main"), account(2, "SECRET"), fill(1, begun), fill(2, begun))
    live = LiveStore(site.redis.url)
    try:
        now = datetime.now(UTC)
        await write(live, *(positions_state(each, LONG, SHORT, now=now) for each in (1, 2)))
        await site.log_in(page)
        chart = page.locator(".chart")
        counts = {name: chart.locator(f"[data-field={name}]") for name in ("switches", "gaps", "fills")}
        await expect(counts["fills"]).to_have_text("1")
        await expect(counts["switches"]).to_have_text("0")
        line = chart.locator(".levels li")
        await expect(line).to_contain_text(
            "Main ▲ LONG 0.15 · entry 64,000.10 · mark 64,231.40 · liquidation 58,100.00"
        )
        await expect(line).to_contain_text("take-profit 66,000.00 · stop-loss 64,500.00 · stop-loss 62,000.00")

        store(site, tmp_path, switch(begun), gap(begun))
        state = feed_state(now)
        await market.show(structs.replace(state, switches=[Switch("htx", "binance", "order", begun), *state.switches]))
        await expect(counts["switches"]).to_have_text("1")
        await expect(counts["gaps"]).to_have_text("1")
        await chart.locator("[data-field=canvas]").focus()
        await page.keyboard.press("ArrowLeft")
        told = chart.locator("[data-field=told]")
        await expect(told).to_contain_text(f"{begun:%H:%M:%S} from HTX to Binance: HTX went silent")
        await expect(told).to_contain_text("Gap at HTX")
        await expect(told).to_contain_text("repaired with 7 trades")
        await expect(told).to_contain_text("Main bought 0.15000 at 64,005.50")
        await take_screenshots(page, "chart-marks")
        await chart.get_by_role("button", name="Fills").click()
        await chart.get_by_role("button", name="Position lines").click()
        await expect(told).not_to_contain_text("bought")
        await expect(line).to_have_count(0)
        assert "SECRET" not in await page.content()
        await chart.get_by_role("button", name="5m", exact=True).click()
        await page.reload()
        await expect(chart.locator("[aria-pressed=false][value=fills]")).to_be_visible()
        await expect(chart.locator(".widths [aria-pressed=true]")).to_have_text("5m")
        assert console == []
    finally:
        await live.close()


_MARKED = """
async () => {
  const { Marks } = await import("/static/dashboard/panels/chart/marks.js");
  const at = (minute) => new Date(minute * 60000).toISOString();
  const fill = (minute, side) => ({ at: at(minute), account: "Main", side, price: `${minute}`, size: "1" });
  const move = (minute, to_venue) => ({ at: at(minute), from_venue: "OKX", to_venue, text: "HTX went silent" });
  const marks = new Marks();
  const fills = [fill(2, "buy"), fill(4, "buy"), fill(6, "buy"), fill(3, "sell"), fill(20, "sell")];
  const found = { switches: [move(1, "HTX"), move(4, "Binance")], gaps: [], fills };
  marks.take({ ...found, is_cut: true }, 0, Infinity);
  const starts = Array.from({ length: 30 }, (_, minute) => minute * 60);
  const kinds = new Set(["switches", "fills"]);
  const drawn = (apart) => marks.drawn(starts, kinds, apart).map(({ time, text }) => `${time / 60} ${text}`);
  const [far, near] = [drawn(1), drawn(5)];
  const told = [marks.told(120, 180, kinds).length, marks.told(240, 300, kinds).length];
  const cut = [marks.isCut];
  marks.take({ switches: [], gaps: [], fills: [], is_cut: false }, 600, Infinity);
  cut.push(marks.isCut);
  marks.take({ switches: [], gaps: [], fills: [], is_cut: false }, 0, 600);
  cut.push(marks.isCut);
  return { far, near, told, cut };
}
"""


async def test_marks_whose_labels_would_lie_on_each_other_are_one(site: Site, page: Page) -> None:
    """F-25: with their number, and all of them told on its bar; that some are left out is said while it is so."""
    await page.goto(f"{site.url}/login/")
    found = await page.evaluate(_MARKED)
    assert found["far"] == ["1 → HTX", "2 Buy", "3 Sell", "4 → Binance", "4 Buy", "6 Buy", "20 Sell"]
    assert found["near"] == ["1 Failovers 2×", "1 Sell", "2 Buy 3×", "20 Sell"]
    # On the bar of the three what happened until the last of them, on the others what happened there.
    assert found["told"] == [5, 2]
    assert found["cut"] == [True, True, False]


async def test_a_live_minute_begins_the_bars_of_an_empty_chart(site: Site, page: Page, market: Market) -> None:
    """F-25: whatever the width, the first trade is a bar."""
    start_over(site)
    await site.log_in(page)
    await expect(page.locator(".chart .note")).to_contain_text("No trade in the last hours")
    await page.get_by_role("button", name="1h", exact=True).click()
    await market.trade_at("64123.45")
    await expect(page.locator(".chart [data-field=bar]")).to_contain_text("O\u00a064,123.45")
    await expect(page.locator(".chart .note")).to_be_hidden()
