"""Dashboards in a real browser: arranged by pointer and by keys, saved, and followed by other tabs."""

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Site
from tests.browser.market import Market
from tests.chromium import take_screenshots

pytestmark = pytest.mark.browser

_MAKE = """
from django.contrib.auth.models import User
from dashboard.dashboards.changes import make
from dashboard.panels.placed import row
made = make(User.objects.get(), 'Morning', row('price:L', 'venues:L', 'tape:M', 'uptime:M'))
"""
_REMOVE_ALL = "from dashboard.models import Dashboard; Dashboard.objects.all().delete()"


# Of what stands in the bar under the longest title that there may be.
_MIDDLES = """
() => {
  document.querySelector(".boards .name").textContent = "W".repeat(60);
  const boxes = [".brand", ".boards", ".line", ".user"].map((each) => document.querySelector(each));
  return boxes.map((box) => box.getBoundingClientRect()).map(({ top, bottom }) => (top + bottom) / 2);
}
"""


@pytest.fixture
def dashboard(site: Site) -> Iterator[None]:
    """Ada's, of four panels."""
    site.manage("shell", "--command", _MAKE)
    yield
    site.manage("shell", "--command", _REMOVE_ALL)


async def open_dashboard(site: Site, page: Page) -> None:
    """By its menu, as people do."""
    await page.locator(".boards summary").click()
    await page.get_by_role("link", name="Morning").click()
    await expect(page.locator("#line")).to_have_text("Connected")


async def order_of(page: Page) -> list[str]:
    """What is on the page, from its first place to its last."""
    shown: list[str] = await page.evaluate(
        "[...document.querySelectorAll('#panels > [data-number]:not([hidden])')]"
        ".map(({ dataset }) => `${dataset.panel}:${dataset.size}`)"
    )
    return shown


def grip(page: Page, title: str) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^Move {title}"))


async def drag(page: Page, title: str, to: str) -> None:
    """In several steps, as a hand does; it ends on the other panel."""
    start, end = await grip(page, title).bounding_box(), await page.locator(f"[data-panel={to}]").bounding_box()
    assert start
    assert end
    await page.mouse.move(start["x"] + 5, start["y"] + 5)
    await page.mouse.down()
    await page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 20, steps=8)


async def test_a_dashboard_is_arranged_by_pointer_and_by_keys(
    site: Site, page: Page, console: list[str], market: Market, dashboard: None
) -> None:
    """Issue 8, 2: dragged, moved, made larger, removed and put back; saved by one POST, kept, and followed."""
    await site.log_in(page)
    await open_dashboard(site, page)
    # All panels are in the window, as a hand needs them.
    await page.set_viewport_size({"width": 1440, "height": 2400})
    other = await page.context.new_page()
    await other.goto(page.url)
    await expect(other.locator("#line")).to_have_text("Connected")
    said = page.locator("#arrange [data-field=said]")

    await page.get_by_role("button", name="Arrange").click()
    await drag(page, "Trades", to="price")
    await page.mouse.up()
    assert await order_of(page) == ["tape:M", "price:L", "venues:L", "uptime:M"]
    await expect(said).to_have_text("Trades moved to place 1 of 4")

    await drag(page, "Trades", to="uptime")
    await page.keyboard.press("Escape")
    await page.mouse.up()
    assert (await order_of(page))[0] == "tape:M"

    await grip(page, "Uptime").focus()
    for key in ("ArrowLeft", "ArrowUp", "Home", "ArrowRight", "+"):
        await page.keyboard.press(key)
        await expect(grip(page, "Uptime")).to_be_focused()
    await expect(said).to_have_text("Uptime has size L now")
    assert await order_of(page) == ["tape:M", "uptime:L", "price:L", "venues:L"]

    await page.keyboard.press("Delete")
    await expect(page.get_by_role("button", name="Put back what was removed")).to_be_focused()
    assert await order_of(page) == ["tape:M", "price:L", "venues:L"]
    await page.keyboard.press("Enter")
    await expect(grip(page, "Uptime")).to_be_focused()
    await market.trade_at("64123.45")
    await expect(page.locator(".price .number")).to_have_text("64,123.45")
    await take_screenshots(page, "arranging")

    await page.get_by_role("button", name="Save").click()
    await expect(said).to_have_text("Saved.")
    arranged = ["tape:M", "uptime:L", "price:L", "venues:L"]
    await expect(other.locator("#panels > [data-number]").first).to_have_attribute("data-panel", "tape", timeout=12_000)
    assert await order_of(other) == arranged
    await page.reload()
    assert await order_of(page) == arranged
    assert console == []


async def test_a_cancel_leaves_everything_as_it_was(
    site: Site, page: Page, console: list[str], market: Market, dashboard: None
) -> None:
    """Issue 8, 2: places, sizes and what was removed; nothing was saved."""
    await site.log_in(page)
    await open_dashboard(site, page)
    before = await order_of(page)
    await page.get_by_role("button", name="Arrange").click()
    await grip(page, "Price").press("End")
    await page.get_by_role("button", name="Make Venues smaller").click()
    await page.get_by_role("button", name="Remove Trades").click()
    assert await order_of(page) != before
    await page.get_by_role("button", name="Cancel").click()
    assert await order_of(page) == before
    await expect(page.locator(".tools")).to_have_count(0)
    await page.reload()
    assert await order_of(page) == before
    assert console == []


