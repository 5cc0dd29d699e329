"""What the panels of operation show at first, beside their feed: read for the page, by kind of panel. Blocking."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from asgiref.sync import async_to_sync

from dashboard.feed.board import Board
from dashboard.feed.lanes import lanes
from dashboard.feed.past import read_coverage, read_leads
from dashboard.feed.uptime import last_read
from dashboard.system.messages import Log
from dashboard.system.redis_pair import redis_message
from dashboard.system.source import read_log
from dashboard.system.system import System
from feeds.queries import FeedView
from feeds.storage.live import LiveStore
from feeds.storage.servers import addresses

Context = dict[str, Any]
# A page that waited for a server that hangs already waits no longer for its log.
_PATIENCE_S: Final = 0.2


def of_system(code: str, seen: System) -> Context:
    """For a panel that is about no feed."""
    return _OF_SYSTEM[code](seen) if code in _OF_SYSTEM else {}


def of_feed(code: str, board: Board, now: datetime) -> Context:
    """For a panel that is about one. The uptime of a month takes long: it is what was read for the sockets lately."""
    return _OF_FEED[code](board, board.feed, now) if code in _OF_FEED else {}


def _redis(seen: System) -> Context:
    return {"redis": redis_message(seen, None), "seen": seen}


def _log(seen: System) -> Context:
    """Only of servers that answer: nobody waits for one that hangs."""
    urls = [url for name, url in addresses().items() if seen.is_up(name)]
    return {"log": async_to_sync(_read_log)(urls) if urls else None}


async def _read_log(urls: list[str]) -> Log | None:
    url, other_url = [*urls, ""][:2]
    store = LiveStore(url, other_url)
    try:
        async with asyncio.timeout(_PATIENCE_S):
            return await read_log(store)
    except TimeoutError:
        return None
    finally:
        await store.close()


def _connection(board: Board, feed: FeedView, now: datetime) -> Context:
    lead = board.following.lead
    leading = next((venue for venue in board.venues.venues if venue.code == lead.venue), None)
    past = read_leads(feed, lead, now)
    names = {venue.code: venue.name for venue in feed.venues}
    return {"lead": lead, "leading": leading, "past": past, "lanes": lanes(past, names)}


def _coverage(board: Board, feed: FeedView, now: datetime) -> Context:
    return {"coverage": read_coverage(feed, now)}


def _uptime(board: Board, feed: FeedView, now: datetime) -> Context:
    return {"uptime": last_read(feed, now)}


_OF_SYSTEM: Final[Mapping[str, Callable[[System], Context]]] = {"redis": _redis, "log": _log}
_OF_FEED: Final[Mapping[str, Callable[[Board, FeedView, datetime], Context]]] = {
    "connection": _connection,
    "coverage": _coverage,
    "uptime": _uptime,
}
