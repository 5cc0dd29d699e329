"""Pages stay calm: ten pictures a second, a word in ten seconds, nothing while nobody looks; and without scripts."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from msgspec import structs
from playwright.async_api import Page, Request, expect

from feeds.storage.latest import AlertState
from tests.browser import places
from tests.browser.conftest import Site
from tests.browser.market import Market
from tests.browser.relay import Relay
from tests.dashboard.samples import feed_state
from tests.waiting import wait_until

pytestmark = pytest.mark.browser
_HIDE = """(isHidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
_COUNT_PAINTS = """() => {
  window.painted = 0;
  const number = document.querySelector(".panel.price .number");
  new MutationObserver(() => { painted += 1; }).observe(number, { childList: true });
}"""
_LISTEN = """() => {
  window.spoken = [];
  for (const region of document.querySelectorAll("[role=status], [role=alert], [aria-live]")) {
    let last = region.textContent.trim();
    const hear = () => {
      const text = region.textContent.trim();
      if (text && text !== last) spoken.push(performance.now());
      last = text;
    };
    new MutationObserver(hear).observe(region, { childList: true, subtree: true, characterData: true });
  }
}"""
_VOICE = """async () => {
  const { Voice } = await import("/static/dashboard/voice.js");
  window.region = document.createElement("p");
  window.voice = new Voice(region);
}"""
_PACE = """async () => {
  const { Pace } = await import("/static/dashboard/panels/pace.js");
  window.acted = [];
  window.begunAt = performance.now();
  window.pace = new Pace(250, () => acted.push(Math.round(performance.now() - begunAt)));
}"""
_SAY = """(said) => {
  for (const [about, text] of said) voice.say(about, text);
  return region.textContent;
}"""
_COUNT_WORK = """() => {
  window.work = 0;
  const ask = window.requestAnimationFrame;
  window.requestAnimationFrame = (act) => ask((at) => { window.work += 1; act(at); });
  const all = { childList: true, subtree: true, characterData: true, attributes: true };
  new MutationObserver((changes) => { window.work += changes.length; }).observe(document, all);
}"""


@pytest.fixture(scope="module", autouse=True)
def _rows(site: Site) -> None:
    site.manage("shell", "-c", "from tests.browser import rows")


async def test_a_hundred_prices_a_second_are_ten_pictures(site: Site, page: Page, market: Market) -> None:
    """B-14: written ten times a second however many come, and the last one is what stays."""
    await site.log_in(page)
    await market.trade_at("64000.00")
    await expect(page.locator(".panel.price .number")).to_have_text("64,000.00")
    await page.evaluate(_COUNT_PAINTS)
    now = asyncio.get_running_loop().time
    begun, written = now(), 0
    while now() < begun + 3:
        written += 1
        await asyncio.gather(market.trade_at(f"64001.{written % 100:02}"), asyncio.sleep(0.01))
    await market.trade_at("64002.00")
    await expect(page.locator(".panel.price .number")).to_have_text("64,002.00")
    # By our clock, not by the page's: frames that were held up come together there.
    assert 1 < await page.evaluate("painted") <= min(written, 10 * (now() - begun) + 2)


async def test_what_flaps_is_spoken_once_in_ten_seconds(site: Site, page: Page, market: Market) -> None:
    """B-20: a price that is old and young by turns, and an alert that comes and goes."""
    await site.log_in(page)
    await market.trade_at("64123.45")
    badge = page.locator(".panel.price .badge")
    await expect(badge).to_contain_text("FRESH")
    await page.evaluate(_LISTEN)
    alert = AlertState("blind", "", "Nobody knows better.", datetime.now(UTC))
    for _ in range(5):
        await market.trade_at("64123.45", ago=60.0)
        await expect(badge).to_contain_text("STALE")
        await market.trade_at("64123.45")
        await market.show(structs.replace(feed_state(datetime.now(UTC)), alerts=[alert]))
        await expect(page.locator("#alerts li")).to_have_count(1)
        await expect(badge).to_contain_text("FRESH")
        await market.show(feed_state(datetime.now(UTC)))
        await expect(page.locator("#alerts li")).to_have_count(0)
    await page.wait_for_function("() => window.spoken.length", timeout=20_000)
    times = await page.evaluate("window.spoken")
    assert all(after - before > 9_900 for before, after in pairwise(times))


async def test_a_voice_says_at_once_what_is_new_and_later_what_is_true_by_then(site: Site, page: Page) -> None:
    """B-20: by subject; what is over before its turn comes is not spoken, and nothing is spoken twice."""
    await page.clock.install()
    await page.goto(f"{site.url}/notices/")
    await page.evaluate(_VOICE)
    await page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=1))
    said = [("price", "stale"), ("price", "fresh"), ("line", "lost"), ("price", "stale"), ("line", "")]
    assert await page.evaluate(_SAY, said) == "stale"
    await page.clock.run_for(10_000)
    assert await page.evaluate(_SAY, [("price", "fresh"), ("line", "lost")]) == "fresh"
    await page.clock.run_for(10_000)
    assert await page.evaluate(_SAY, []) == "lost"


