"""A program that broadcasts prices to all its clients with the websockets library; it has no backpressure."""

import asyncio
import sys

from websockets.asyncio.server import ServerConnection, broadcast, serve

from tests.load.pace import at_rate
from tests.load.peers.price import BEGUN, price


async def main(port: int, rate: float) -> None:
    async def greet(connection: ServerConnection) -> None:
        await connection.send(BEGUN)
        await connection.wait_closed()

    async with serve(greet, "127.0.0.1", port, compression=None) as server:

        async def write(_: int) -> float:
            text, at = price()
            broadcast(server.connections, text)
            return at

        await at_rate(rate, write)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
