"""What the database says of the running system, for people: who holds what, how far the logs are drained."""

from datetime import datetime
from typing import NamedTuple

from feeds.models import Alert, DeadLetter, Feed, Inbox, Lease, Trade
from feeds.storage import lease


class InboxRow(NamedTuple):
    """The log of one Redis server, and up to where it is in the database."""

    server: str
    epoch: str
    drained_id: str
    drained_at: datetime | None


class AlertRow(NamedTuple):
    kind: str
    text: str
    raised_at: datetime


class DatabaseLook(NamedTuple):
    """`feeds` are the names of those that are switched on, `holders` who runs what, of all that somebody runs now.

    `dead_letters` counts what no retry has stored. `alerts` are those that are about no feed and not over. `oldest_at`
    is the time of the trade that was stored first, of those that are kept. `followed` are feeds with each instrument
    of theirs, in the order in which they are shown.
    """

    feeds: tuple[str, ...]
    holders: dict[str, str]
    inboxes: dict[str, InboxRow]
    dead_letters: int
    alerts: tuple[AlertRow, ...]
    oldest_at: datetime | None
    followed: tuple[tuple[str, str], ...] = ()


def database_look() -> DatabaseLook:
    """A few small queries."""
    holders = dict(Lease.objects.values_list("resource", "holder"))
    for resource in lease.unheld(list(holders)):
        del holders[resource]
    inboxes = (InboxRow(*row) for row in Inbox.objects.values_list("server", "epoch", "drained_id", "drained_at"))
    alerts = Alert.objects.filter(feed=None, cleared_at=None).values_list("kind", "text", "raised_at")
    return DatabaseLook(
        feeds=tuple(Feed.objects.filter(is_enabled=True).order_by("name").values_list("name", flat=True)),
        holders=holders,
        inboxes={row.server: row for row in inboxes},
        dead_letters=DeadLetter.objects.filter(stored_at=None).count(),
        alerts=tuple(AlertRow(*row) for row in alerts),
        followed=tuple(
            Feed.objects.filter(is_enabled=True, instruments__isnull=False).values_list("name", "instruments__code")
        ),
        oldest_at=Trade.objects.order_by("pk").values_list("traded_at", flat=True).first(),
    )
