"""Rows by the hundreds into a table, in one go: those that are known are ignored, or replaced by later ones."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any, Final

from django.db import connection, models, transaction

_UNLESS_KNOWN: Final = "ON CONFLICT DO NOTHING"
_IF_LATER: Final = "ON CONFLICT ({key}) DO UPDATE SET {values} WHERE excluded.{by} > {table}.{by}"


class Bulk:
    """A model's table, and the columns that are named like what is stored there.

    `texts` are the same in every database, the venue is the first of them; what `others` there are, their columns know
    how to write. With `later_by`, what is known by `key` gives way to what is later by that column; no batch has two
    of one key then.
    """

    def __init__(
        self,
        model: type[models.Model],
        texts: Sequence[str],
        others: Sequence[str],
        key: Sequence[str] = (),
        later_by: str = "",
    ) -> None:
        columns = {field.name: field for field in model._meta.concrete_fields}
        self._texts = attrgetter(*texts)
        self._others = [(name, columns[name].get_db_prep_save) for name in others]
        names = ", ".join(str(columns[name].column) for name in (*texts, *others))
        places = ", ".join("%s" for _ in (*texts, *others))
        table = model._meta.db_table
        self._venue = columns[texts[0]].column
        self._conflict = _UNLESS_KNOWN
        if later_by:
            unique = ", ".join(str(columns[name].column) for name in key)
            values = ", ".join(f"{columns[name].column} = excluded.{columns[name].column}" for name in others)
            self._conflict = _IF_LATER.format(key=unique, values=values, by=columns[later_by].column, table=table)
        self._into = f"INSERT INTO {table} ({names})"
        self._insert = f"{self._into} VALUES ({places}) {self._conflict}"
        self._staging = f"{table}_staging"
        self._nothing = f"SELECT {names} FROM {table}"  # noqa: S608

    def rows_of(self, items: Iterable[object]) -> list[tuple[Any, ...]]:
        """As the database takes them, column by column."""
        database = transaction.get_connection()
        return [
            (*self._texts(item), *(prepare(getattr(item, name), database) for name, prepare in self._others))
            for item in items
        ]

    def insert(self, rows: Sequence[tuple[Any, ...]]) -> Counter[str]:
        """Inserts what is new; how many that is, by venue, replaced ones too. The ORM takes five times as long."""
        if not rows:
            return Counter()
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql" and _may_stage(cursor):
                return self._copy(cursor, rows)
            return self._insert_each(cursor, rows)

    def _insert_each(self, cursor: Any, rows: Sequence[tuple[Any, ...]]) -> Counter[str]:
        by_venue: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        for row in rows:
            by_venue[row[0]].append(row)
        new = Counter[str]()
        for venue, theirs in by_venue.items():
            cursor.executemany(self._insert, theirs)
            new[venue] = cursor.rowcount
        return new

    def _copy(self, cursor: Any, rows: Sequence[tuple[Any, ...]]) -> Counter[str]:
        """PostgreSQL copies a full batch in less than half of the time, but not over what is known: so beside it."""
        staging = f"CREATE TEMPORARY TABLE IF NOT EXISTS {self._staging} ON COMMIT DELETE ROWS"
        cursor.execute(f"{staging} AS {self._nothing} WITH NO DATA")
        with connection.wrap_database_errors, cursor.copy(f"COPY {self._staging} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        told = f"RETURNING {self._venue}"
        cursor.execute(f"{self._into} SELECT * FROM {self._staging} {self._conflict} {told}")  # noqa: S608
        return Counter(venue for (venue,) in cursor.fetchall())


def _may_stage(cursor: Any) -> bool:
    """A database may be closed to temporary tables. Asked before: what is refused would end the transaction."""
    cursor.execute("SELECT has_database_privilege(current_database(), 'TEMP')")
    return bool(cursor.fetchone()[0])
