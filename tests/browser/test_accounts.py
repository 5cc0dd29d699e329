"""Accounts in the admin, in a real browser: a key goes in, its verdict is shown, and the key is not."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from cryptography.fernet import Fernet
from playwright.async_api import Page, expect

from tests.browser.conftest import Site, running_site
from tests.chromium import take_screenshots
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.positions.conftest import CREDENTIALS

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture(loop_scope="session")
async def site_with_bitget(tmp_path: Path) -> AsyncIterator[Site]:
    async with Exchange(market=RandomMarket(rate=0)) as exchange:
        exchange.bitget.open_account(CREDENTIALS.key, CREDENTIALS.secret, CREDENTIALS.passphrase, uid="4711")
        with running_site(tmp_path, exchange_url=exchange.url) as site:
            yield site


async def test_a_key_is_added_judged_and_tested(site_with_bitget: Site, page: Page, console: list[str]) -> None:
    """D-04: refused with a wrong secret, taken with the right one; what was typed is nowhere on any page."""
    await site_with_bitget.log_in(page)
    await page.goto(f"{site_with_bitget.url}/admin/positions/account/add/")
    await page.get_by_label("Label").fill("Main")
    await _type(page, "a-secret-that-is-wrong")
    await expect(page.locator("#main")).to_contain_text("signature refused")
    await take_screenshots(page, "admin-account-refused")
    for label in ("API key", "Secret", "Passphrase"):
        await expect(page.get_by_label(label)).to_have_value("")

    await _type(page, CREDENTIALS.secret)
    await expect(page.locator("#main")).to_contain_text("BitGet takes this key. It may read.")
    await expect(page.locator("#main")).to_contain_text("works from every IP address")
    await expect(page.get_by_text(f"••••{CREDENTIALS.key[-4:]}")).to_be_visible()
    await take_screenshots(page, "admin-account")
    content = await page.content()
    assert not any(each in content for each in (CREDENTIALS.key, CREDENTIALS.secret, CREDENTIALS.passphrase))

    await page.goto(f"{site_with_bitget.url}/admin/positions/account/")
    await expect(page.locator("#result_list tbody")).to_contain_text("taken")
    await take_screenshots(page, "admin-accounts")
    assert console == []


async def test_encryption_key_is_changed_and_the_account_works_on(
    site_with_bitget: Site, page: Page, console: list[str]
) -> None:
    """D-04 S12: a key goes in and is judged; under a new encryption key alone it is tested again; nothing leaks."""
    site, kept = site_with_bitget, site_with_bitget.data_dir / "encryption_keys"
    await site.log_in(page)
    await page.goto(f"{site.url}/admin/positions/account/add/")
    await page.get_by_label("Label").fill("Main")
    await _type(page, CREDENTIALS.secret)
    await expect(page.locator("#main")).to_contain_text("BitGet takes this key. It may read.")

    new, old = Fernet.generate_key().decode(), kept.read_text().strip()
    kept.write_text(f"{new}\n{old}")
    site.manage("rotate_keys")
    kept.write_text(new)
    site.stop()
    site.start()
    await page.reload()
    await page.get_by_role("button", name="Test connection").click()
    await expect(page.locator("#main")).to_contain_text("BitGet takes this key. It may read.")
    await take_screenshots(page, "admin-account-rotated")

    stored = b"".join(path.read_bytes() for path in site.data_dir.glob("omega.sqlite3*"))
    shown = (await page.content()).encode()
    for secret in (CREDENTIALS.key, CREDENTIALS.secret, CREDENTIALS.passphrase, new, old):
        assert secret.encode() not in stored + shown
    assert console == []


async def _type(page: Page, secret: str) -> None:
    await page.get_by_label("API key").fill(CREDENTIALS.key)
    await page.get_by_label("Secret").fill(secret)
    await page.get_by_label("Passphrase").fill(CREDENTIALS.passphrase)
    await page.get_by_role("button", name="Save and continue editing").click()