async def test_what_comes_often_is_shown_with_every_third_message(site: Site, page: Page) -> None:
    """B-14: the first at once, the last for certain; between them together with what comes anyway."""
    await page.clock.install()
    await page.goto(f"{site.url}/notices/")
    await page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=1))
    await page.evaluate(_PACE)
    for wait in (0, 100, 100, 100, 100):
        await page.clock.run_for(wait)
        await page.evaluate("pace.ask()")
    await page.clock.run_for(10_000)
    assert await page.evaluate("acted") == [0, 300, 650]


async def test_a_tab_that_nobody_sees_does_nothing(site: Site, page: Page, console: list[str], market: Market) -> None:
    """B-15: no timer touches the page; after a minute no socket; the title says so; at once right when it is seen."""
    relay, asked = Relay(), set[Request]()
    page.on("request", lambda request: asked.add(request))
    page.on("requestfinished", lambda request: asked.discard(request))
    page.on("requestfailed", lambda request: asked.discard(request))
    await relay.stand_before(page)
    await page.clock.install()
    await site.log_in(page)
    await market.trade_at("64123.45")
    await expect(page.locator(".panel.price .number")).to_have_text("64,123.45")
    await wait_until(lambda: relay.ticks[-1] > 0)
    await page.evaluate(_HIDE, True)
    await page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=1))
    relay.silence()
    # Whatever was on its way has come when this has.
    line = {"kind": "blind", "text": "The last word.", "since_at": datetime.now(UTC).isoformat()}
    await relay.say({"type": "health", "redis": "up", "lines": [line]})
    await expect(page.locator("#health")).to_contain_text("The last word.")
    # And was drawn, with the marks that are asked for a second after the page began.
    await page.clock.run_for(1000)
    await wait_until(lambda: not asked)
    await page.clock.run_for(1000)
    await page.evaluate(_COUNT_WORK)
    await page.clock.run_for(2500)
    assert await page.evaluate("window.work") == 0
    for _ in range(20):
        await relay.say({"type": "tick", "now": datetime.now(UTC).isoformat()})
        await page.clock.run_for(3000)
    await wait_until(lambda: relay.connections[0].is_left)
    assert (await page.title()).startswith(("STALE", "Paused"))
    await page.evaluate("window.work = 0")
    await page.clock.run_for(600_000)
    assert await page.evaluate("window.work") == 0
    assert len(relay.connections) == 1
    await market.trade_at("64130.00")
    await page.evaluate(_HIDE, False)
    await expect(page.locator(".panel.price .badge")).to_contain_text("STALE")
    await expect(page.locator(".panel.price .number")).to_have_text("64,130.00")
    assert console == []


async def test_pages_are_read_without_scripts(site: Site, page: Page, market: Market) -> None:
    """F-25: the first state is whole: each panel tells what it knows, or why it knows nothing."""
    await places.hold(site)
    await market.trade_at("64123.45")
    browser = page.context.browser
    assert browser
    context = await browser.new_context(java_script_enabled=False)
    still = await context.new_page()
    await site.log_in(still)
    for address in (*places.LIVE, *places.STILL, places.NOWHERE):
        await still.goto(site.url + address)
        assert len((await still.locator("main").inner_text()).strip()) > 40, address
        for panel in await still.locator("[data-panel]").all():
            told = await panel.locator("xpath=./*[not(self::header)]").all_inner_texts()
            assert "".join(told).strip(), (address, await panel.get_attribute("data-panel"))
    await still.goto(f"{site.url}/dashboards/1/")
    await expect(still.locator("main noscript p")).to_be_visible()
    await expect(still.locator("#line")).to_be_hidden()
    for text in ("64,123.45", "BTCUSDT", "HTX", "10,034.7"):
        await expect(still.locator("[data-panel]").get_by_text(text).first).to_be_visible()
    await context.close()
