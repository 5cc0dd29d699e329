"""The overview in Chromium under load: when it is first seen, how late prices are painted, how much script it is."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.async_api import Browser, Page

from tests.bench.figure import Sample
from tests.load.process import usage
from tests.load.site import Site
from tests.screen import chromium, screen

RATE: Final = 300
LOADS: Final = 3
# Of a page that was just opened the first moments are no measure.
_WARM_S: Final = 5.0
_PRICE: Final = ".panel.price .number"
# Each paint is told, and noted when it is.
_NOTE_PAINTS: Final = """
Math.random = () => 0;
window.late = [];
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (text) {
  const { type, received_at: at } = JSON.parse(text);
  if (type === "painted") window.late.push(Date.now() - Date.parse(at));
  return send.call(this, text);
};"""
# What a browser can do: a page that only shows the newest message of a socket.
_BARE: Final = """(url) => {
  document.body.replaceChildren(document.createElement("p"));
  window.late = [];
  let frame = null;
  new WebSocket(url).onmessage = ({ data }) => {
    const [{ received_at: at }] = JSON.parse(data);
    if (!at) return;
    document.querySelector("p").textContent = at;
    frame ??= requestAnimationFrame(() => {
      frame = null;
      setTimeout(() => window.late.push(Date.now() - Date.parse(at)));
    });
  };
}"""
_FIRST_SEEN: Final = """() => new Promise((done) => new PerformanceObserver((list) => {
  done(list.getEntries().at(-1).startTime);
}).observe({ type: "largest-contentful-paint", buffered: true }))"""
_SCRIPTS: Final = """() => performance.getEntriesByType("resource")
  .filter(({ name }) => new URL(name).pathname.endsWith(".js"))
  .map(({ name, encodedBodySize: size }) => [name, size])"""


@dataclass
class Watched:
    """Milliseconds, but `scripts`: bytes as they came, by address."""

    painted: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    first: Sample = field(default_factory=Sample)
    first_bare: Sample = field(default_factory=Sample)
    scripts: dict[str, int] = field(default_factory=dict)
    # Of its time in which the web process had no processor.
    waited: float = 0.0


async def watch(site: Site, executable: str, seconds: float) -> Watched:
    """As it is in production: compressed files with their fingerprints."""
    site.stack.environment["OMEGA_MODE"] = "replay"
    site.stack.manage("collectstatic", "--no-input", "--verbosity", "0")
    seen = Watched()
    async with chromium(executable) as browser:
        async with site.web() as pid, site.writing(RATE):
            await asyncio.sleep(_WARM_S)
            for number in range(LOADS):
                await _load(browser, site, number, seen)
            await _paint(browser, site, pid, seconds, seen)
        async with site.broadcasting("tests.load.peers.broadcast", RATE), screen(browser) as bare:
            await bare.page.evaluate(_BARE, f"ws://127.0.0.1:{site.broadcast_port}")
            seen.bare = await _late(bare.page, seconds)
    return seen


async def _load(browser: Browser, site: Site, number: int, seen: Watched) -> None:
    """With a cold cache."""
    url, session = _url(site), site.people[number]["session"]
    async with screen(browser, url, session) as bare:
        await bare.page.goto(f"{url}/live")
        seen.first_bare.append(await bare.page.evaluate(_FIRST_SEEN))
    async with screen(browser, url, session) as shown:
        await shown.page.goto(f"{url}/", wait_until="networkidle")
        seen.first.append(await shown.page.evaluate(_FIRST_SEEN))
        assert any(map(str.isdigit, await shown.page.inner_text(_PRICE)))
        seen.scripts = dict(await shown.page.evaluate(_SCRIPTS))


async def _paint(browser: Browser, site: Site, pid: int, seconds: float, seen: Watched) -> None:
    async with screen(browser, _url(site), site.people[LOADS]["session"]) as shown:
        await shown.page.add_init_script(_NOTE_PAINTS)
        await shown.page.goto(f"{_url(site)}/")
        await asyncio.sleep(_WARM_S)
        server = usage(pid)
        seen.painted = await _late(shown.page, seconds)
        seen.waited = server.waited


async def _late(page: Page, seconds: float) -> list[float]:
    """What the page noted from now on, for so long."""
    await page.evaluate("window.late.length = 0")
    await asyncio.sleep(seconds)
    noted: list[Any] = await page.evaluate("window.late")
    return sorted(noted)


def _url(site: Site) -> str:
    return f"http://127.0.0.1:{site.stack.web_port}"
