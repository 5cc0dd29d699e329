"""The accounts' pages, complete as they leave the server; the sockets only keep them so."""

from typing import Final, NamedTuple

from asgiref.sync import async_to_sync
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dashboard.accounts.board import Shown
from dashboard.accounts.reader import AccountReader
from dashboard.system.banner import lines
from dashboard.system.watch import WATCH
from dashboard.views import mode
from feeds.clock import SystemClock
from feeds.storage.live import LiveStore
from feeds.storage.servers import addresses
from positions.queries.visible import AccountView, visible_accounts

# So long a page waits for Redis in all.
PATIENCE_S: Final = 0.7


class Shelf(NamedTuple):
    """An account with all that is shown of it."""

    view: AccountView
    shown: Shown


@require_safe
@login_required
@cache_control(private=True, no_store=True)
def positions(request: HttpRequest) -> HttpResponse:
    """What the user's accounts hold."""
    return _page(request, "dashboard/accounts/positions.html")


@require_safe
@login_required
@cache_control(private=True, no_store=True)
def debug(request: HttpRequest) -> HttpResponse:
    """B-26: what the lines of the accounts said lately, for staff."""
    if not request.user.is_staff:
        # Not raised: a right that is gone is no traceback in the log.
        return render(request, "403.html", status=403)
    return _page(request, "dashboard/accounts/debug.html")


def _page(request: HttpRequest, template: str) -> HttpResponse:
    seen = WATCH.system()
    # Only servers that answer are asked: nobody waits for one that hangs, nor tries a password that one refuses.
    urls = [url for name, url in addresses().items() if seen.is_up(name)]
    shelves = async_to_sync(_read)(visible_accounts(request.user), *urls)
    context = {"shelves": shelves, "mode": mode(), "health": lines(seen), "now": SystemClock().now()}
    return render(request, template, context)


async def _read(views: list[AccountView], url: str = "", other_url: str = "") -> list[Shelf]:
    """The accounts as they are known at this moment: from one or two Redis servers, else from the database."""
    ids = frozenset(view.id for view in views)
    store = LiveStore(url, other_url) if url else None
    reader = AccountReader(store, SystemClock(), lambda: ids, patience_s=PATIENCE_S)
    try:
        await reader.changes()
        return [Shelf(view, reader.boards[view.id].shown) for view in views if view.id in reader.boards]
    finally:
        await reader.close()
