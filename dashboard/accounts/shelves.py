"""Accounts with all that is shown of them, read once for a page."""

from typing import Final, NamedTuple

from asgiref.sync import async_to_sync

from dashboard.accounts.board import Shown
from dashboard.accounts.reader import AccountReader
from dashboard.system.system import System
from feeds.clock import SystemClock
from feeds.storage.live import LiveStore
from feeds.storage.servers import addresses
from positions.queries.visible import AccountView

# So long a page waits for Redis in all.
PATIENCE_S: Final = 0.7


class Shelf(NamedTuple):
    view: AccountView
    shown: Shown


def read_shelves(views: list[AccountView], seen: System) -> list[Shelf]:
    """The accounts as they are known at this moment. Blocking.

    Only servers that answer are asked: nobody waits for one that hangs, nor tries a password that one refuses.
    """
    urls = [url for name, url in addresses().items() if seen.is_up(name)]
    return async_to_sync(_read)(views, *urls) if views else []


async def _read(views: list[AccountView], url: str = "", other_url: str = "") -> list[Shelf]:
    """From one or two Redis servers, else from the database."""
    ids = frozenset(view.id for view in views)
    store = LiveStore(url, other_url) if url else None
    reader = AccountReader(store, SystemClock(), lambda: ids, patience_s=PATIENCE_S)
    try:
        await reader.changes()
        return [Shelf(view, reader.boards[view.id].shown) for view in views if view.id in reader.boards]
    finally:
        await reader.close()
