"""Fixtures of the system tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.hostile import Site, running_site
from tests.system.stack import Stack, running_stack


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """Redis, the exchange and a migrated database; no worker yet."""
    for stack in running_stack(tmp_path):
        stack.start_redis()
        stack.start_exchange()
        stack.migrate()
        yield stack


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[Site]:
    """The programs with sockets, for all tests of a module."""
    yield from running_site(tmp_path_factory.mktemp("hostile"))
