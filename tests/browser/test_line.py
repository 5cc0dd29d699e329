"""The line between page and server in a real browser: lost, tried again, given up, taken up."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.market import Market
from tests.browser.relay import Relay, Said, as_it_is
from tests.chromium import take_screenshots
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

# Every wait of the page has half its jitter.
_HALF = "Math.random = () => 0.5"
_WAIT_MS = 6250
_SLOW_WAIT_MS = 61_250
_HIDE = """(isHidden) => {
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => isHidden });
  document.dispatchEvent(new Event('visibilitychange'));
}"""

# All that is spoken of the button from here on.
_LISTEN = """() => {
  window.spoken = [];
  const told = document.getElementById('tried');
  new MutationObserver((changes) => changes.forEach(({ addedNodes }) => {
    addedNodes.forEach((node) => spoken.push(node.textContent));
  })).observe(told, { childList: true });
}"""
# Who is silent would make room for another.


def not_now(message: Said) -> Said:
    if message["type"] != "subscribed":
        return message
    return {"type": "error", "id": message["id"], "code": 4503, "text": "Nobody knows. Try again later."}


@pytest_asyncio.fixture(loop_scope="session")
async def relay(site: Site, page: Page, market: Market) -> Relay:
    """Before a dashboard that is connected and shows a price. Its time goes on only where a test says so."""
    relay = Relay()
    await relay.stand_before(page)
    await page.add_init_script(_HALF)
    await page.clock.install()
    await site.log_in(page)
    await market.trade_at("64123.45")
    await expect(page.locator(".panel.price .number")).to_have_text("64,123.45")
    await wait_until(lambda: relay.ticks[-1] > 0)
    return relay


async def stop_time(page: Page) -> None:
    await page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=1))


async def fail(page: Page, relay: Relay, after_ms: int) -> None:
    """Time goes by until exactly one more try was made, which fails."""
    tries = len(relay.connections)
    # The page may have begun to wait in the last 100 ms of the span before.
    await page.clock.run_for(after_ms - 300)
    assert len(relay.connections) == tries
    await page.clock.run_for(400)
    await wait_until(lambda: len(relay.connections) == tries + 1)


async def test_a_lost_line_is_tried_three_times_then_by_button(
    site: Site, page: Page, console: list[str], market: Market, relay: Relay
) -> None:
    """W-09: 5 s and some chance between tries; after three a button says so, and one try a minute; then it works."""
    line, banner = page.locator("#line"), page.locator("#lost")
    retry = page.get_by_role("button", name="Retry")
    await stop_time(page)
    relay.is_down = True
    await relay.cut()
    await expect(line).to_have_text("Reconnecting in 7 s")
    await expect(banner).to_be_hidden()
    for _ in range(3):
        await fail(page, relay, _WAIT_MS)
    await expect(line).to_have_attribute("data-state", "error")
    await expect(line).to_have_text("Connection lost")
    await expect(page.get_by_role("alert")).to_contain_text("Connection lost.")
    await expect(page.locator(".panel.price .badge")).to_contain_text("STALE")
    await fail(page, relay, _SLOW_WAIT_MS)

    await page.clock.resume()
    await take_screenshots(page, "lost")
    relay.is_down = False
    await market.trade_at("64130.00")
    await retry.press("Enter")
    await expect(line).to_have_text("Connected")
    await expect(banner).to_be_hidden()
    await expect(page.locator("#content")).to_be_focused()
    await expect(page.locator(".panel.price .number")).to_have_text("64,130.00")
    assert console == []


async def test_without_a_line_the_page_asks_over_http(
    site: Site, page: Page, console: list[str], market: Market, relay: Relay
) -> None:
    """Issue 8, item 6: what is shown is live all the same, says how, and is asked for no more once there is a line."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/api/v1/state/" in request.url else None)
    number, badge = page.locator(".panel.price .number"), page.locator(".panel.price .badge")
    relay.is_down = True
    await relay.refuse(4429, "Close one first.")
    await expect(page.locator("#lost")).to_contain_text("This page asks for what is new every 2 s meanwhile.")
    await market.trade_at("64140.00")
    await expect(number).to_have_text("64,140.00")
    await expect(badge).to_have_text("FRESH")
    await expect(page.locator(".panel.tape tbody tr").first).to_contain_text("64,140.00")
    relay.is_down = False
    await page.get_by_role("button", name="Retry").press("Enter")
    await expect(page.locator("#line")).to_have_text("Connected")
    await market.trade_at("64150.00")
    await expect(number).to_have_text("64,150.00")
    await stop_time(page)
    before = len(asked)
    await page.clock.run_for(10_000)
    assert len(asked) == before > 0
    assert console == []


