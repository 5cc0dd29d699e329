"""From a venue's address to an open socket: KuCoin's begins with a call of its own."""

import asyncio

from feeds.clock import Clock
from feeds.connection.http import fetch
from feeds.connection.socket import Socket, open_socket
from feeds.connection.stall import SessionTiming
from feeds.errors import BadFrame, ConnectFailed
from feeds.venues import Venue
from feeds.venues.base import Endpoint


async def enter(venue: Venue, url: str, timing: SessionTiming, clock: Clock) -> tuple[Endpoint, Socket]:
    """In one time for all of it: others wait to be asked."""
    try:
        async with asyncio.timeout(timing.connected_within):
            endpoint = await find_endpoint(venue, url, timing, clock)
            return endpoint, await open_socket(endpoint.url, timing, clock)
    except TimeoutError as error:
        raise ConnectFailed(f"no connection within {timing.connected_within:g} s") from error


async def find_endpoint(venue: Venue, url: str, timing: SessionTiming, clock: Clock) -> Endpoint:
    """Where to connect to: the address itself, or what the venue answers there, which is good for one connection."""
    request = venue.prepare(url)
    if request is None:
        return Endpoint(url, timing.ping_every)
    try:
        return venue.endpoint(url, await fetch(request, timing.connected_within, clock.now()))
    except BadFrame as error:
        # Without the answer itself: it holds the token.
        raise ConnectFailed(f"no address in the venue's answer ({error.reason})") from None
