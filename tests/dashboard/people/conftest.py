"""Nobody has tried anything yet."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _no_tries(transactional_db: None) -> None:
    """What is counted is in a table that belongs to no model: no test cleans it up for the next one."""
    cache.clear()
