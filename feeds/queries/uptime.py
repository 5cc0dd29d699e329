"""Whose uptime is told with a feed: what is promised, and the venues, of which nothing is."""

from feeds.queries.page import FeedView
from feeds.storage.snapshots import venue_subject


def promised_subjects(feed: FeedView) -> list[str]:
    """The feed and what it stands on: what nobody watched of them counts as down."""
    return [f"feed:{feed.name}", "redis", "database"]


def venue_subjects(feed: FeedView) -> dict[str, str]:
    """By the venue's code: each counts while it is listened to."""
    return {venue.code: venue_subject(feed.name, venue.code) for venue in feed.venues}
