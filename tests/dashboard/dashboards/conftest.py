"""Ada, and what the open pages are told meanwhile."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User

from dashboard.sockets.control import Control
from tests.dashboard.sockets.connected import said_here


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_user("ada")


@pytest.fixture
def said() -> Iterator[list[Control]]:
    with said_here() as said:
        yield said
