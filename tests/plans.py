"""How the tests' database would do what it is asked, and whether it would read a whole table for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def asked() -> Iterator[list[tuple[str, Any]]]:
    """Every statement that this thread sends within, with its parameters."""
    statements: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield statements


def plan(sql: str, params: Any = ()) -> str:
    """What the database answers to EXPLAIN. PostgreSQL reads a table of few rows whole, unless that is forbidden."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET enable_seqscan = off")
        cursor.execute(f"EXPLAIN {'' if connection.vendor == 'postgresql' else 'QUERY PLAN '}{sql}", params)
        rows = cursor.fetchall()
        if connection.vendor == "postgresql":
            cursor.execute("RESET enable_seqscan")
    return "\n".join(str(row[-1]) for row in rows)


def reads_whole(table: str, sql: str, params: Any = ()) -> bool:
    """Whether all rows of the table, or of an index of it, would be looked at."""
    lines = plan(sql, params).splitlines()
    if connection.vendor == "postgresql":
        scans = [number for number, line in enumerate(lines) if f" on {table} " in f"{line} "]
        return any("Seq Scan" in lines[number] or "Index Cond" not in "".join(lines[number:]) for number in scans)
    return any(line.startswith(f"SCAN {table}") for line in lines)
