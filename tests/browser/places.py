"""Every page of the site with something on it: the walks of the browser tests begin here."""

from datetime import UTC, datetime
from typing import Final

from feeds.storage.live import LiveStore
from tests.browser.conftest import Site
from tests.dashboard.accounts.samples import (
    LONG,
    ORDERS,
    SHORT,
    account_state,
    debug_state,
    orders_state,
    positions_state,
    write,
)

# The numbers are those of tests/browser/rows.py.
LIVE: Final = (
    "/",
    "/instruments/BTC-USDT/",
    "/positions/",
    "/system/",
    "/debug/position_component_debug.html",
    "/dashboards/1/",
)
STILL: Final = (
    "/dashboards/",
    "/dashboards/1/edit/",
    "/dashboards/1/preview/",
    "/dashboards/1/delete/",
    "/settings/",
    "/settings/password/",
    "/settings/sessions/",
    "/settings/second-factor/",
    "/settings/second-factor/on/",
    "/tokens/",
    "/history/?kind=trades&instrument=BTC-USDT&from_at=2026-11-20T00:00&to_at=2026-11-21T00:00",
    "/notices/",
)
NOWHERE: Final = "/there-is-no-such-page/"
STRANGERS: Final = ("/login/", "/login/forgotten/", "/login/forgotten/sent/")
ADMIN: Final = ("/admin/", "/admin/feeds/venue/", "/admin/feeds/feed/main/change/")


async def hold(site: Site) -> None:
    """Two positions with long numbers, as a worker tells them now."""
    store, now = LiveStore(site.redis.url), datetime.now(UTC)
    await write(store, positions_state(1, LONG, SHORT, now=now), orders_state(1, *ORDERS))
    await write(store, account_state(1, now=now), debug_state(1, now=now))
    await store.close()
