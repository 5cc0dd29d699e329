"""The table of trades: a batch in one transaction, known ids ignored, what is released out of quarantine."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any, Final

from django.db import connection, transaction

from feeds.models import Trade
from feeds.storage.bars import mark_trades
from feeds.storage.latest import LoggedTrade

# Text is the same in every database; what else there is, its column knows how to write. Named alike in the log.
_TEXTS: Final = ("venue", "instrument", "trade_id", "side", "quarantine")
_OTHERS: Final = ("price", "size", "traded_at", "received_at")
_COLUMNS: Final = {field.name: field for field in Trade._meta.concrete_fields}
_NAMES: Final = ", ".join(str(_COLUMNS[name].column) for name in (*_TEXTS, *_OTHERS))
_INTO: Final = f"INSERT INTO {Trade._meta.db_table} ({_NAMES})"
_UNLESS_KNOWN: Final = "ON CONFLICT DO NOTHING"
_STAGING: Final = "trade_staging"
_NOTHING: Final = f"SELECT {_NAMES} FROM {Trade._meta.db_table}"  # noqa: S608


def store(trades: Sequence[LoggedTrade], also: Callable[[], None] = lambda: None) -> None:
    """Commits all of them or none, and says which minutes they change. `also` is done in the same transaction."""
    # Before the transaction, which holds SQLite's only write lock.
    rows = rows_of(trades)
    with transaction.atomic():
        if _insert(rows) < len(rows):
            _release(trades)
        mark_trades(trades)
        also()


def rows_of(trades: Iterable[LoggedTrade]) -> list[tuple[Any, ...]]:
    """As the database takes them, column by column."""
    database = transaction.get_connection()
    texts, others = attrgetter(*_TEXTS), [(name, _COLUMNS[name].get_db_prep_save) for name in _OTHERS]
    return [(*texts(trade), *(prepare(getattr(trade, name), database) for name, prepare in others)) for trade in trades]


def _insert(rows: Sequence[tuple[Any, ...]]) -> int:
    """Inserts what is new; how many that is. Through the ORM's objects it would take five times as long."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and _may_stage(cursor):
            _copy(cursor, rows)
        else:
            places = ", ".join("%s" for _ in (*_TEXTS, *_OTHERS))
            cursor.executemany(f"{_INTO} VALUES ({places}) {_UNLESS_KNOWN}", rows)
        return int(cursor.rowcount)


def _may_stage(cursor: Any) -> bool:
    """A database may be closed to temporary tables. Asked before: what is refused would end the transaction."""
    cursor.execute("SELECT has_database_privilege(current_database(), 'TEMP')")
    return bool(cursor.fetchone()[0])


def _copy(cursor: Any, rows: Sequence[tuple[Any, ...]]) -> None:
    """PostgreSQL copies a full batch in less than half of the time, but not over what is known: so beside it first."""
    cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {_STAGING} ON COMMIT DELETE ROWS AS {_NOTHING} WITH NO DATA")
    with connection.wrap_database_errors, cursor.copy(f"COPY {_STAGING} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    cursor.execute(f"{_INTO} SELECT * FROM {_STAGING} {_UNLESS_KNOWN}")  # noqa: S608


def _release(trades: Iterable[LoggedTrade]) -> None:
    """One that is logged without a doubt and was there already may have been there with one.

    What a venue's REST says of it is no release: nobody held that against the other venues.
    """
    believed: dict[tuple[str, str], list[str]] = defaultdict(list)
    for trade in trades:
        if not trade.quarantine and not trade.is_backfill:
            believed[trade.venue, trade.instrument].append(trade.trade_id)
    for (venue, instrument), ids in believed.items():
        held = Trade.objects.filter(venue=venue, instrument=instrument, trade_id__in=ids).exclude(quarantine="")
        held.update(quarantine="")
