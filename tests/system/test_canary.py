"""S11: an account whose credentials are canaries, through everything that can go wrong, and then a look everywhere."""

import re
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from secrets import token_hex
from typing import Final

import pytest
import redis

from omega_site.embedded_redis import find_binary
from omega_site.probes import free_port
from tests.exchange.bitget.desk import BitgetDesk
from tests.exchange.bitget.faults import Answer
from tests.positions.beside import Beside, exchange_beside
from tests.system.canary import Scanner
from tests.system.stack import PASSWORD, Stack, running_stack
from tests.waiting import wait_in_thread_until as wait_until

pytestmark = pytest.mark.system

# With what has to be escaped in HTML, JSON and addresses.
KEY, SECRET, PASSPHRASE = (f'CANARY-{name}-{token_hex(10)}"/+&' for name in ("key", "secret", "pass"))
TYPED: Final = {"api_key": KEY, "secret": SECRET, "passphrase": PASSPHRASE}
ADD: Final = "/admin/positions/account/add/"
PAGES: Final = (
    "/",
    "/system/",
    "/notices/",
    "/health",
    "/metrics",
    "/positions/",
    "/debug/position_component_debug.html",
    "/admin/",
    "/admin/positions/account/",
    "/admin/positions/account/1/change/",
    "/admin/positions/account/1/history/",
    "/admin/positions/streamevent/",
    "/admin/feeds/inbox/",
)


@dataclass
class Browser:
    """Somebody who is logged in, and keeps every page."""

    port: int
    pages: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.post("/login/", username="trader", password=PASSWORD)

    def get(self, path: str) -> str:
        return self._open(path, None)

    def post(self, path: str, form_of: str = "", **typed: str) -> str:
        """By the form of that page, or of another one."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(form_of or path))
        assert token, path
        return self._open(path, urllib.parse.urlencode({**typed, "csrfmiddlewaretoken": token[1]}).encode())

    def _open(self, path: str, body: bytes | None) -> str:
        try:
            with self._opener.open(f"http://127.0.0.1:{self.port}{path}", body, timeout=20) as answer:
                content: bytes = answer.read()
        except urllib.error.HTTPError as error:
            content = error.read()
        self.pages[f"page {len(self.pages)} of {path}"] = content
        return content.decode()


@pytest.fixture
def beside() -> Iterator[Beside]:
    with exchange_beside() as beside:
        yield beside


@pytest.fixture
def stack(tmp_path: Path, beside: Beside) -> Iterator[Stack]:
    """Web and beat at level DEBUG, with Django's own error pages, beside two Redis servers that keep everything."""
    for stack in running_stack(tmp_path):
        stack.environment |= {"LOG_LEVEL": "DEBUG", "DEBUG": "1", "REPLAY_EXCHANGE_URL": beside.exchange.url}
        stack.start_redis()
        _start_failover(stack)
        stack.migrate()
        stack.start_beat()
        stack.start_web()
        yield stack


def _start_failover(stack: Stack) -> None:
    port, folder = str(free_port()), stack.folder / "failover"
    folder.mkdir()
    stack.environment |= {"FAILOVER_REDIS_HOST": "127.0.0.1", "FAILOVER_REDIS_PORT": port}
    options = ("--port", port, "--dir", str(folder), "--save", "", "--appendonly", "yes")
    stack.start("failover", str(find_binary()), "--bind", "127.0.0.1", *options)


def test_no_secret_is_left_anywhere(stack: Stack, beside: Beside) -> None:
    """S11: not in the logs, the database and its WAL, both Redis servers, Celery's messages, pages or environments."""
    browser = Browser(stack.web_port)
    _enter_credentials(browser, beside.exchange.bitget)
    _follow_through_trouble(stack, beside)
    for path in PAGES:
        browser.get(path)
    _break_a_page(stack, browser)
    found = _look_everywhere(stack, browser)
    assert found == []


def _enter_credentials(browser: Browser, desk: BitgetDesk) -> None:
    """Wrong ones first: the venue refuses them, and the form comes back."""
    form = {"label": "Canary", "environment": "live", "is_enabled": "on", "profile": "active", "owner": "1"}
    desk.open_account(KEY, SECRET, PASSPHRASE, uid="4711").open("BTCUSDT", "long", "0.5", "60000")
    refused = [
        browser.post(ADD, **form, **TYPED | {"secret": SECRET[::-1]}),
        browser.post(ADD, **form, **TYPED | {"passphrase": PASSPHRASE[::-1]}),
        browser.post(ADD, **form, **TYPED | {"api_key": KEY[::-1]}),
        browser.post(ADD, **form, **TYPED | {"secret": ""}),
        browser.post(ADD, **form, **TYPED | {"secret": f"{SECRET}\u2713"}),
    ]
    assert all("errornote" in page for page in refused)
    assert "BitGet takes this key" in browser.post(ADD, **form, **TYPED)


def _follow_through_trouble(stack: Stack, beside: Beside) -> None:
    """A broken frame, too many requests, cut lines, a refused passphrase, and a key that is deleted in the end."""
    desk = beside.exchange.bitget
    account = desk.accounts[0]
    with _logging_in(desk, "0"):
        stack.start("worker", sys.executable, "-m", "celery", "-A", "omega_site", "worker", "-l", "debug")
    wait_until(lambda: _was(stack, "connected"), 20, "the account is connected")
    beside.run(lambda: account.say({"holdSide": "sideways", "total": "no number"}))
    desk.faults.answers[""] = Answer("429", 429, retry_after=1, times=2)
    with _logging_in(desk, "0"):
        beside.run(account.cut)
    desk.faults.login_code = "30012"
    with _logging_in(desk, "30012"):
        beside.run(account.cut)
    beside.run(account.revoke)
    wait_until(lambda: _was(stack, "error"), 20, "the account is refused")


@contextmanager
def _logging_in(desk: BitgetDesk, code: str) -> Iterator[None]:
    """What is done meanwhile leads to a login with that end."""
    seen = len(desk.logins)
    yield
    wait_until(lambda: any(login.code == code for login in [*desk.logins][seen:]), 30, f"a login with {code}")


def _was(stack: Stack, state: str) -> bool:
    return bool(stack.rows("SELECT 1 FROM positions_streamevent WHERE state = ?", state))


def _break_a_page(stack: Stack, browser: Browser) -> None:
    """The table is gone while credentials are saved: Django's own error page tells all that it may."""
    stack.execute("ALTER TABLE positions_account RENAME TO gone")
    shown = browser.post("/admin/positions/account/1/change/", form_of="/admin/password_change/", **TYPED)
    stack.execute("ALTER TABLE gone RENAME TO positions_account")
    assert "OperationalError" in shown
    assert "********" in shown


def _look_everywhere(stack: Stack, browser: Browser) -> list[str]:
    scanner = Scanner({"key": KEY, "secret": SECRET, "passphrase": PASSPHRASE}, common="CANARY-")
    backwards = Scanner({name: value[::-1] for name, value in TYPED.items()})
    for port in (stack.redis_port, int(stack.environment["FAILOVER_REDIS_PORT"])):
        with redis.Redis(port=port) as client:
            client.config_set("rdbcompression", "no")
            client.save()
    environments = {
        f"environment of {name}": Path(f"/proc/{process.pid}/environ").read_bytes()
        for name, process in stack.processes.items()
    }
    assert b"LOG_LEVEL=DEBUG" in environments["environment of web"]
    return [
        found
        for each in (scanner, backwards)
        for found in (
            *each.find_in_files(stack.folder),
            *(hit for where, content in (browser.pages | environments).items() for hit in each.find(where, content)),
        )
    ]
