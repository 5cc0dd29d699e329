"""The peers: Channels' `group_send`, and `websockets.broadcast`. They have no bars; ours stand beside them."""

from __future__ import annotations

from tests.faults.row import Result
from tests.load.crowd import Crowd
from tests.load.fanout import fan_out
from tests.load.row import Row
from tests.load.site import Site

_GROUP = "tests.load.peers.group_send"
_BROADCAST = "tests.load.peers.broadcast"


async def _group_send(site: Site, seconds: float) -> list[Result]:
    crowd = Crowd()
    async with site.daphne(f"{_GROUP}:application") as pid:
        await crowd.open(site.strangers(500, site.stack.web_port), [])
        async with site.writing(10, _GROUP) as writes:
            heard = await fan_out(crowd, pid, writes, seconds)
        crowd.leave()
    return heard.results("GROUP_SEND", "Channels' group_send, 500 clients, 10/s", {})


def _broadcast(name: str, clients: int, rate: float) -> Row:
    async def play(site: Site, seconds: float) -> list[Result]:
        crowd = Crowd()
        async with site.broadcasting(_BROADCAST, rate) as (pid, writes):
            await crowd.open(site.strangers(clients, site.broadcast_port), [])
            heard = await fan_out(crowd, pid, writes, seconds)
            crowd.leave()
        return heard.results(name, f"websockets.broadcast, {clients} clients, {rate:g}/s", {})

    return Row(name, play)


GROUP_SEND = Row("GROUP_SEND", _group_send)
BROADCAST_500 = _broadcast("BROADCAST 500", 500, 10)
BROADCAST_1000 = _broadcast("BROADCAST 1000", 1000, 5)