async def test_what_becomes_of_the_button_is_spoken(site: Site, page: Page, relay: Relay) -> None:
    """W-09: each press and how it ended, also where that is the same as before; one try at a time."""
    await page.evaluate(_LISTEN)
    told, retry = page.locator("#tried"), page.get_by_role("button", name="Retry")
    relay.is_down = True
    await relay.refuse(4429, "Close one first.")
    await retry.press("Enter")
    await expect(told).to_have_text("Still no connection.")
    assert len(relay.connections) == 2
    relay.is_down, relay.is_mute = False, True
    await retry.press("Enter")
    await retry.press("Enter")
    await expect(told).to_have_text("Trying to connect.")
    await wait_until(lambda: len(relay.connections) == 3)
    relay.is_mute = False
    await relay.refuse(4429, "Close one first.")
    await expect(told).to_have_text("Still no connection. Close one first.")
    await retry.press("Enter")
    await expect(told).to_have_text("Connected.")
    assert len(relay.connections) == 4
    begun, failed = "Trying to connect.", "Still no connection."
    spoken = [begun, failed, begun, begun, f"{failed} Close one first.", begun, "Connected."]
    assert await page.evaluate("spoken") == spoken


async def test_who_was_disconnected_stays_so(site: Site, page: Page, relay: Relay) -> None:
    """W-02: an operator's word is shown as text. Neither time nor waking up ends that, only the button."""
    await page.evaluate("sessionStorage.setItem('reloaded-at', Date.now())")
    await relay.say({"type": "snapshot", "feed": "main", "instruments": ["DOGE-USDT"]})
    await relay.refuse(4001, "An <b>operator</b> disconnected you.")
    alert, line = page.get_by_role("alert"), page.locator("#line")
    await expect(alert).to_contain_text("An <b>operator</b> disconnected you.")
    await expect(alert).to_contain_text("It is not tried again by itself.")
    await stop_time(page)
    for is_hidden in (True, False):
        await page.evaluate(_HIDE, is_hidden)
        await page.clock.run_for(_SLOW_WAIT_MS * 2)
    await page.evaluate("['online', 'pageshow'].forEach((name) => window.dispatchEvent(new Event(name)))")
    await page.emulate_media(color_scheme="dark")
    # The page hears of it with the next frame that is drawn.
    await page.screenshot()
    await expect(line).to_have_text("Connection lost")
    assert len(relay.connections) == 1
    await page.clock.resume()
    await page.get_by_role("button", name="Retry").press("Enter")
    await expect(line).to_have_text("Connected")
    assert len(relay.connections) == 2


async def test_one_tab_too_many_reads_why(page: Page, relay: Relay) -> None:
    """4429: the server's words at once, and not after three tries; once there is room it is taken in."""
    await relay.refuse(4429, "You have too many open connections. Close one first.")
    await expect(page.get_by_role("alert")).to_contain_text("You have too many open connections. Close one first.")
    await expect(page.locator("#line")).to_have_text("Connection lost")
    await page.get_by_role("button", name="Retry").press("Enter")
    await expect(page.locator("#line")).to_have_text("Connected")


