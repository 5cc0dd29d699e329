"""The sockets behind their door, on a clock that the test moves; the hub keeps its own."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from pytest_django import Settings

from dashboard.protocol import codes
from dashboard.sockets.door import Door
from dashboard.sockets.station import Station
from tests.clock import ManualClock
from tests.dashboard.sockets.talking import door_to


@pytest.fixture
def layer(redis_server: str, settings: Settings) -> None:
    """Control messages go by the test's own Redis, which is there, and empty."""
    layer = settings.CHANNEL_LAYERS["default"]
    host = {**layer["CONFIG"]["hosts"][0], "address": redis_server}
    settings.CHANNEL_LAYERS = {"default": {**layer, "CONFIG": {**layer["CONFIG"], "hosts": [host]}}}


@pytest_asyncio.fixture
async def station(clock: ManualClock) -> AsyncIterator[Station]:
    """It ends as that of a process does: nothing of it is left for the loop to end."""
    station = Station(clock)
    yield station
    await station.close_all(codes.GOING_AWAY, "This test is over.")


@pytest.fixture
def site(layer: None, station: Station) -> Door:
    """Both sockets."""
    return door_to(station)
