"""Entries of a log that the database could not take: kept with the reason, and stored again when a person says so.

Blocking calls.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, NamedTuple

import msgspec
from django.core.exceptions import ValidationError
from django.db import DatabaseError

from feeds.models import DeadLetter
from feeds.storage import keys, logged, table
from feeds.storage.logged import Logged
from feeds.storage.redis import Entry

MAX_REASON: Final = 500


class Item(NamedTuple):
    """An entry of the log: its trade or quote, or the reason why the database cannot take it."""

    entry: Entry
    logged: Logged | None
    reason: str = ""


def decode(entry: Entry) -> Item:
    try:
        return Item(entry, logged.decode(entry[1][keys.TRADE_FIELD]))
    except (KeyError, msgspec.MsgspecError) as error:
        return Item(entry, None, explain(error))


def keep(server: str, refused: Iterable[tuple[Entry, str]], now: datetime) -> None:
    """Keeps entries with the reason of each. Call it in the transaction that moves on behind them."""
    letters = [
        DeadLetter(
            server=server,
            entry_id=entry_id.decode(),
            content=_text(fields),
            reason=reason[:MAX_REASON],
            set_aside_at=now,
        )
        for (entry_id, fields), reason in refused
    ]
    # One that is delivered again is here already.
    DeadLetter.objects.bulk_create(letters, ignore_conflicts=True)


def store_again(letter: DeadLetter, now: datetime) -> str:
    """Puts what it holds where it belongs after all: "" when it is there now, else the reason why not."""
    try:
        table.store([logged.decode(letter.content.encode())])
    except (msgspec.MsgspecError, ValidationError, DatabaseError) as error:
        return explain(error)
    letter.stored_at = now
    letter.save(update_fields=["stored_at"])
    return ""


def explain(error: Exception) -> str:
    """Why an entry cannot be stored, on one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def _text(fields: Mapping[bytes, bytes]) -> str:
    """The trade or quote as it was; where there is none, everything that was there. NUL is no text to PostgreSQL."""
    content = fields.get(keys.TRADE_FIELD) or b" ".join(b"%s=%s" % field for field in fields.items())
    return content.decode(errors="backslashreplace").replace("\0", "\\x00")
