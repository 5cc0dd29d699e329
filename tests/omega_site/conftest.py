"""Fixtures of the broadcast ports' tests."""

from collections.abc import AsyncIterator

import pytest
from pytest_django import Settings

from tests.omega_site.holding import Holder, serving


@pytest.fixture
def holder() -> Holder:
    return Holder()


@pytest.fixture
async def served(settings: Settings, holder: Holder) -> AsyncIterator[int]:
    """The port."""
    async with serving(settings, holder, holder.close_all) as served:
        yield served
