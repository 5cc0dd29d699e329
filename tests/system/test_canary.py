"""S11: an account whose credentials are canaries, through everything that can go wrong, and then a look everywhere.

The errors are forced in here: what other tests leave behind is gone with their folders.
"""

import re
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from secrets import token_hex
from typing import Final

import pytest
import redis
from cryptography.fernet import Fernet

from omega_site.environment import API_CREDENTIALS
from omega_site.probes import free_port, is_free
from tests.exchange.bitget.desk import BitgetDesk
from tests.exchange.bitget.faults import Answer
from tests.positions.beside import Beside, exchange_beside
from tests.system.breaking import ERROR
from tests.system.canary import Scanner
from tests.system.stack import PASSWORD, Stack, running_stack
from tests.waiting import wait_in_thread_until as wait_until

pytestmark = pytest.mark.system

UNKNOWN_CODE: Final = "99999"
# With what has to be escaped in HTML, JSON and addresses.
KEY, SECRET, PASSPHRASE = (f'CANARY-{name}-{token_hex(10)}"/+&' for name in ("key", "secret", "pass"))
TYPED: Final = {"api_key": KEY, "secret": SECRET, "passphrase": PASSPHRASE}
FORM: Final = {"label": "Canary", "environment": "live", "is_enabled": "on", "profile": "active", "owner": "1"}
ADD: Final = "/admin/positions/account/add/"
LIVE_PAGES: Final = ("/positions/", "/debug/position_component_debug.html")
PAGES: Final = (
    *LIVE_PAGES,
    "/",
    "/system/",
    "/notices/",
    "/health",
    "/metrics",
    "/admin/",
    "/admin/positions/account/",
    "/admin/positions/account/1/change/",
    "/admin/positions/account/1/history/",
    *(f"/admin/positions/{each}/" for each in ("position", "positionchange", "order", "fill", "balancesnapshot")),
    *(f"/admin/positions/{each}/" for each in ("drift", "streamevent")),
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

    def get_all(self, paths: Iterable[str]) -> None:
        for path in paths:
            self.get(path)

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
def breaking_port() -> int:
    """Of a second web, whose signed calls break."""
    return free_port()


@pytest.fixture
def stack(tmp_path: Path, beside: Beside, breaking_port: int) -> Iterator[Stack]:
    """At level DEBUG, with Django's own error pages, beside two Redis servers that keep everything.

    Web, worker and beat are started as a process manager does, in an environment to which the canaries are exported.
    """
    for stack in running_stack(tmp_path):
        stack.environment |= {
            "LOG_LEVEL": "DEBUG",
            "LOG_FORMAT": "json",
            "DEBUG": "1",
            "REPLAY_EXCHANGE_URL": beside.exchange.url,
        }
        stack.start_redis()
        stack.start_failover()
        stack.migrate()
        breaking = ("-m", "tests.system.breaking", "-p", str(breaking_port), "omega_site.asgi:application")
        stack.start("breaking", sys.executable, *breaking)
        stack.environment |= dict(zip(API_CREDENTIALS, TYPED.values(), strict=True))
        _start_program(stack, "beat")
        _start_program(stack, "web")
        wait_until(stack.is_web_up, 60, "the web process answers")
        yield stack


def _start_program(stack: Stack, name: str) -> None:
    stack.start(name, sys.executable, "-m", "omega_site.programs", name)


def test_no_secret_is_left_anywhere(stack: Stack, beside: Beside, breaking_port: int) -> None:
    """S11: not in the logs, the database and its WAL, both Redis servers, Celery's messages, pages or environments."""
    browser, desk = Browser(stack.web_port), beside.exchange.bitget
    desk.faults.is_echoing = True
    _enter_credentials(browser, desk)
    with _logging_in(desk, "0"):
        _start_program(stack, "worker")
    wait_until(lambda: _was(stack, "connected"), 20, "the account is connected")
    browser.get_all(LIVE_PAGES)
    _break_a_call(breaking_port, browser)
    _follow_through_trouble(stack, beside)
    browser.get_all(PAGES)
    _break_a_page(stack, browser)
    _rotate(stack, browser)
    found = _look_everywhere(stack, browser)
    assert found == []
    assert [line for line in _logged(stack) if not line.startswith('{"timestamp":')] == []


def _logged(stack: Stack) -> list[str]:
    return [line for program in ("web", "beat", "worker") for line in stack.log(program).splitlines()]


def _enter_credentials(browser: Browser, desk: BitgetDesk) -> None:
    """Wrong ones first: the venue refuses them, and the form comes back."""
    desk.open_account(KEY, SECRET, PASSPHRASE, uid="4711").open("BTCUSDT", "long", "0.5", "60000")
    refused = [
        browser.post(ADD, **FORM, **TYPED | {"secret": SECRET[::-1]}),
        browser.post(ADD, **FORM, **TYPED | {"passphrase": PASSPHRASE[::-1]}),
        browser.post(ADD, **FORM, **TYPED | {"api_key": KEY[::-1]}),
        browser.post(ADD, **FORM, **TYPED | {"secret": ""}),
        browser.post(ADD, **FORM, **TYPED | {"secret": f"{SECRET}\u2713"}),
    ]
    assert all("errornote" in page for page in refused)
    assert "BitGet takes this key" in browser.post(ADD, **FORM, **TYPED)


def _follow_through_trouble(stack: Stack, beside: Beside) -> None:
    """A broken frame, too many requests, cut lines, refusals, and a key that is deleted in the end."""
    desk = beside.exchange.bitget
    account = desk.accounts[0]
    beside.run(lambda: account.say({"holdSide": "sideways", "total": "no number"}))
    desk.faults.answers[""] = Answer("429", 429, retry_after=1, times=2)
    with _logging_in(desk, "0"):
        beside.run(account.cut)
    for code in (UNKNOWN_CODE, "30012"):
        desk.faults.login_code = code
        with _logging_in(desk, code):
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


def _break_a_call(port: int, browser: Browser) -> None:
    """What is signed breaks on its way: the error page has the frames of whoever sends it."""
    wait_until(lambda: not is_free("127.0.0.1", port), 20, "the second web answers")
    shown = Browser(port, browser.pages).post(ADD, **FORM | {"label": "Second"}, **TYPED)
    assert ERROR in shown


def _break_a_page(stack: Stack, browser: Browser) -> None:
    """The table is gone while credentials are saved: Django's own error page tells all that it may."""
    stack.execute("ALTER TABLE positions_account RENAME TO gone")
    shown = browser.post("/admin/positions/account/1/change/", form_of="/admin/password_change/", **TYPED)
    stack.execute("ALTER TABLE gone RENAME TO positions_account")
    assert "OperationalError" in shown
    assert "********" in shown


def _rotate(stack: Stack, browser: Browser) -> None:
    """To a key that the web does not have yet, which is then asked to open what was sealed with it."""
    old, new = (stack.folder / "encryption_keys").read_text().strip(), Fernet.generate_key().decode()
    stack.environment["OMEGA_ENCRYPTION_KEYS"] = f"{new},{old}"
    browser.pages["rotation"] = stack.manage("rotate_keys").encode()
    page = "/admin/positions/account/1/"
    assert "opens with none of" in browser.post(f"{page}test/", form_of=f"{page}change/")


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
