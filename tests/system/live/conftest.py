"""One whole site for all tests of this folder, with an account at BitGet, and a page that is logged in."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Page

from tests.system.live.watch import WATCH
from tests.system.stack import PASSWORD, Stack, running_stack

ACCOUNT = "1001"
_KEY = {"key": "live-key", "secret": "live-secret", "passphrase": "live-passphrase"}
_FOLLOW = f"""
from positions.first_account import hold_to
from positions.keys.credentials import Credentials
from positions.words import Environment
hold_to(Credentials(*{list(_KEY.values())!r}), Environment.DEMO)
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Everything that runs behind a page. Trades are few, so that page and REST may be caught saying the same."""
    for stack in running_stack(tmp_path_factory.mktemp("live")):
        stack.start_redis()
        stack.start_failover()
        stack.start_exchange("--rate", "2")
        hold_position(stack)
        stack.migrate()
        stack.manage("shell", "-c", _FOLLOW)
        # A venue that is well again leads again while somebody waits for it.
        stack.execute("UPDATE feeds_feed SET failback_after = 4")
        stack.start_web()
        stack.start_worker()
        stack.start_beat()
        yield stack


def hold_position(stack: Stack) -> None:
    """A long position with a stop-loss, an order that rests, and a balance."""
    stack.open_at_bitget(**_KEY, environment="demo", uid=ACCOUNT)
    stack.at_bitget(ACCOUNT, do="open", symbol="BTCUSDT", side="long", size="0.5", price="76000")
    stack.at_bitget(ACCOUNT, do="protect", symbol="BTCUSDT", side="long", stop_loss="74000")
    stack.at_bitget(ACCOUNT, do="order", symbol="BTCUSDT", side="long", size="0.25", price="70000")
    stack.at_bitget(ACCOUNT, do="balance", coin="USDT", equity="12345.67", available="8545.67")
    stack.at_bitget(ACCOUNT, do="mark", symbol="BTCUSDT", price="76100")


@pytest_asyncio.fixture(loop_scope="session")
async def desk(stack: Stack, page: Page) -> AsyncIterator[Page]:
    """The overview, logged in, watched from the first moment on; never loaded again by itself."""
    page.set_default_timeout(30_000)
    await page.add_init_script(WATCH)
    await page.goto(f"http://127.0.0.1:{stack.web_port}/")
    await page.get_by_label("User name").fill("trader")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    yield page
