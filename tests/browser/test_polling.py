"""A page that gets no line in a real browser: it asks over HTTP, and says of what it hears nothing."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from msgspec import structs
from playwright.async_api import Page, Route, expect

from feeds.storage.live import LiveStore
from positions.board.outgoing import ALIVE_EVERY_S
from tests.browser.conftest import Site
from tests.browser.market import Market
from tests.browser.relay import Relay
from tests.dashboard.accounts.samples import LONG, account_state, positions_state, write
from tests.waiting import wait_for, wait_until

pytestmark = pytest.mark.browser

_STATE = "**/api/v1/state/**"
Said = dict[str, Any]
# A page that is switched to and fro while its questions are under way, and one that shows very much.
_SWITCH = """async (topics) => {
  const { Polling } = await import("/static/dashboard/polling.js");
  window.heard = 0;
  const polling = new Polling("/api/v1/state/", topics, () => heard++);
  for (let turn = 0; turn < 5; turn++) {
    polling.set(true);
    polling.set(false);
  }
  polling.set(true);
  heard = 0;
}"""


class Questions:
    """Those that a page asks without a line, with what `alter` makes of each answer; held back while `is_held`."""

    def __init__(self) -> None:
        self.topics: list[int] = []
        self.alter: Callable[[list[list[Said]]], list[list[Said]]] = lambda frames: frames
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def stand_before(self, page: Page) -> None:
        await page.route(_STATE, self._answer)

    async def _answer(self, route: Route) -> None:
        query = route.request.url.partition("topics=")[2]
        self.topics.append(query.count("%22topic%22"))
        await self.go_on.wait()
        answer = await route.fetch()
        frames = self.alter(await answer.json()) if answer.ok else await answer.json()
        await route.fulfill(response=answer, body=json.dumps(frames))


@pytest.fixture(scope="module", autouse=True)
def _account(site: Site) -> None:
    fields = {"label": "Main", "environment": "demo", "owner": 1, "created_at": "2026-01-01T00:00:00Z"}
    path = site.data_dir / "account.json"
    path.write_text(json.dumps([{"model": "positions.account", "pk": 1, "fields": fields}]))
    site.manage("loaddata", str(path))


async def without_a_line(page: Page) -> Questions:
    relay, questions = Relay(), Questions()
    relay.is_down = True
    await relay.stand_before(page)
    await questions.stand_before(page)
    # Nobody waits for three tries.
    await page.add_init_script("Math.random = () => 0")
    await page.clock.install()
    return questions


async def lose_the_line(page: Page) -> None:
    for _ in range(3):
        await page.clock.run_for(6000)
    await expect(page.locator("body")).to_have_attribute("data-polling", "")


async def test_an_account_goes_on_without_a_line_and_says_when_nothing_is_heard_of_it(
    site: Site, page: Page, market: Market, console: list[str]
) -> None:
    """Issue 8, item 6: between two questions its reader stays with it; an answer without it makes it old."""
    store, told = LiveStore(site.redis.url), ["64231.4"]

    async def work() -> None:
        """As a worker does, until it is cancelled."""
        while True:
            now, position = datetime.now(UTC), structs.replace(LONG, mark_price=Decimal(told[-1]))
            await write(store, account_state(1, now=now), positions_state(1, position, now=now))
            await asyncio.sleep(ALIVE_EVERY_S)

    questions = await without_a_line(page)
    working = asyncio.create_task(work())
    await site.log_in(page)
    await page.goto(f"{site.url}/positions/")
    panel, mark = page.locator(".panel.position"), page.locator(".panel.position [data-field=mark]").first
    await lose_the_line(page)
    for price in ("64300.1", "64400.2", "64500.3"):
        told.append(price)
        await expect(mark).to_contain_text(f"{price[:2]},{price[2:]}")
        await expect(panel).not_to_have_attribute("data-stale", "")
    questions.alter = lambda frames: [[each for each in frame if "account" not in each] for frame in frames]
    await expect(panel).to_have_attribute("data-stale", "")
    questions.alter = lambda frames: frames
    await expect(panel).not_to_have_attribute("data-stale", "")
    working.cancel()
    await store.close()


async def test_market_panels_go_on_without_a_line_and_nothing_is_drawn_twice(
    site: Site, page: Page, market: Market, console: list[str]
) -> None:
    """Issue 8, item 6: flow and moves come; bars are loaded once; a tape that is held stays as it is."""
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url) if "/candles/" in request.url else None)
    questions = await without_a_line(page)
    await market.trade_at("64100.00")
    await site.log_in(page)
    tape, held = page.locator(".panel.tape tbody[data-field=trades]"), page.locator(".panel.tape [data-field=waiting]")
    await lose_the_line(page)
    await expect(tape.locator("tr")).to_have_count(1)
    await page.get_by_role("button", name="Hold").click()
    before, asked = len(loaded), len(questions.topics)
    await market.trade_at("64101.00")
    await expect(held).to_have_text("Held still: 1 trade waits")
    await expect(tape.locator("tr")).to_have_count(1)
    await expect(page.locator(".panel.flow [data-field=since]")).not_to_be_empty(timeout=30_000)
    await expect(page.locator(".panel.price [data-field=moves] li").first).to_be_attached(timeout=30_000)
    await wait_until(lambda: len(questions.topics) >= asked + 3, 20)
    # A new minute asks once more.
    assert len(loaded) - before <= 1
    await page.get_by_role("button", name="Hold").click()
    await expect(tape.locator("tr")).to_have_count(2)


async def has_heard(page: Page, answers: int) -> bool | None:
    return await page.evaluate("heard") >= answers or None


async def test_a_page_asks_once_however_often_it_was_switched_and_however_much_it_shows(
    site: Site, page: Page, market: Market
) -> None:
    """Issue 8, item 6: one chain of questions; no question has more topics than the server takes."""
    await site.log_in(page)
    questions = Questions()
    await questions.stand_before(page)
    await page.clock.install()
    topics = [{"topic": "price", "feed": "main", "instrument": f"A{n}-USDT"} for n in range(120)]
    questions.go_on.clear()
    await page.evaluate(_SWITCH, topics)
    await wait_until(lambda: len(questions.topics) == 18)
    assert questions.topics[:3] == [50, 50, 20]
    questions.go_on.set()
    for answers in (1, 2, 3):
        await wait_for(partial(has_heard, page, answers))
        assert len(questions.topics) == 18 + 3 * (answers - 1)
        await page.clock.run_for(2000)
