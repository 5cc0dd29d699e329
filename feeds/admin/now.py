"""How feeds and venues are right now, as the workers tell Redis: read once for all rows of a page.

Each page is needed also while Redis is away: it is waited for once, for half a second at most.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cached_property

from asgiref.sync import async_to_sync
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from feeds import queries
from feeds.storage import keys, latest
from feeds.storage.live import LiveStore
from feeds.storage.redis import RedisDown


class Now:
    """Asks when the first question comes."""

    @cached_property
    def feeds(self) -> dict[str, latest.FeedState]:
        """By name; one that no worker tells of is left out."""
        found = read_now(keys.feed(name) for name in queries.enabled_feeds())
        return {state.feed: state for state in map(latest.decode_feed, found)}

    @cached_property
    def reasons(self) -> dict[str, str]:
        """Why each venue was left last, out of the history."""
        return queries.last_reasons()

    def states(self, venue: str) -> dict[str, latest.VenueState]:
        """How each feed that knows the venue sees it, by the feed's name."""
        return {name: state for name, feed in self.feeds.items() for state in feed.venues if state.venue == venue}

    def of_venue(self, venue: str) -> list[tuple[str, latest.VenueState, str | None]]:
        """For its page: feed, state, age of its last data."""
        return [(feed, state, age(state.seen_at)) for feed, state in self.states(venue).items()]

    def of_feed(self, name: str) -> tuple[str, list[tuple[latest.VenueState, str | None]]] | None:
        """For its page: who leads, and each venue with the age of its last data."""
        feed = self.feeds.get(name)
        return (feed.active, [(state, age(state.seen_at)) for state in feed.venues]) if feed else None


def age(at: datetime | None) -> str | None:
    """In words; None where it is not known."""
    if at is None:
        return None
    seconds = max(0.0, (datetime.now(UTC) - at).total_seconds())
    if seconds < 60:
        return _("%(seconds)s s ago") % {"seconds": f"{seconds:.1f}"}
    return _("%(time)s ago") % {"time": timesince(at)}


@async_to_sync
async def _read(names: list[str]) -> list[bytes | None]:
    store = LiveStore()
    try:
        return await store.read(names)
    except RedisDown:
        return []
    finally:
        await store.close()


def read_now(names: Iterable[str]) -> list[bytes]:
    """The newest states behind these keys, those that are there."""
    return [state for state in _read(list(names)) if state]
