"""V-16, F-24: whatever a venue, a person or an address says, a page shows it as text and runs none of it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final
from urllib.parse import quote, urlsplit

import pytest
import pytest_asyncio
from msgspec import structs
from playwright.async_api import Page, expect

from feeds.storage import keys
from feeds.storage.latest import AlertState, Switch
from feeds.storage.live import LiveStore
from feeds.storage.logbook import LogLine, encode
from positions.latest import AccountAlert, BalanceLine, DebugEntry
from tests.browser.conftest import Site
from tests.browser.market import Market
from tests.browser.payloads import PAYLOADS
from tests.dashboard.accounts.samples import (
    LONG,
    ORDERS,
    State,
    account_state,
    debug_state,
    orders_state,
    positions_state,
    write,
)
from tests.dashboard.samples import feed_state
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
TEXTS: Final = list(PAYLOADS.values())
ALL: Final = "".join(TEXTS)
_WATCH: Final = """
  window.canary = () => console.error("executed");
  for (const name of ["alert", "confirm", "prompt"]) window[name] = window.canary;
  document.addEventListener("securitypolicyviolation", ({ violatedDirective, sample }) => (
    console.error(`violated ${violatedDirective} ${sample}`)
  ));
"""
# What is cut or joined with others is shown in part; a log blanks out control characters.
_MISSING: Final = """(texts) => {
  const typed = [...document.querySelectorAll("input, textarea")].map((field) => field.value);
  const said = [document.documentElement.textContent, ...typed].join(" ");
  return texts.filter((text) => !said.includes(text));
}"""


@pytest.fixture(scope="module", autouse=True)
def _rows(site: Site) -> None:
    site.manage("shell", "-c", "from tests.browser import hostile_rows")


@pytest_asyncio.fixture(loop_scope="session")
async def executed(page: Page) -> AsyncIterator[list[str]]:
    """Whatever was run, was kept from running by the policy, or asked for elsewhere."""
    found: list[str] = []
    await page.add_init_script(_WATCH)
    page.on("console", lambda line: found.append(line.text) if line.text.startswith(("executed", "violated")) else None)
    page.on("request", lambda request: found.append(request.url) if is_asked_for(request.url) else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    yield found


def is_asked_for(address: str) -> bool:
    """By a payload: elsewhere, or the picture x."""
    parts = urlsplit(address)
    return parts.hostname == "canary.invalid" or parts.path.endswith("/x")


async def missing(page: Page, texts: list[str] = TEXTS) -> list[str]:
    """What of it the page does not show as it is."""
    found: list[str] = await page.evaluate(_MISSING, texts)
    return found


def hostile_states() -> list[State]:
    """An account of which everything that is a text is a payload."""
    now = datetime.now(UTC)
    entries = [DebugEntry(at=now, kind=text, text=text) for text in TEXTS]
    orders = [structs.replace(ORDERS[0], order_id=text, symbol=text, kind=text, status=text) for text in TEXTS]
    coins = [BalanceLine(coin=text, equity=Decimal(1), available=Decimal(1), frozen=Decimal(0)) for text in TEXTS]
    alerts = [AccountAlert(kind=text, text=text, raised_at=now) for text in TEXTS]
    return [
        positions_state(1, *(structs.replace(LONG, symbol=text, margin_coin=text) for text in TEXTS), now=now),
        orders_state(1, *orders),
        account_state(1, now=now, label=ALL, balances=coins, alerts=alerts),
        debug_state(1, now=now, message_queue=entries, error_log=entries),
    ]


async def test_what_venues_say_is_text(site: Site, page: Page, market: Market, executed: list[str]) -> None:
    """Names, reasons, switches, alerts and trades: as the page leaves the server, and as the socket brings them."""
    await site.log_in(page)
    now = datetime.now(UTC)
    state = feed_state(now)
    first = state.venues[0]
    venues = [first, *(structs.replace(first, venue=text, name=text, reason=text, circuit=text) for text in TEXTS)]
    switches = [Switch(text, text, text, now) for text in TEXTS[:10]]
    alerts = [AlertState(text, text, text, now) for text in TEXTS]
    hostile = structs.replace(state, venues=venues, switches=switches, alerts=alerts, active_reason=ALL)
    lines = [LogLine(now, "ERROR", text, text, text) for text in TEXTS]
    with site.redis.client() as client:
        for line in lines:
            client.xadd(keys.EVENT_LOG, {keys.EVENT_FIELD: encode(line)})
    await market.log(*(market.next_trade("64123.45", venue=text) for text in TEXTS))
    await market.log(*(structs.replace(market.next_trade("64123.45"), quarantine=text) for text in TEXTS))
    await page.goto(f"{site.url}/system/")
    await market.trade_at("64123.45")
    await market.show(hostile)
    await expect(page.locator("#alerts li")).to_have_count(len(TEXTS))
    assert await missing(page, [text for text in TEXTS if "\t" not in text]) == []
    for address in ("/system/", "/", "/instruments/BTC-USDT/"):
        await page.goto(site.url + address)
        await expect(page.locator("#line")).to_have_text("Connected")
        assert await missing(page) == [], address
    assert executed == []


async def test_what_an_account_says_is_text(site: Site, page: Page, market: Market, executed: list[str]) -> None:
    """Labels, symbols, orders, coins, alerts, debug lines: painted first, and pushed."""
    await site.log_in(page)
    store = LiveStore(site.redis.url)
    for address in ("/positions/", "/debug/position_component_debug.html"):
        await page.goto(site.url + address)
        await expect(page.locator("#line")).to_have_text("Connected")
        await write(store, *hostile_states())
        await page.wait_for_function("(text) => document.body.textContent.split(text).length > 2", arg=TEXTS[-1])
        assert await missing(page) == [], address
        await page.reload()
        assert await missing(page) == [], address
        await write(store, positions_state(1), orders_state(1), account_state(1), debug_state(1))
    await store.close()
    assert executed == []


async def test_what_people_name_is_text(site: Site, page: Page, executed: list[str]) -> None:
    """Dashboards, tokens, users, groups, feeds, venues, accounts and alerts: in the pages, and in the admin."""
    await site.log_in(page)
    for address in ("/dashboards/", "/tokens/"):
        await page.goto(site.url + address)
        assert await missing(page) == [], address
    rows = (
        "auth/user",
        "auth/group",
        "dashboard/dashboard",
        "dashboard/apitoken",
        "feeds/alert",
        "feeds/failoverevent",
    )
    for address in (
        *rows,
        "positions/streamevent",
        "feeds/healthsnapshot",
        "feeds/venue",
        "positions/account",
        "feeds/feed",
    ):
        await page.goto(f"{site.url}/admin/{address}/")
        assert await missing(page) == [], address
    assert executed == []


async def test_what_an_address_or_a_form_says_is_text(site: Site, page: Page, executed: list[str]) -> None:
    """Parts of addresses, questions and refused forms: all payloads in each of them."""
    await page.goto(f"{site.url}/login/?next={quote(ALL)}")
    await page.get_by_label("User name").fill(ALL.replace("\t", " "))
    await page.get_by_label("Password").fill(ALL)
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await site.log_in(page)
    for address in (
        f"/instruments/{quote(ALL)}/",
        f"/instruments/{quote(ALL, safe='')}/",
        f"/?feed={quote(ALL)}",
        f"/{quote(ALL)}",
    ):
        await page.goto(site.url + address)
    await page.goto(f"{site.url}/tokens/")
    await page.evaluate("document.querySelectorAll('main input').forEach((e) => e.removeAttribute('maxlength'))")
    await page.get_by_label("Name").fill(ALL)
    await page.locator("main form:has(input[name=name]) button").last.click()
    await page.wait_for_load_state()
    assert await missing(page, [text.replace("\t", " ") for text in TEXTS if "\t" not in text]) == []
    assert executed == []


async def test_what_runs_is_found(site: Site, page: Page, executed: list[str]) -> None:
    """The same texts taken for more than text: the watch over this file is no idle one."""
    await page.goto(f"{site.url}/notices/")
    # Whoever is led to another page sees nothing more of this one.
    texts = [f"<div>{text}</div>" for kind, text in PAYLOADS.items() if kind != "refresh"]
    await page.evaluate("(texts) => texts.forEach((e) => document.body.insertAdjacentHTML('beforeend', e))", texts)
    await wait_until(lambda: any(is_asked_for(each) for each in executed))
    await wait_until(lambda: len([each for each in executed if each.startswith("violated")]) >= 20)
