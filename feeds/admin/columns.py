"""The columns of lists in the admin that change by themselves: how venues and feeds are right now."""

from collections.abc import Callable

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feeds import address, words
from feeds.admin.now import Now, age
from feeds.models import Feed, Venue
from feeds.storage.latest import VenueState
from feeds.venues import REGISTRY


class VenueColumns:
    def __init__(self, now: Now) -> None:
        self._now = now

    @admin.display(description=gettext_lazy("state now"))
    def state(self, venue: Venue) -> str:
        if venue.url and address.objection(venue.url, REGISTRY[venue.code]):
            return _("address refused")
        return self._told(venue, lambda told: words.state(told.state)) or _("not known")

    @admin.display(description=gettext_lazy("last data"))
    def last_data(self, venue: Venue) -> str:
        states = self._now.states(venue.code).values()
        return age(max((state.seen_at for state in states if state.seen_at), default=None)) or _("none lately")

    @admin.display(description=gettext_lazy("last reason"), empty_value="")
    def last_reason(self, venue: Venue) -> str | None:
        return self._now.reasons.get(venue.code)

    @admin.display(description=gettext_lazy("circuit now"), empty_value="")
    def circuit(self, venue: Venue) -> str | None:
        return self._told(venue, lambda told: words.circuit(told.circuit)) or None

    def _told(self, venue: Venue, of: Callable[[VenueState], str]) -> str:
        """One word where there is one feed; else that of each."""
        found = {feed: of(state) for feed, state in self._now.states(venue.code).items()}
        return (
            ", ".join(f"{feed}: {word}" for feed, word in found.items()) if len(found) > 1 else "".join(found.values())
        )


class FeedColumns:
    def __init__(self, now: Now) -> None:
        self._now = now

    @admin.display(description=gettext_lazy("leads now"))
    def leader(self, feed: Feed) -> str:
        if not feed.is_enabled:
            return _("switched off")
        state = self._now.feeds.get(feed.name)
        if state is None:
            return _("no worker tells of it")
        names = {venue.venue: venue.name for venue in state.venues}
        return names.get(state.active, state.active) or _("none delivers")

    @admin.display(description=gettext_lazy("since"), empty_value="")
    def since(self, feed: Feed) -> str | None:
        state = self._now.feeds.get(feed.name)
        return age(state.active_since_at) if state and state.active else None
