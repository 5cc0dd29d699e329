"""The page of what was stored, in a real browser: a look, a file with progress, and the same without a script."""

import csv
from typing import Final

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.long_history import COUNT
from tests.chromium import take_screenshots

pytestmark = pytest.mark.browser
DAY: Final = "/history/?kind=trades&instrument=BTC-USDT&from_at=2026-11-20T00:00&to_at=2026-11-21T00:00"


@pytest.fixture(scope="module", autouse=True)
def _trades(site: Site) -> None:
    site.manage("shell", "-c", "from tests.browser.long_history import make; make()")


async def test_a_person_finds_the_newest_rows_and_takes_all_of_them_away(site: Site, page: Page) -> None:
    """D-05: what is asked, what there is, and a file that says how far it is."""
    await site.log_in(page)
    await page.get_by_role("link", name="History").click()
    await expect(page.get_by_label("What")).to_have_value("trades")
    await page.goto(site.url + DAY)
    await expect(page.locator("tbody tr")).to_have_count(50)
    await expect(page.locator("tbody tr").first).to_contain_text("64,250.4999")
    await take_screenshots(page, "history")
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="Export as CSV").click()
    download = await waiting.value
    with (await download.path()).open(newline="") as file:
        assert [int(row["trade_id"]) for row in csv.DictReader(file)] == list(range(COUNT))
    assert download.suggested_filename == "trades-BTC-USDT-2026-11-20T0000-2026-11-21T0000.csv"
    await expect(page.get_by_role("status")).to_have_text("Done: 5,000 rows.")


async def test_an_export_can_be_cancelled(site: Site, page: Page) -> None:
    """D-05: one that has not begun to arrive is left alone at once."""
    await site.log_in(page)
    await page.goto(site.url + DAY)
    await page.route("**/export/**", lambda route: None)
    await page.get_by_role("link", name="Export as NDJSON").click()
    await expect(page.get_by_role("status")).to_have_text("Starting …")
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.get_by_role("status")).to_have_text("Cancelled.")


async def test_a_second_export_takes_the_place_of_the_first(site: Site, page: Page) -> None:
    """D-05: what becomes of the first is told no more, and the second one can be cancelled."""
    await site.log_in(page)
    await page.goto(site.url + DAY)
    await page.route("**/export/**", lambda route: None)
    for form in ("CSV", "NDJSON"):
        await page.get_by_role("link", name=f"Export as {form}").click()
        await expect(page.get_by_role("status")).to_have_text("Starting …")
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.get_by_role("status")).to_have_text("Cancelled.")
    await expect(page.get_by_role("button", name="Cancel")).to_be_hidden()


async def test_a_file_that_broke_off_is_not_saved(site: Site, page: Page) -> None:
    """D-05: the line that says so may come in two parts."""
    await site.log_in(page)
    await page.goto(site.url + DAY)
    parts = ['{"id":1}\n{"err', 'or":"The database is gone."}\n']
    await page.evaluate(
        """parts => { window.fetch = async () => new Response(new ReadableStream({
            pull(control) {
                if (parts.length) control.enqueue(new TextEncoder().encode(parts.shift()));
                else control.close();
            }}), {headers: {"Content-Type": "application/x-ndjson"}}) }""",
        parts,
    )
    await page.get_by_role("link", name="Export as NDJSON").click()
    await expect(page.get_by_role("status")).to_have_text("It broke off: The database is gone.")


async def test_a_form_that_cannot_be_meant_says_what_is_missing(site: Site, page: Page) -> None:
    """D-05: beside the field."""
    await site.log_in(page)
    await page.goto(f"{site.url}/history/?kind=candles&instrument=&from_at=2026-11-21T00:00&to_at=2026-11-20T00:00")
    await expect(page.locator("[data-field=instrument] .wrong")).to_have_text("Choose one: there is much of it.")
    await expect(page.locator("[data-field=to_at] .wrong")).to_have_text("It has to be after the beginning.")


async def test_without_a_script_the_link_is_the_file(site: Site, page: Page) -> None:
    """F-25 D-05: nothing but the progress is missing."""
    await site.log_in(page)
    assert page.context.browser
    plain = await page.context.browser.new_context(
        java_script_enabled=False, storage_state=await page.context.storage_state()
    )
    still = await plain.new_page()
    await still.goto(site.url + DAY)
    async with still.expect_download() as waiting:
        await still.get_by_role("link", name="Export as NDJSON").click()
    path = await (await waiting.value).path()
    assert len(path.read_bytes().splitlines()) == COUNT
    await plain.close()
