"""Two readers of the same site, each in their own language: what the server writes, and what is pushed after it."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from babel.messages import Message
from playwright.async_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.market import Market
from tests.chromium import take_screenshots
from tests.texts.catalogue import DOMAINS, kept

pytestmark = pytest.mark.browser
PAGES = ("/", "/system/", "/positions/", "/settings/", "/tokens/", "/dashboards/")
READ = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = [];
  while (walker.nextNode()) {
    const { parentElement, data } = walker.currentNode;
    if (!parentElement.closest("script, style, template, code")) seen.push(data.replace(/\\s+/g, " ").trim());
  }
  return seen.filter(Boolean);
}"""
VALUE = re.compile(r"%\\\(\w+\\\)[sd]")


def _forms(text: str | list[str] | tuple[str, ...]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def english() -> re.Pattern[str]:
    """Every English text of two words or more whose German is another one, with anything for its values."""
    messages: list[Message] = [message for domain in DOMAINS for message in kept(domain) if message.id]
    texts = [text for each in messages if each.id != each.string for text in _forms(each.id)]
    return re.compile(
        "|".join(VALUE.sub(".+", re.escape(text)) for text in texts if len(re.findall(r"[a-z]{2,}", text)) > 3)
    )


@pytest.fixture(autouse=True, scope="module")
def _readers(site: Site) -> None:
    """Ada reads German, Eve what her browser asks for."""
    site.manage(
        "shell",
        "-c",
        "from django.contrib.auth.models import User; from dashboard.models import Preference;"
        "Preference.objects.create(user=User.objects.get(username='ada'), language='de', numbers='continental');"
        f"User.objects.create_user('eve', password='{site.password}')",
    )


@pytest_asyncio.fixture(loop_scope="session")
async def english_page(page: Page) -> AsyncIterator[Page]:
    """Of another browser."""
    browser = page.context.browser
    assert browser
    context = await browser.new_context(locale="en-GB")
    yield await context.new_page()
    await context.close()


async def test_two_readers_are_told_the_same_in_two_languages(
    site: Site, page: Page, english_page: Page, market: Market
) -> None:
    """Issue 8, point 8: also what comes over the socket, at the same time, from one server."""
    await site.log_in(page)
    await site.log_in(english_page, "eve")
    await expect(page.locator("html")).to_have_attribute("lang", "de")
    await expect(english_page.locator("html")).to_have_attribute("lang", "en")
    await market.trade_at("64123.45")
    for reader, number in ((page, "64.123,45"), (english_page, "64,123.45")):
        await expect(reader.locator(".panel.price .number")).to_have_text(number)
    # Both sentences are made by the server after the page was.
    await market.trade_at("64200.10", venue="okx")
    for reader, told in ((page, "seit "), (english_page, "since ")):
        await expect(reader.locator(".panel.price [data-field=venue]")).to_have_text("OKX")
        await expect(reader.locator(".panel.price [data-field=source]")).to_contain_text(told)


async def test_no_english_is_left_on_a_german_page(site: Site, page: Page, market: Market) -> None:
    """What scripts write too: no text of the catalogues is shown as it stands in the code."""
    await site.log_in(page)
    left = english()
    for path in PAGES:
        await page.goto(f"{site.url}{path}")
        await expect(page.locator("html")).to_have_attribute("lang", "de")
        await market.trade_at("64123.45")
        await take_screenshots(page, f"german{path.replace('/', '-')}")
        assert [text for text in await page.evaluate(READ) if left.fullmatch(text)] == []
