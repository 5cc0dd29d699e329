"""Whether a server's log is still the one that the database has drained, and up to where.

The place is committed together with the trades before it, and only over the place that was there: a database that was
restored, a second drain, or a new epoch is noticed with the next batch, and nothing is believed to be stored that is
not. Blocking calls.
"""

import logging
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import uuid4

from feeds.models import Alert, Inbox
from feeds.storage.consumer import LogConsumer, logged_at, place
from feeds.storage.servers import PRIMARY

logger = logging.getLogger(__name__)

START: Final = "0-0"
# One log's drain makes the bars. Another one's does when that was not heard of for so long.
HEARD_WITHIN: Final = timedelta(seconds=10)
RESTORED: Final = "database_restored"


class Position(NamedTuple):
    """Everything up to `drained_id` in the log of this name is in the database."""

    server: str
    epoch: str
    drained_id: str


class Moved(Exception):
    """The database does not say any more what our last commit said. Nothing was committed; begin from what it says."""


def agree(server: str, consumer: LogConsumer, now: datetime) -> Position:
    """Where to go on. The log is delivered again from there, or from its beginning where it is not the one we knew."""
    known = _read(server)
    delivered_id = consumer.delivered_id()
    reason = distrust(known, consumer.read_epoch(), delivered_id)
    if known is None or reason:
        logger.warning("the log of the %s server begins a new epoch: %s", server, reason)
        known = _begin(server, now)
        consumer.begin_epoch(known.epoch)
    elif place(known.drained_id) < place(delivered_id):
        _tell_lack(known, consumer.first_stored_id(), now)
        consumer.set_back(known.drained_id)
    return known


def distrust(known: Position | None, epoch: str, delivered_id: str) -> str:
    """Why nothing that was known of a log holds any more; "" where it does. Pure."""
    if known is None:
        return "the database has not drained it before"
    if not epoch:
        return "it came back empty"
    if epoch != known.epoch:
        return "it is another log"
    # A batch is delivered before it is committed, so a log that did not deliver what is committed is an older copy.
    if place(delivered_id) < place(known.drained_id):
        return "it came back with older data"
    return ""


def advance(position: Position, drained_id: str, now: datetime) -> None:
    """Moves on. Call it in the transaction that stores the trades up to there; Moved where that must not be."""
    row = Inbox.objects.filter(server=position.server, epoch=position.epoch, drained_id=position.drained_id)
    if not row.update(drained_id=drained_id, drained_at=now):
        raise Moved(f"the database has another place in the log of the {position.server} server than {position}")


def makes_bars(server: str, now: datetime) -> bool:
    """Whether bars follow this log: the primary's, and the other one while the primary's is not drained."""
    return server == PRIMARY or not Inbox.objects.filter(server=PRIMARY, drained_at__gt=now - HEARD_WITHIN).exists()


def _read(server: str) -> Position | None:
    row = Inbox.objects.filter(server=server).first()
    return Position(server, row.epoch, row.drained_id) if row else None


def _tell_lack(known: Position, first_id: str, now: datetime) -> None:
    """What was committed, is not any more, and is older than all that the log still holds. A row for people."""
    if not first_id or place(first_id) <= place(known.drained_id):
        return
    first, last = (f"{logged_at(entry_id):%Y-%m-%d %H:%M:%S}" for entry_id in (known.drained_id, first_id))
    text = f"The database was restored: the {known.server} log cannot fill it from {first} to {last} UTC"
    logger.error(text)
    # It is about the past, so it is over.
    Alert.objects.create(kind=RESTORED, subject=known.server, text=text, raised_at=now, cleared_at=now)


def _begin(server: str, now: datetime) -> Position:
    """Stored here before the server has it: where it is only here, the next look begins another one."""
    position = Position(server, uuid4().hex, START)
    fresh = {"epoch": position.epoch, "drained_id": START, "drained_at": now}
    Inbox.objects.update_or_create(server=server, defaults=fresh)
    return position
