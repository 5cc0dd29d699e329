"""How pages look in a real browser: nothing sticks out, nothing jumps, keys lead everywhere, every theme is one."""

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser import places
from tests.browser.axe import THEMES
from tests.browser.conftest import Site
from tests.browser.market import Market
from tests.chromium import take_screenshots

pytestmark = pytest.mark.browser

WIDTHS = {390: 844, 820: 1180, 1440: 900}
OUTSIDE = """() => [...document.querySelectorAll("body *")]
  .filter((each) => each.checkVisibility() && each.getBoundingClientRect().right > innerWidth + 1)
  .filter((each) => !each.closest(".scroll, .wide-table, .tabs, .hidden, thead"))
  .map((each) => `${each.tagName}.${each.className}`)"""
# Rows of a list move when one comes, and a chart makes room for its prices: that is what happens, and no jump.
# What is amiss is told above the panels, and pushes them down: not here, where no worker runs.
COUNT_JUMPS = """() => {
  for (const list of document.querySelectorAll(".alerts")) list.hidden = true;
  window.jumps = [];
  new PerformanceObserver((list) => {
    for (const { sources } of list.getEntries())
      for (const { node } of sources)
        if (node && !node.parentElement?.closest("tbody, .chart"))
          window.jumps.push(`${node.nodeName} ${node.className ?? ""} of ${node.parentElement?.className}`);
  }).observe({ type: "layout-shift" });
}"""
COLOURS = """() => {
  const probe = document.body.appendChild(document.createElement("span"));
  const found = ["--ground", "--text", "--up", "--down"].map((name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  return found;
}"""


# What can be worked with: reached by the Tab key, and seen when it is.
WATCH_FOCUS = """() => {
  const said = (each) => (each.textContent || each.name || "").trim().slice(0, 30);
  const name = (each) => `${each.tagName}.${each.className} ${said(each)}`;
  const isSeen = (each) => each.checkVisibility({ visibilityProperty: true });
  const isThere = (each) => isSeen(each) && each.tabIndex >= 0 && !each.disabled;
  const own = "a[href], button, input, select, textarea, summary, [tabindex]";
  const controls = [...document.querySelectorAll(`${own}, [role=button]`)];
  const reached = new Set();
  window.missed = () => controls.filter((each) => each.isConnected && isThere(each) && !reached.has(each)).map(name);
  window.pointed = () => [...document.querySelectorAll("body *")]
    .filter((each) => getComputedStyle(each).cursor === "pointer" && isSeen(each))
    .filter((each) => !each.closest(`${own}, label`)).map(name);
  window.unseen = [];
  // Of a group of radios one: the arrows lead to the others.
  const isSame = (each, other) => each === other || (each.type === "radio" && each.name === other.name);
  document.addEventListener("focusin", ({ target }) => {
    for (const each of controls) if (isSame(each, target)) reached.add(each);
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(target);
    const isDrawn = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && outlineColor !== "rgba(0, 0, 0, 0)";
    if (target !== document.body && !isDrawn) unseen.push(name(target));
  });
  // Each part of a time is a stop of its own.
  const stops = (each) => (each.type === "datetime-local" ? 8 : 1);
  return controls.filter(isThere).reduce((sum, each) => sum + stops(each), 0);
}"""
MOVING = """() => [...document.querySelectorAll("body, body *")].filter((each) => {
  const { transitionDuration, animationDuration } = getComputedStyle(each);
  return [...transitionDuration.split(","), ...animationDuration.split(",")].some((time) => parseFloat(time) > 0.01);
}).map((each) => `${each.tagName}.${each.className}`)"""


@pytest.fixture(scope="module", autouse=True)
def _rows(site: Site) -> None:
    site.manage("shell", "-c", "from tests.browser import rows")


@pytest_asyncio.fixture(loop_scope="session")
async def held(site: Site, market: Market) -> None:
    await places.hold(site)


# Two dozen pages, each in three widths, with every key that leads through them.
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("held")
async def test_every_page_at_every_width_is_whole(site: Site, page: Page, console: list[str], market: Market) -> None:
    """F-25, B-20: nothing sticks out on phone, tablet and desk, nothing moves for who wants no motion, no complaint."""
    await page.emulate_media(reduced_motion="reduce")
    for address in places.STRANGERS:
        await page.goto(site.url + address)
        await _hold_page(page, address)
    await site.log_in(page)
    # Longer than any price should be.
    await market.trade_at("123456.123456789012")
    for address in (*places.LIVE, *places.STILL, places.NOWHERE):
        await page.goto(site.url + address)
        await _hold_page(page, address)
    # The address that leads nowhere.
    assert [line for line in console if "404" not in line] == []


