"""BitGet beside the test, and somebody in the admin."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from tests.exchange.bitget.desk import BitgetDesk
from tests.positions.admin.page import Page
from tests.positions.beside import exchange_beside


@pytest.fixture
def desk(redis_server: str, settings: Settings) -> Iterator[BitgetDesk]:
    with exchange_beside() as beside:
        settings.REPLAY_EXCHANGE_URL = beside.exchange.url
        yield beside.exchange.bitget


@pytest.fixture
def page(admin_client: Client, admin_user: User) -> Page:
    return Page(admin_client, admin_user)
