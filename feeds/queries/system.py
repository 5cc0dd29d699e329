"""What the database says of the running system, for people: who holds what, how far the logs are drained."""

from datetime import datetime
from typing import NamedTuple

from feeds.models import DeadLetter, Feed, Inbox, Lease
from feeds.storage import lease


class InboxRow(NamedTuple):
    """The log of one Redis server, and up to where it is in the database."""

    server: str
    epoch: str
    drained_id: str
    drained_at: datetime | None


class DatabaseLook(NamedTuple):
    """`feeds` are the names of those that are switched on, `holders` who runs what, of all that somebody runs now.

    `dead_letters` counts what no retry has stored.
    """

    feeds: tuple[str, ...]
    holders: dict[str, str]
    inboxes: dict[str, InboxRow]
    dead_letters: int


def database_look() -> DatabaseLook:
    """A few small queries."""
    holders = dict(Lease.objects.values_list("resource", "holder"))
    for resource in lease.unheld(list(holders)):
        del holders[resource]
    inboxes = (InboxRow(*row) for row in Inbox.objects.values_list("server", "epoch", "drained_id", "drained_at"))
    return DatabaseLook(
        feeds=tuple(Feed.objects.filter(is_enabled=True).order_by("name").values_list("name", flat=True)),
        holders=holders,
        inboxes={row.server: row for row in inboxes},
        dead_letters=DeadLetter.objects.filter(stored_at=None).count(),
    )
