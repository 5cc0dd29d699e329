"""A real site for a real browser: daphne as a process, its own Redis and database, and Chromium."""

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page

from feeds.storage.live import LiveStore
from tests.browser.market import Market
from tests.dashboard.conftest import Writer
from tests.prepared import ROOT, manage, prepare_database
from tests.redis_server import RedisServer
from tests.waiting import wait_in_thread_until

_READY_WITHIN = 60.0
# Port 9 refuses.
NO_EXCHANGE = "http://127.0.0.1:9"
SESSION = "omega_session"


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

    exchange_url: str = NO_EXCHANGE
    _sessions: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        descriptor = self.listener.fileno()
        command = [sys.executable, "-m", "omega_site.web", "--fd", str(descriptor), "omega_site.asgi:application"]
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
        manage(self.environment, *arguments)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "OMEGA_MODE": "test",
            "REPLAY_EXCHANGE_URL": self.exchange_url,
            "OMEGA_DATA_DIR": str(self.data_dir),
            "OMEGA_PORT": self.url.rpartition(":")[2],
            "DJANGO_SETTINGS_MODULE": "omega_site.settings",
        }

    async def log_in(self, page: Page, username: str = "", password: str = "") -> None:
        """Shows the first page. Only the first time of each user costs a form and a password that is slow to guess."""
        who = username or self.username
        if who in self._sessions:
            await page.context.add_cookies([{"name": SESSION, "value": self._sessions[who], "url": self.url}])
            await page.goto(f"{self.url}/")
            if page.url == f"{self.url}/":
                return
        await self._fill_form(page, who, password)
        cookies = await page.context.cookies(self.url)
        self._sessions[who] = next(cookie["value"] for cookie in cookies if cookie["name"] == SESSION)

    async def _fill_form(self, page: Page, username: str, password: str) -> None:
        await page.goto(f"{self.url}/login/")
        await page.get_by_label("User name").fill(username)
        await page.get_by_label("Password").fill(password or self.password)
        await page.get_by_role("button", name="Log in").click()
        await page.wait_for_url(f"{self.url}/")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Daphne on a free port with one user, who may do everything."""
    with running_site(tmp_path_factory.mktemp("data")) as site:
        yield site


@contextmanager
def running_site(data_dir: Path, exchange_url: str = NO_EXCHANGE) -> Iterator[Site]:
    """On whatever lies in the folder already; the primary Redis is made here."""
    redis = RedisServer()
    # Bound here and handed down, so that nobody else takes the port while daphne is stopped.
    with socket.create_server(("127.0.0.1", 0)) as listener:
        site = Site(
            f"http://127.0.0.1:{listener.getsockname()[1]}", redis, data_dir, listener, exchange_url=exchange_url
        )
        try:
            (data_dir / "redis_url").write_text(redis.url)
            prepare_database(site.environment, site.username, site.password)
            site.start()
            yield site
        finally:
            site.stop()
            redis.remove()


@pytest_asyncio.fixture(loop_scope="session")
async def market(site: Site) -> AsyncIterator[Market]:
    """A market in which nothing has happened yet; what it heard in the minute before, the site may still know."""
    with site.redis.client() as client:
        client.flushall()
    store = LiveStore(site.redis.url)
    yield Market(Writer(store))
    await store.close()
