"""Another database in place of the tests' own, for a test that stops, fills or locks it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections


@contextmanager
def default_database(config: dict[str, Any]) -> Iterator[None]:
    """Every thread that connects within is connected to this database, which is migrated and otherwise empty."""
    own, settings = connections[DEFAULT_DB_ALIAS], connections.settings[DEFAULT_DB_ALIAS]
    own.close()
    connections.settings[DEFAULT_DB_ALIAS] = {**settings, "HOST": "", "USER": "", "PASSWORD": "", "PORT": "", **config}
    del connections[DEFAULT_DB_ALIAS]
    try:
        call_command("migrate", verbosity=0)
        call_command("flush", interactive=False, verbosity=0)
        yield
    finally:
        connections[DEFAULT_DB_ALIAS].close()
        connections.settings[DEFAULT_DB_ALIAS] = settings
        # The very one: whoever made the tests' database drops it with this connection.
        connections[DEFAULT_DB_ALIAS] = own
