"""Channels as it is documented: every client a member of a group, and `group_send` for each price.

`tests.load.peers.group_send:application` is what daphne serves; run by itself it is the program that sends.
"""

import asyncio
import sys
from typing import Final

import django

django.setup()

# They read the settings.
from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.layers import get_channel_layer  # noqa: E402

from tests.load.pace import at_rate  # noqa: E402
from tests.load.peers.price import BEGUN, price  # noqa: E402

GROUP: Final = "crowd"


class Listening(AsyncWebsocketConsumer):
    groups = [GROUP]

    async def connect(self) -> None:
        await self.accept()
        await self.send(text_data=BEGUN)

    async def price(self, event: dict[str, str]) -> None:
        await self.send(text_data=event["text"])


application = Listening.as_asgi()


async def main(rate: float) -> None:
    layer = get_channel_layer()
    assert layer is not None

    async def write(_: int) -> float:
        text, at = price()
        await layer.group_send(GROUP, {"type": "price", "text": text})
        return at

    await at_rate(rate, write)


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
