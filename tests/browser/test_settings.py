"""Issue 8, item 4: login, sessions and settings in a real browser."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.market import Market

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture(loop_scope="session")
async def elsewhere(page: Page) -> AsyncIterator[Page]:
    """A page with cookies of its own."""
    browser = page.context.browser
    assert browser
    context = await browser.new_context()
    yield await context.new_page()
    await context.close()


async def type_password(site: Site, page: Page, name: str, password: str) -> None:
    await page.goto(f"{site.url}/login/")
    await page.get_by_label("User name").fill(name)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Log in").click()


async def test_a_lockout_is_told_and_outlives_the_web_process(site: Site, page: Page) -> None:
    """V-18: five bad passwords; the count is not the process's."""
    site.manage("shell", "-c", "from django.contrib.auth.models import User; User.objects.create_user('bob')")
    for _ in range(5):
        await type_password(site, page, "bob", "wrong")
        await expect(page.get_by_role("alert")).to_contain_text("User name and password do not match.")
    site.stop()
    site.start()
    await type_password(site, page, "bob", "wrong")
    await expect(page.get_by_role("alert")).to_contain_text("Try again in 5 minutes.")


async def test_settings_change_the_page(site: Site, page: Page, console: list[str], market: Market) -> None:
    """Theme, numbers and zone: on what the server writes, and on what is pushed."""
    await site.log_in(page)
    await page.goto(f"{site.url}/settings/")
    await page.get_by_label("Colours").select_option("light")
    await page.get_by_label("Numbers").select_option("continental")
    await page.get_by_label("Time zone").select_option("Asia/Tokyo")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status")).to_have_text("Your settings are saved.")
    assert await page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    await expect(page.get_by_text("Times are Asia/Tokyo (UTC+9).")).to_be_visible()
    await page.goto(site.url)
    await market.trade_at("64123.45")
    await expect(page.locator(".panel.price .number")).to_have_text("64.123,45")
    await page.reload()
    await expect(page.locator(".panel.price .number")).to_have_text("64.123,45")
    assert not [line for line in console if "Content Security Policy" in line]


async def test_logging_out_everywhere_closes_the_other_tab(site: Site, page: Page, elsewhere: Page) -> None:
    """S3: the page of the other browser goes to the login by itself."""
    await site.log_in(elsewhere)
    await site.log_in(page)
    await page.goto(f"{site.url}/settings/sessions/")
    await page.get_by_role("button", name="Log out everywhere").click()
    await page.wait_for_url(f"{site.url}/login/")
    await elsewhere.wait_for_url(re.compile("/login/"))


async def test_a_password_is_changed_in_the_page(site: Site, page: Page, console: list[str]) -> None:
    """The old one is asked for; what is wrong is said beside its field."""
    await site.log_in(page)
    for old, told in (
        ("wrong", "Please type your current password."),
        (site.password, "Password successfully changed."),
    ):
        await page.goto(f"{site.url}/settings/password/")
        await page.get_by_label("Current Password").fill(old)
        await page.get_by_label("New Password", exact=True).fill(site.password)
        await page.get_by_label("New Password (again)").fill(site.password)
        await page.get_by_role("button", name="Change Password").click()
        await expect(page.get_by_text(told)).to_be_visible()
    assert not [line for line in console if "Content Security Policy" in line]
