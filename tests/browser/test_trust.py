"""Where a price is from and how far it may be trusted, as a trader reads it in a real browser."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec import structs
from playwright.async_api import Page, expect

from feeds.storage.latest import AlertState, Passport
from tests.browser.conftest import Site
from tests.browser.market import Market
from tests.chromium import take_screenshots
from tests.dashboard.samples import feed_state, price_state

pytestmark = pytest.mark.browser


async def test_the_page_says_which_venue_since_when_and_why(
    site: Site, page: Page, console: list[str], market: Market
) -> None:
    """F-25: painted first and kept up by the socket in the same words; the last switch with its reason and cost."""
    await market.trade_at("64123.45")
    await page.route("**/*.js", lambda route: route.abort())
    await site.log_in(page)
    source, switches = page.locator(".panel.price .source"), page.locator(".panel.connection [data-field=switches] tr")
    await expect(source).to_contain_text("because HTX went silent for 3 s")
    painted = [await source.inner_text(), await switches.inner_text()]
    await page.unroute("**/*.js")
    console.clear()
    await page.reload()
    await expect(page.locator("#line")).to_have_text("Connected")
    assert [await source.inner_text(), await switches.inner_text()] == painted
    await expect(switches).to_have_count(1)
    await expect(switches).to_contain_text("no new price for 3.0 s; stale for 0.0 s")
    assert console == []


async def test_a_passport_tells_how_far_venues_agree(
    site: Site, page: Page, console: list[str], market: Market
) -> None:
    """V-07: one sentence, the numbers behind it on demand, and what was missing; it is gone with its price."""
    await site.log_in(page)
    shown = price_state(market.next_trade("64125.10"), datetime.now(UTC))
    told = Passport(
        "consensus", Decimal("64124.60"), 1.2, 3, 3, {"htx": "older than 5 s"}, datetime(2026, 3, 1, 12, tzinfo=UTC), 3
    )
    await market.show(feed_state(datetime.now(UTC)))
    await market.show(structs.replace(shown, passport=told))
    passport = page.locator(".passport")
    await expect(passport).to_contain_text("3 of 3 venues agree, mostly within 1.2 bps")
    await expect(passport).to_contain_text("Binance was not recorded 12:00:00 to 12:00:03")
    await passport.locator("summary").click()
    await expect(passport.locator("tr")).to_have_text(
        ["All venues together 64,124.60", "The price shown is 0.1 bps above that", "HTX is not asked older than 5 s"]
    )
    await take_screenshots(page, "passport")
    await page.reload()
    await expect(passport.locator("tr")).to_have_count(3)
    await market.show(shown)
    await expect(passport).to_be_hidden()
    assert console == []


async def test_without_any_venue_the_last_price_stays_and_says_so(site: Site, page: Page, market: Market) -> None:
    """E32: a banner with the time since when, the last price grey with its age; it is gone when it is over."""
    await site.log_in(page)
    await market.trade_at("64123.45", ago=12)
    now = datetime.now(UTC)
    alert = AlertState("no_venue", "", "no venue delivers", now)
    await market.show(structs.replace(feed_state(now), active="", active_since_at=now, alerts=[alert]))
    await expect(page.locator("#alerts li")).to_contain_text("No venue delivers. The last price stays")
    await expect(page.locator("#alerts li")).to_contain_text(f"since {now:%H:%M:%S}")
    await expect(page.locator(".panel.price .source")).to_contain_text("was the last: no venue delivers since")
    await expect(page.locator(".panel.price")).to_have_attribute("data-state", "stale")
    await expect(page.locator(".panel.price .number")).to_have_text("64,123.45")
    await take_screenshots(page, "no-venue")
    await market.trade_at("64125.10")
    await expect(page.locator("#alerts li")).to_have_count(0)


async def test_a_price_that_no_venue_delivers_is_stale_at_once(
    site: Site, page: Page, console: list[str], market: Market
) -> None:
    """E32: however young it is, neither FRESH nor the word of the others; painted first, and by the socket."""
    await site.log_in(page)
    shown = price_state(market.next_trade("64125.10"), datetime.now(UTC) + timedelta(hours=1))
    await market.show(structs.replace(shown, passport=Passport("consensus", Decimal("64125.10"), 1.2, 3, 3)))
    await market.show(feed_state(datetime.now(UTC)))
    badge, passport = page.locator(".panel.price .badge"), page.locator(".passport")
    await expect(badge).to_have_text("FRESH")
    await expect(passport).to_be_visible()
    nobody = structs.replace(feed_state(datetime.now(UTC)), active="")
    await market.show(nobody)
    await expect(badge).to_have_text("STALE 0.0 s")
    await expect(passport).to_be_hidden()
    await take_screenshots(page, "left")
    await page.route("**/*.js", lambda route: route.abort())
    console.clear()
    await page.reload()
    await expect(badge).to_have_text("STALE 0.0 s")
    await expect(passport).to_be_hidden()


async def test_a_held_trade_is_marked_until_it_is_released(site: Site, page: Page, market: Market) -> None:
    """V-06 E28: in words beside the price that is none; one row, before and after."""
    await site.log_in(page)
    crash = market.next_trade("44000.00")
    await market.log(market.next_trade("64123.45"), structs.replace(crash, quarantine="jump"))
    rows = page.locator(".panel.tape tbody tr")
    await expect(rows.first).to_contain_text("no price: a jump that nobody confirms")
    await expect(page.locator(".panel.tape tbody tr[data-held]")).to_have_count(1)
    await take_screenshots(page, "held")
    await market.log(crash)
    await expect(page.locator(".panel.tape tbody tr[data-held]")).to_have_count(0)
    await expect(page.locator(f".panel.tape tbody tr[data-id='{crash.venue} {crash.trade_id}']")).to_have_count(1)
    await expect(rows.first).to_contain_text("44,000.00")


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_text_is_readable_by_day_and_by_night(site: Site, page: Page, market: Market, scheme: str) -> None:
    """WCAG AA: every colour of text is 4.5 times as light or dark as what it stands on."""
    await page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
    await site.log_in(page)
    await market.trade_at("64123.45")
    await expect(page.locator(".panel.price .badge")).to_have_text("FRESH")
    await take_screenshots(page, scheme)
    assert await page.evaluate(_LEAST_CONTRAST) >= 4.5


_LEAST_CONTRAST = """() => {
  const probe = document.body.appendChild(document.createElement("span"));
  const light = (name) => {
    probe.style.color = `var(${name})`;
    const parts = getComputedStyle(probe).color.match(/\\d+/g).map((part) => part / 255);
    const [r, g, b] = parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  const letters = ["--text", "--quiet", "--faded", "--up", "--down", "--warn"];
  const pairs = letters.map((letter) => contrast(letter, "--surface"));
  return Math.min(...pairs, contrast("--on-gold", "--gold"), contrast("--on-warn", "--warn"));
}"""
