"""A trader's page over the whole system: right while all is well, and honest while something is wrong."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import pytest
from playwright.async_api import Page, expect

from dashboard.templatetags.figures import price
from tests import waiting
from tests.system.live import panels
from tests.system.live.conftest import ACCOUNT
from tests.system.live.look import Messages, Said, difference, expect_none, expect_same, look
from tests.system.live.watch import judge
from tests.system.stack import Stack
from tests.waiting import wait_for

pytestmark = [
    pytest.mark.system,
    pytest.mark.browser,
    pytest.mark.xdist_group("live"),
    pytest.mark.timeout(300),
]

PATIENCE_S: Final = 60.0
PATIENCE_MS: Final = 1000 * PATIENCE_S
NUMBER, BADGE = ".panel.price .number", ".panel.price .badge"
_OF_INSTRUMENT: Final = {"feed": "main", "instrument": "BTC-USDT"}
OF_MARKET: Final = [{"topic": name, **_OF_INSTRUMENT} for name in ("price", "trades", "flow")]
OF_FEED: Final = [{"topic": name, "feed": "main"} for name in ("venues", "health")] + [{"topic": "redis"}]
OF_ACCOUNT: Final = [{"topic": name, "account": 1} for name in ("positions", "orders", "account")]
# Whether the page was loaded again is seen by what it forgot.
_MARK: Final = "window.isSame = true"


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    """Of this module alone: it kills what others only look at."""
    expect.set_options(timeout=PATIENCE_MS)
    yield
    expect.set_options(timeout=1000 * waiting.PATIENCE_S)


async def is_well(page: Page) -> None:
    await expect(page.locator("#line")).to_have_text("Connected")
    await expect(page.locator(BADGE)).to_have_text("FRESH")


async def leader(page: Page) -> str:
    return await page.locator(".panel.price").get_attribute("data-source") or ""


async def fetched(page: Page, path: str) -> Any:
    return await page.evaluate("async (path) => (await fetch(path)).json()", path)


# --- right numbers ------------------------------------------------------------------------------------------------


async def test_every_panel_of_the_market_says_what_rest_and_the_exchange_say(
    stack: Stack, desk: Page, console: list[str]
) -> None:
    """F-25..F-31: each number, formatted as the first paint does it; the tape has what was sent."""
    await is_well(desk)
    await expect_same(desk, OF_MARKET + OF_FEED, panels.MARKET | panels.FEED)
    shown = await desk.locator(".panel.tape tbody tr").evaluate_all(
        "rows => rows.map((row) => [row.dataset.id, row.querySelector('[data-field=price]').textContent])"
    )
    sent = {f"{each['venue']} {each['trade_id']}": price(each["price"]) for each in stack.sent()}
    assert shown
    assert [[id_, sent.get(id_)] for id_, _ in shown] == shown
    await desk.get_by_role("link", name="System").click()
    await expect(desk.locator(".health")).to_have_text("healthy")
    assert (await fetched(desk, "/health"))["status"] == "healthy"
    await expect_same(desk, [*OF_FEED, {"topic": "log"}], panels.FEED | {"log": panels.of_log})
    await wait_for(lambda: is_covered(desk), within=PATIENCE_S)
    status = await fetched(desk, "/redis/status")
    await expect(desk.locator(".panel.redis [data-field=active]")).to_have_text(status["active"])
    assert (status["primary"]["state"], status["failover"]["state"]) == ("up", "up")
    assert console == []


async def is_covered(page: Page) -> bool | None:
    messages, _ = await look(page, [{"topic": "health", "feed": "main"}], [])
    shown = await page.locator(".panel.coverage tbody tr").evaluate_all(
        "rows => rows.map((row) => [...row.cells].map((cell) => cell.textContent))"
    )
    return True if shown and shown == panels.of_coverage(messages) else None


async def test_the_chart_says_what_rest_says(stack: Stack, desk: Page, console: list[str]) -> None:
    """F-28: the bars in its table, and as many marks as there are."""
    await desk.get_by_text("Instruments").click()
    await desk.get_by_role("link", name="BTC-USDT").first.click()
    await is_well(desk)
    await expect_same(desk, OF_MARKET, panels.MARKET)
    await desk.get_by_text("The last bars as a table").click()
    for look_for in (closed_bars, forming_bar, counted_marks):
        await expect_none(lambda look_for=look_for: look_for(desk))  # type: ignore[misc]
    assert console == []


async def closed_bars(page: Page) -> list[str]:
    listed = await fetched(page, "/candles/BTC-USDT.json?feed=main")
    told = panels.bars([bar for bar in listed if bar["status"] != "forming"])
    shown = {row["time"]: row for row in (await charted(page))[1]["bars"]}
    return [apart for row in told for apart in difference(row, shown.get(row["time"], {}), f"{row['time']} ")]


async def forming_bar(page: Page) -> list[str]:
    messages, shown = await charted(page)
    bars = panels.bars(messages.get("candle", []))
    return difference(bars[0], shown["bars"][0]) if bars else ["REST tells no bar"]


async def counted_marks(page: Page) -> list[str]:
    """What was before the first bar is drawn nowhere, so the page does not count it."""
    bars = await fetched(page, "/candles/BTC-USDT.json?feed=main")
    if not bars:
        return ["REST tells no bar"]
    since = datetime.fromisoformat(bars[0]["start_at"])
    marks = await page.evaluate(
        "async (path) => (await fetch(path)).text()",
        f"/chart/BTC-USDT/marks.json?feed=main&from={since.timestamp():.0f}",
    )
    return difference(panels.counted(marks.encode()), (await charted(page))[1])


async def charted(page: Page) -> tuple[Messages, Said]:
    messages, shown = await look(page, [{"topic": "candles", **_OF_INSTRUMENT}], ["chart"])
    return messages, shown["chart"]


async def test_positions_say_what_rest_and_bitget_say(stack: Stack, desk: Page, console: list[str]) -> None:
    """B-10..B-18: size, entry, PnL, order and balance of the account, as BitGet has them."""
    await desk.get_by_role("link", name="Positions").click()
    await expect(desk.locator("[data-field=check]").first).to_have_text("stream = REST")
    await expect_same(desk, OF_ACCOUNT, panels.ACCOUNT)
    holding = desk.locator(".holding")
    await expect(holding.locator("[data-field=size]")).to_have_text("0.5")
    await expect(holding.locator("[data-field=entry]")).to_have_text("76,000.00")
    await expect(holding.locator("[data-field=mark]")).to_have_text("76,100.00")
    await expect(holding.locator("[data-field=pnl]")).to_have_text("+50.00 USDT (+0.13%)")
    await expect(holding.locator("[data-field=roe]")).to_have_text("+1.32%")
    await expect(holding.locator("[data-field=targets]")).to_contain_text("SL at 74,000.00")
    await expect(desk.locator(".panel.orders tbody")).to_contain_text("70,000.00")
    await expect(desk.locator(".panel.balances tbody")).to_contain_text("12,345.67")
    stack.at_bitget(ACCOUNT, do="mark", symbol="BTCUSDT", price="75900")
    await expect(holding.locator("[data-field=pnl]")).to_have_text("-50.00 USDT (-0.13%)")
    assert console == []


# --- venues -------------------------------------------------------------------------------------------------------


async def test_a_venue_falls_silent_flaps_and_recovers(stack: Stack, desk: Page, console: list[str]) -> None:
    """F-06, F-26, D-02: another price within seconds, the switch with its reason; nothing old is ever shown as live."""
    await is_well(desk)
    first = await leader(desk)
    name = panels.NAMES[first]
    row = desk.locator(f'.panel.venues tr[data-code="{first}"]')
    switches = desk.locator(".panel.connection [data-field=switches] tr")

    stack.fault(first, "mute")
    await expect(desk.locator(".panel.price")).not_to_have_attribute("data-venue", first)
    await expect(desk.locator(BADGE)).to_have_text("FRESH")
    await expect(row.locator("[data-field=state]")).not_to_have_text("Connected")
    second = panels.NAMES[await leader(desk)]
    await expect(switches.first).to_contain_text(f"{name} → {second}")
    await expect(switches.first.locator("[data-field=text]")).to_contain_text(re.compile("silent|said nothing|no data"))
    await expect(desk.locator(".panel.connection [data-field=venue]")).to_have_text(second)
    await expect(desk.locator(".panel.chart [data-field=switches]")).not_to_have_text(re.compile("^0?$"))
    await expect_same(desk, OF_MARKET + OF_FEED, panels.MARKET | panels.FEED)

    stack.heal()
    await expect(row.locator("[data-field=state]")).to_have_text("Connected")
    stack.fault(first, "hang_up")
    await expect(row.locator("[data-field=state]")).not_to_have_text("Connected")
    await expect(desk.locator(".panel.price")).to_have_attribute("data-venue", first, timeout=PATIENCE_MS)
    await expect(switches.first).to_contain_text(f"{second} → {name}")
    await is_well(desk)
    assert await judge(desk, stack.sent()) > 50
    assert console == []


async def test_all_venues_fall_silent(stack: Stack, desk: Page, console: list[str]) -> None:
    """D-02, D-08: STALE with its age, in the title too, and dimmed; all by itself it is fresh again."""
    await is_well(desk)
    await desk.evaluate(_MARK)
    number = desk.locator(NUMBER)
    bright = await number.evaluate("(number) => getComputedStyle(number).color")

    stack.fault("*", "mute")
    await expect(desk.locator(BADGE)).to_have_text(re.compile(r"STALE \d"))
    await expect(desk).to_have_title(re.compile(r"^STALE · [\d,.]+ BTC-USDT"))
    await expect(number).not_to_have_css("color", bright)
    await expect(desk.locator(".panel.price .move")).to_have_text(re.compile("Not current: last heard at"))
    await expect(desk.locator(".panel.venues [data-field=state]", has_text="Connected")).to_have_count(0)

    stack.heal()
    await is_well(desk)
    await expect(desk).to_have_title(re.compile(r"^[\d,.]+ BTC-USDT"))
    await expect_same(desk, OF_MARKET, panels.MARKET)
    assert await desk.evaluate("window.isSame")
    await judge(desk, stack.sent())
    assert console == []


# --- our own processes --------------------------------------------------------------------------------------------


async def test_both_redis_servers_go_and_come(stack: Stack, desk: Page) -> None:
    """R1, R12: without the first one panels go on, with a word on it; without both all is stale, then right."""
    await is_well(desk)
    await desk.evaluate(_MARK)
    told = desk.locator("#alerts, [data-field=alerts], .problem")

    stack.end("redis", "kill")
    await expect(told.filter(has_text="The second store of live data has taken over")).to_be_visible()
    await is_well(desk)
    before = await desk.locator(NUMBER).inner_text()
    await expect(desk.locator(NUMBER)).not_to_have_text(before)
    await expect(desk.locator(".panel.redis [data-field=active]")).to_have_text("failover")

    stack.end("failover", "kill")
    await expect(told.filter(has_text="The store of live data does not answer")).to_be_visible()
    await expect(desk.locator(BADGE)).to_have_text(re.compile(r"STALE \d"))

    stack.start_redis()
    stack.start_failover()
    await is_well(desk)
    await expect(told.filter(has_text="store of live data")).to_have_count(0)
    await expect_same(desk, OF_MARKET, panels.MARKET)
    assert await desk.evaluate("window.isSame")
    await judge(desk, stack.sent())


async def test_the_worker_is_killed(stack: Stack, desk: Page, console: list[str]) -> None:
    """W1: its last price gets old in sight; the next worker's is fresh without a reload."""
    await is_well(desk)
    await desk.evaluate(_MARK)
    stack.end("worker", "kill")
    await expect(desk.locator(BADGE)).to_have_text(re.compile(r"STALE \d"))
    stack.start_worker("worker-again")
    await is_well(desk)
    await expect_same(desk, OF_MARKET, panels.MARKET)
    assert await desk.evaluate("window.isSame")
    await judge(desk, stack.sent())
    assert console == []


