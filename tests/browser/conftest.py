"""A real site for a real browser: daphne as a process, its own Redis and database, and Chromium."""

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import ConsoleMessage, Page, async_playwright

from tests.redis_server import RedisServer
from tests.waiting import wait_in_thread_until

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "var" / "screenshots"
CHROMIUM = "/usr/bin/chromium"
_CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
]
_READY_WITHIN = 20.0


@dataclass
class Site:
    """A running web process. `url` has no slash at the end."""

    url: str
    redis: RedisServer
    data_dir: Path
    listener: socket.socket
    daphne: subprocess.Popen[bytes] | None = None
    username: str = "ada"
    password: str = "the sea is calm tonight"

    def start(self) -> None:
        descriptor = self.listener.fileno()
        command = [sys.executable, "-m", "daphne", "--fd", str(descriptor), "omega_site.asgi:application"]
        self.daphne = subprocess.Popen(command, cwd=ROOT, env=self.environment, pass_fds=[descriptor])
        wait_in_thread_until(self.is_ready, _READY_WITHIN)

    def stop(self) -> None:
        if self.daphne:
            self.daphne.terminate()
            self.daphne.wait(10)
            self.daphne = None

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/live", timeout=1) as answer:  # noqa: S310  # our own address
                return bool(answer.read() == b"ok")
        except OSError:
            return False

    def manage(self, *arguments: str) -> None:
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, timeout=60, stdout=subprocess.DEVNULL)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "OMEGA_MODE": "test",
            "OMEGA_DATA_DIR": str(self.data_dir),
            "OMEGA_PORT": self.url.rpartition(":")[2],
            "DJANGO_SETTINGS_MODULE": "omega_site.settings",
            "DJANGO_SUPERUSER_PASSWORD": self.password,
        }

    async def log_in(self, page: Page) -> None:
        await page.goto(f"{self.url}/login/")
        await page.get_by_label("User name").fill(self.username)
        await page.get_by_label("Password").fill(self.password)
        await page.get_by_role("button", name="Log in").click()
        await page.wait_for_url(f"{self.url}/")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Daphne on a free port with one user, who may do everything."""
    data_dir = tmp_path_factory.mktemp("data")
    redis = RedisServer()
    # Bound here and handed down, so that nobody else takes the port while daphne is stopped.
    with socket.create_server(("127.0.0.1", 0)) as listener:
        site = Site(f"http://127.0.0.1:{listener.getsockname()[1]}", redis, data_dir, listener)
        try:
            (data_dir / "redis_url").write_text(redis.url)
            site.manage("migrate", "--verbosity", "0")
            site.manage("createsuperuser", "--noinput", "--username", site.username, "--email", "")
            site.start()
            yield site
        finally:
            site.stop()
            redis.remove()


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """A fresh browser window of 1440x900. A test that expects a clean console asks for `console` too."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=_CHROMIUM_ARGUMENTS)
        context = await browser.new_context(viewport={"width": 1440, "height": 900})
        page = await context.new_page()
        page.set_default_timeout(10_000)
        yield page
        await browser.close()


@pytest.fixture
def console(page: Page) -> list[str]:
    """Everything that the browser complains about, as it happens: script errors, failed loads, CSP violations."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def hear(line: ConsoleMessage) -> None:
        if line.type in ("error", "warning"):
            complaints.append(line.text)

    page.on("console", hear)
    return complaints


async def take_screenshots(page: Page, name: str) -> None:
    """Keeps how the page looks on a desk and on a phone, in var/screenshots/."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for width, height in ((1440, 900), (390, 844)):
        await page.set_viewport_size({"width": width, "height": height})
        await page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        await page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=width < 1000)
    await page.set_viewport_size({"width": 1440, "height": 900})
