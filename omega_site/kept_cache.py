"""A cache in the database that says when it cannot keep anything."""

from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import OperationalError


class KeptCache(DatabaseCache):
    """Django's own takes a locked database for a key that is there already: a login would be told of too many tries."""

    def add(self, key: Any, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Raises OperationalError where the database takes nothing."""
        is_added = super().add(key, value, timeout, version)
        if not is_added and self.get(key, version=version) is None:
            raise OperationalError("The database does not take what has to be kept.")
        return is_added