async def test_who_was_overtaken_chooses_and_loses_nothing(
    site: Site, page: Page, market: Market, dashboard: None
) -> None:
    """Issue 8, 2: told while still arranging; saved over theirs, what they added is there too."""
    await site.log_in(page)
    await open_dashboard(site, page)
    await page.get_by_role("button", name="Arrange").click()
    await grip(page, "Price").press("End")
    other = await page.context.new_page()
    await other.goto(re.sub(r"/$", "/edit/", page.url))
    await other.get_by_label("Kind").select_option("latency")
    await other.get_by_role("button", name="Add", exact=True).click()
    await expect(other.locator(".panel-list li")).to_have_count(5)

    problem = page.locator("#arrange [data-field=problem]")
    await expect(problem).to_contain_text("Somebody else changed this dashboard meanwhile.")
    assert await order_of(page) == ["venues:L", "tape:M", "uptime:M", "price:L"]
    await take_screenshots(page, "arranging-overtaken")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(problem).to_be_visible()
    await page.get_by_role("button", name="Save mine over theirs").click()
    await expect(page.locator("[data-panel=latency]")).to_be_visible(timeout=12_000)
    assert await order_of(page) == ["venues:L", "tape:M", "uptime:M", "price:L", "latency:M"]


async def test_a_panel_is_added_in_the_page_after_what_was_arranged_is_saved(
    site: Site, page: Page, console: list[str], market: Market, dashboard: None
) -> None:
    """Issue 8, 2: one thing after the other, and on a phone too."""
    await page.set_viewport_size({"width": 390, "height": 844})
    await site.log_in(page)
    await open_dashboard(site, page)
    middles = await page.evaluate(_MIDDLES)
    assert max(middles) - min(middles) < 10, middles
    await page.get_by_role("button", name="Arrange").click()
    await grip(page, "Price").press("End")
    await page.locator(".add summary").click()
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    await page.get_by_label("Kind").select_option("connection")
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(page.locator("[data-panel=connection]")).to_be_visible()
    # It goes on; loaded again, the page is only looked at.
    await expect(page.get_by_role("button", name="Save")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("button", name="Arrange")).to_be_visible()
    assert await order_of(page) == ["venues:L", "tape:M", "uptime:M", "price:L", "connection:L"]
    assert console == []


_HOUSE = """
from django.contrib.auth.models import Group, User
from dashboard.models import Dashboard
group, _ = Group.objects.get_or_create(name='desk')
User.objects.update(is_superuser=False, is_staff=False)
User.objects.get().groups.add(group)
Dashboard.objects.create(title='House').audiences.create(group=group)
"""
_RESTORE = """
from django.contrib.auth.models import Group, User
User.objects.update(is_superuser=True, is_staff=True)
Group.objects.filter(name='desk').delete()
"""
# A process that ends does not wait for what it has to say to the others.
_LEAVE = """
from threading import enumerate
from django.contrib.auth.models import User
User.objects.get().groups.clear()
for thread in enumerate():
    if thread.name == 'voice of the sockets':
        thread.join()
"""
_SAVE = """
async ([address, arrangement, token]) => {
  const { save } = await import("/static/dashboard/dashboards/save.js");
  const csrfmiddlewaretoken = { value: token ?? document.querySelector("[name=csrfmiddlewaretoken]").value };
  return (await save(address, arrangement, { elements: { csrfmiddlewaretoken } })).complaint;
}
"""


@pytest.fixture
def house(site: Site) -> Iterator[None]:
    """One that Ada may see, and not arrange: she has no rights of her own meanwhile."""
    site.manage("shell", "--command", _HOUSE)
    yield
    site.manage("shell", "--command", _RESTORE)


async def test_a_page_goes_when_its_user_may_not_see_it_any_more(
    site: Site, page: Page, market: Market, dashboard: None, house: None
) -> None:
    """D-08: within seconds, though nobody changed the dashboard; others stay."""
    await site.log_in(page)
    other = await page.context.new_page()
    await other.goto(site.url)
    await open_dashboard(site, other)
    await page.locator(".boards summary").click()
    await page.get_by_role("link", name="House").click()
    await expect(page.locator("#line")).to_have_text("Connected")
    # What is shown is in the menu; the place of the overview is that of another page.
    await expect(page.locator(".places [aria-current=page]")).to_have_count(0)
    site.manage("shell", "--command", _LEAVE)
    await expect(page.locator(".panels")).to_have_count(0, timeout=15_000)
    await expect(page.get_by_role("heading")).to_have_text("There is no such page")
    await expect(other.locator("#line")).to_have_text("Connected")


async def test_what_could_not_be_saved_is_said_with_its_reason(
    site: Site, page: Page, market: Market, dashboard: None, house: None
) -> None:
    """Issue 8, 2: a login that ended, a dashboard that is gone or somebody else's, a page that is too old."""
    await site.log_in(page)
    await open_dashboard(site, page)
    theirs = await page.locator(".boards a", has_text="House").get_attribute("href")
    wanted = {"revision": 0, "panels": []}

    async def complaint(address: str, arrangement: object = wanted, token: str | None = None) -> str:
        said: str = await page.evaluate(_SAVE, [address, arrangement, token])
        return said.removeprefix("It could not be saved: ")

    mine = re.sub(r".*(/dashboards/\d+/).*", r"\1arrange/", page.url)
    assert await complaint(f"{theirs}arrange/") == "you may not change this dashboard now. Nothing is lost; try again."
    assert (await complaint("/dashboards/999999/arrange/")).startswith("this dashboard is gone")
    assert await complaint(mine, []) == "the server does not understand this page. Load it again."
    assert await complaint(mine, token="x" * 64) == "the server does not understand this page. Load it again."
    assert (await complaint("/live")).startswith("something failed in the server.")
    await page.context.clear_cookies(name="omega_session")
    assert (await complaint(mine)).startswith("your login has ended.")
