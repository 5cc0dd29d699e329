"""Pages hear of dashboards and rights."""

import pytest

from dashboard.sockets.control import VOICE
from dashboard.sockets.door import Door
from dashboard.sockets.station import Station
from tests.dashboard.conftest import Visitor
from tests.dashboard.sockets.talking import browser, make_token, program

pytestmark = pytest.mark.django_db(transaction=True)


async def test_open_pages_are_told_that_a_dashboard_changed(site: Door, visitor: Visitor, station: Station) -> None:
    """D-08: every page at once, unasked; programs have no dashboard, and pages that went are forgotten."""
    token = await make_token(visitor.user)
    async with program(token, site) as robot, browser(visitor, site) as one, browser(visitor, site) as other:
        for talk in (robot, one, other):
            await talk.next("hello")
        VOICE.change(3, 12)
        for page in (one, other):
            assert await page.next("changed") == {"type": "changed", "dashboard": 3, "revision": 12}
        await robot.say("ping", id=1)
        assert await robot.next_of("changed", "pong") == {"type": "pong", "id": 1}
    assert not station.pages.are_there


async def test_who_may_see_less_is_told_to_ask(site: Door, visitor: Visitor, station: Station) -> None:
    """D-08: the pages of that user, or of everybody, and nobody else's."""
    async with browser(visitor, site) as page:
        await page.next("hello")
        VOICE.look(visitor.user.pk + 1)
        VOICE.change(3, 12)
        assert (await page.next_of("rights", "changed"))["type"] == "changed"
        for whose in (visitor.user.pk, None):
            VOICE.look(whose)
            assert await page.next_of("rights", "changed") == {"type": "rights"}