async def test_the_web_process_is_killed(stack: Stack, desk: Page) -> None:
    """C11, D-02: the line is lost in sight, the price gets old; then the line, and all that was missed."""
    await is_well(desk)
    await desk.evaluate(_MARK)
    stack.end("web", "kill")
    await expect(desk.locator("#line")).to_have_text(re.compile("Reconnecting|Connection lost"))
    await expect(desk.locator(BADGE)).to_have_text(re.compile(r"STALE \d"))
    stack.start_web()
    await is_well(desk)
    await expect_same(desk, OF_MARKET + OF_FEED, panels.MARKET | panels.FEED)
    assert await desk.evaluate("window.isSame")
    await judge(desk, stack.sent())


# --- the account --------------------------------------------------------------------------------------------------


async def test_a_position_is_closed_while_bitget_is_away(stack: Stack, desk: Page, console: list[str]) -> None:
    """B-11, B-14, M-07: what nobody confirms is marked as old, since when; afterwards it is what BitGet has."""
    await desk.get_by_role("link", name="Positions").click()
    await desk.evaluate(_MARK)
    stale, holding = desk.locator(".panel.position .stale"), desk.locator(".holding")
    await expect(holding).to_have_count(1)
    await expect(stale).to_be_hidden()

    for fault in ("refuse", "refuse_rest", "hang_up"):
        for venue in ("bitget", "bitget-demo"):
            stack.fault(venue, fault)
    stack.at_bitget(ACCOUNT, do="close", symbol="BTCUSDT", side="long", price="75900", push=False)
    await expect(stale).to_have_text(re.compile(r"STALE since \d\d:\d\d:\d\d"))
    await expect(desk.locator(".panel.position [data-field=title]")).not_to_have_text("Connected")
    await expect(holding).to_have_count(1)

    stack.heal()
    await expect(stale).to_be_hidden(timeout=PATIENCE_MS)
    await expect(holding).to_have_count(0)
    await expect(desk.locator(".panel.position .flat")).to_be_visible()
    await expect_same(desk, OF_ACCOUNT, panels.ACCOUNT)
    assert await desk.evaluate("window.isSame")
    assert console == []
