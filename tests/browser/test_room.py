"""Room on the screen: the bar is one line on a desk in both languages."""

from typing import Final

import pytest
from playwright.async_api import Page

from tests.browser.conftest import Site
from tests.browser.market import Market

pytestmark = pytest.mark.browser

LINE_PX: Final = 60
CHOOSE: Final = (
    "from django.contrib.auth.models import User; from dashboard.models import Preference;"
    "Preference.objects.update_or_create(user=User.objects.get(username='ada'), defaults={{'language': '{language}'}})"
)


@pytest.fixture(scope="module", autouse=True)
def _rows(site: Site) -> None:
    site.manage("shell", "-c", "from tests.browser import rows")


@pytest.mark.parametrize("language", ["en", "de"])
async def test_the_bar_is_one_line_on_a_desk(site: Site, page: Page, market: Market, language: str) -> None:
    """B-20: nothing jumps from one page to the next."""
    site.manage("shell", "-c", CHOOSE.format(language=language))
    await site.log_in(page)
    for address in ("/", "/dashboards/1/", "/history/"):
        await page.goto(site.url + address)
        for width in (1440, 1280):
            await page.set_viewport_size({"width": width, "height": 900})
            assert await page.evaluate("document.querySelector('.top').offsetHeight") < LINE_PX, (address, width)