async def test_a_client_that_was_too_slow_goes_on_as_the_same(
    site: Site, page: Page, market: Market, relay: Relay
) -> None:
    """C3, C11: after 4008 the page comes back by itself, and says up to where it heard."""
    await stop_time(page)
    await relay.refuse(4008, "You are too slow.")
    await expect(page.locator("#line")).to_have_text("Reconnecting in 7 s")
    await page.clock.run_for(_WAIT_MS + 100)
    await expect(page.locator("#line")).to_have_text("Connected")
    resumed, subscribed = relay.connections[1].said[:2]
    assert resumed["type"] == "resume"
    assert [wish["topic"] for wish in subscribed["topics"] if "after" in wish] == ["trades"]


async def test_a_subscription_that_cannot_be_taken_now_is_made_again(site: Site, page: Page, relay: Relay) -> None:
    """4503: the page keeps what it shows, and is not loaded again from a server without a database."""
    await page.evaluate("window.isSame = true")
    await stop_time(page)
    relay.alter = not_now
    await relay.cut()
    for _ in range(3):
        await fail(page, relay, _WAIT_MS)
        await expect(page.locator("#line")).to_have_text(re.compile("Reconnecting in 7 s|Connection lost"))
    await expect(page.get_by_role("alert")).to_contain_text("Try again later.")
    relay.alter = as_it_is
    await page.clock.resume()
    await page.get_by_role("button", name="Retry").press("Enter")
    await expect(page.locator("#line")).to_have_text("Connected")
    await expect(page.locator(".panel.price .number")).to_have_text("64,123.45")
    assert await page.evaluate("isSame")


async def test_a_server_that_goes_away_is_not_stormed(site: Site, page: Page, relay: Relay) -> None:
    """C9: after 1001 pages come back within 5 s, each at a moment of its own."""
    await stop_time(page)
    await relay.cut(1001)
    await expect(page.locator("#line")).to_have_text("Reconnecting in 3 s")
    await page.clock.run_for(2500)
    await expect(page.locator("#line")).to_have_text("Connected")


async def test_a_dead_line_is_noticed_and_left(site: Site, page: Page, relay: Relay) -> None:
    """No frame for 4 s, whatever TCP believes."""
    relay.silence()
    await stop_time(page)
    await page.clock.run_for(5500)
    await expect(page.locator("#line")).to_contain_text(re.compile(r"Reconnecting in \d s"))
    assert relay.connections[0].is_left


async def test_a_machine_that_slept_is_right_at_once(site: Site, page: Page, market: Market, relay: Relay) -> None:
    """C12: the line died meanwhile; nobody waits 5 s to open another."""
    relay.silence()
    await market.trade_at("64130.00")
    await page.clock.fast_forward(8000)
    await expect(page.locator(".panel.price .number")).to_have_text("64,130.00", timeout=3000)
    await expect(page.locator("#line")).to_have_text("Connected")
    assert [said["type"] for said in relay.connections[1].said[:2]] == ["resume", "subscribe"]


async def test_a_tab_that_nobody_sees_costs_nothing(site: Site, page: Page, market: Market, relay: Relay) -> None:
    """C12: hidden for a minute it hangs up and is old; once it is seen it is right again."""
    relay.silence()
    await page.evaluate(_HIDE, True)
    await stop_time(page)
    for _ in range(57):
        await relay.say({"type": "tick", "now": datetime.now(UTC).isoformat()})
        await page.clock.run_for(1000)
    assert not relay.connections[0].is_left
    await page.clock.run_for(3500)
    await wait_until(lambda: relay.connections[0].is_left)
    await expect(page.locator("#line")).to_have_text("Paused")
    await expect(page).to_have_title(re.compile("^STALE"))
    await page.clock.run_for(120_000)
    assert len(relay.connections) == 1
    await market.trade_at("64130.00")
    await page.evaluate(_HIDE, False)
    await expect(page.locator(".panel.price .number")).to_have_text("64,130.00", timeout=3000)
