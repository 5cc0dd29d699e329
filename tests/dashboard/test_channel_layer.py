"""The channel layer as it is configured, on a real Redis that goes away or has nothing to say."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from channels_redis.pubsub import RedisPubSubChannelLayer
from pytest_django import Settings
from redis.exceptions import RedisError

from tests.redis_server import RedisServer
from tests.waiting import wait_for

MESSAGE = {"type": "control", "what": "close"}


@pytest_asyncio.fixture
async def layer(own_redis: RedisServer, settings: Settings) -> AsyncIterator[Any]:
    config = settings.CHANNEL_LAYERS["default"]["CONFIG"]
    layer = RedisPubSubChannelLayer(hosts=[{**config["hosts"][0], "address": own_redis.url}])
    yield layer
    await layer.flush()


async def member(layer: Any) -> str:
    channel: str = await layer.new_channel()
    await layer.group_add("everybody", channel)
    return channel


async def test_who_listens_stays_while_the_channel_layer_is_away(layer: Any, own_redis: RedisServer) -> None:
    """R13: the waiting consumer is not ended, and hears again within 3 s of the server's return."""
    listening = asyncio.create_task(layer.receive(await member(layer)))
    own_redis.stop()
    with pytest.raises((RedisError, OSError)):
        await layer.group_send("everybody", MESSAGE)
    own_redis.start()

    async def heard() -> dict[str, str] | None:
        await layer.group_send("everybody", MESSAGE)
        await asyncio.wait([listening], timeout=0.1)
        return listening.result() if listening.done() else None

    assert await wait_for(heard, within=3.0) == MESSAGE


async def test_who_hears_nothing_for_long_is_still_subscribed(layer: Any) -> None:
    """R14: redis-py ends a read after 5 s by default, and an idle consumer with it. Groups here never expire."""
    listening = asyncio.create_task(layer.receive(await member(layer)))
    await asyncio.wait([listening], timeout=5.5)
    assert not listening.done()
    await layer.group_send("everybody", MESSAGE)
    assert await asyncio.wait_for(listening, 1.0) == MESSAGE