async def _hold_page(page: Page, address: str) -> None:
    for width, height in WIDTHS.items():
        await page.set_viewport_size({"width": width, "height": height})
        # A chart takes its new width with the next picture.
        await page.wait_for_function("(width) => document.documentElement.scrollWidth <= width", arg=width)
        assert await page.evaluate(OUTSIDE) == [], (address, width)
    assert await page.evaluate(MOVING) == [], address


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("held")
async def test_every_page_can_be_worked_with_by_keys(site: Site, page: Page, market: Market) -> None:
    """B-20: Tab leads to all that a mouse can press, and what has the focus is seen."""
    await page.goto(site.url + places.STRANGERS[0])
    flaws = await _walk(page)
    await site.log_in(page)
    await market.trade_at("64123.45")
    for address in (*places.LIVE, *places.STILL, places.NOWHERE):
        await page.goto(site.url + address)
        flaws += [f"{address}: {flaw}" for flaw in await _walk(page)]
    assert "\n".join(flaws) == ""


async def _walk(page: Page) -> list[str]:
    stops = await page.evaluate(WATCH_FOCUS)
    for _ in range(stops + 5):
        await page.keyboard.press("Tab")
    missed, pointed, unseen = await page.evaluate("[window.missed(), window.pointed(), window.unseen]")
    told = (("no key reaches", missed), ("only a mouse presses", pointed), ("the focus is not seen on", unseen))
    return [f"{flaw} {each}" for flaw, found in told for each in dict.fromkeys(found)]


async def test_nothing_jumps_while_prices_tick(site: Site, page: Page, market: Market) -> None:
    """B-20: figures of another length, up and down, move nothing but themselves."""
    await site.log_in(page)
    await market.trade_at("64123.45")
    await expect(page.locator(".number").first).to_have_text("64,123.45")
    await expect(page.locator("#line")).to_have_text("Connected")
    await expect(page.locator(".chart span[data-field=bar]")).to_contain_text("C")
    await page.evaluate(COUNT_JUMPS)
    for step in range(20):
        price = f"{64123 + (-1) ** step * step * 17}.{step * 7 % 100:02}"
        await market.trade_at(price)
        await expect(page.locator(".number").first).to_have_text(f"{price[:2]},{price[2:]}")
    assert await page.evaluate("window.jumps") == []


async def test_each_theme_has_its_own_colours(site: Site, page: Page, market: Market) -> None:
    """B-20: four themes of four looks, and the system's choice where nobody chose."""
    await site.log_in(page)
    await market.trade_at("64123.45")
    await expect(page.locator(".number").first).to_have_text("64,123.45")
    looks = {}
    for theme in THEMES:
        await page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        looks[theme] = await page.evaluate(COLOURS)
        await take_screenshots(page, f"theme-{theme}")
    assert len({tuple(look) for look in looks.values()}) == len(THEMES)
    await page.evaluate("document.documentElement.dataset.theme = 'auto'")
    for scheme in ("dark", "light"):
        await page.emulate_media(color_scheme=scheme)
        assert await page.evaluate(COLOURS) == looks[scheme]


async def test_what_is_chosen_is_seen_without_our_colours(site: Site, page: Page, market: Market) -> None:
    """B-20: with the colours of the system, and with more contrast, which all quiet texts have then."""
    await site.log_in(page)
    await expect(page.locator("#line")).to_have_text("Connected")
    of = "each => getComputedStyle(each).backgroundColor"
    await page.emulate_media(forced_colors="active", contrast="no-preference")
    grounds = [await page.locator(f".chart .widths [value='{width}']").evaluate(of) for width in ("1m", "5m")]
    assert grounds[0] != grounds[1]
    ring = "each => getComputedStyle(each, '::before').backgroundColor"
    assert await page.locator("#line").evaluate(ring) == await page.evaluate("getComputedStyle(document.body).color")
    await take_screenshots(page, "forced-colours")
    await page.emulate_media(forced_colors="none", contrast="more")
    colour = "each => getComputedStyle(each).color"
    quiet = await page.locator(".panel .quiet").first.evaluate(colour)
    assert quiet == await page.evaluate("getComputedStyle(document.body).color")


async def test_the_places_can_be_gone_to_with_keys_alone(site: Site, page: Page, market: Market) -> None:
    """B-20: a menu opens without the pointer, closes at Escape, and the page that is shown is marked."""
    await page.set_viewport_size({"width": 390, "height": 844})
    await site.log_in(page)
    menu = page.locator(".user summary")
    await menu.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("link", name="API tokens")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("link", name="API tokens")).to_be_hidden()
    await expect(menu).to_be_focused()
    await page.get_by_role("link", name="Positions").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{site.url}/positions/")
    await expect(page.locator(".places [aria-current=page]")).to_have_text("Positions")
