"""What one Redis server holds of now: feeds and prices, who is connected, what limits are used. Blocking reads.

What both servers hold is made one by `Market`, which writes nothing either.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from feeds.pace import Rate
from feeds.storage import keys, latest
from feeds.storage.allowance import REST
from feeds.venues import REGISTRY

# Feeds with each instrument of theirs.
Followed = Sequence[tuple[str, str]]


class _Line(msgspec.Struct, frozen=True):
    """Of a client, as the process that serves it tells."""

    state: str = ""


_decode_lines = msgspec.json.Decoder(list[_Line]).decode


class ServerMarket(NamedTuple):
    """`states` are by key, those that there are. `budgets` are shares of REST limits, by venue."""

    states: Mapping[str, bytes]
    clients: int
    budgets: Mapping[str, float]


class MarketLook(NamedTuple):
    """`feeds` by name, `prices` by feed and instrument: the last that was known, however old. `clients` are connected
    to all processes; None while no server tells. `budgets` are the shares of the venues' REST limits that are used, by
    code; none while no server tells.
    """

    feeds: Mapping[str, latest.FeedState]
    prices: Mapping[tuple[str, str], latest.PriceState]
    clients: int | None
    budgets: Mapping[str, float]


def read_market(client: Any, followed: Followed) -> ServerMarket:
    names = [*{keys.feed(feed): None for feed, _ in followed}, *(keys.price(*each) for each in followed)]
    values = client.mget(names) if names else []
    states = {name: value for name, value in zip(names, values, strict=True) if value}
    seconds, microseconds = client.time()
    now_ms = int(seconds) * 1000 + int(microseconds) // 1000
    return ServerMarket(states, _connected(client, now_ms), _budgets(client, now_ms))


class Market:
    """Keeps what it saw last of each feed and price: Redis forgets what grows old."""

    def __init__(self) -> None:
        self._states: dict[str, bytes] = {}

    def look(self, followed: Followed, told: Iterable[ServerMarket]) -> MarketLook:
        """`told` is what servers say that answer now: how many are connected, and what is spent, falls again."""
        heard = list(told)
        for name, value in (pair for each in heard for pair in each.states.items()):
            self._states[name] = max(value, self._states.get(name, value), key=latest.stamp_of)
        feeds = {feed: self._states.get(keys.feed(feed)) for feed, _ in followed}
        prices = {each: self._states.get(keys.price(*each)) for each in followed}
        return MarketLook(
            feeds={name: latest.decode_feed(value) for name, value in feeds.items() if value},
            prices={each: latest.decode_price(value) for each, value in prices.items() if value},
            clients=max((each.clients for each in heard), default=None),
            budgets={code: max(each.budgets[code] for each in heard) for code in REGISTRY} if heard else {},
        )


def _connected(client: Any, now_ms: int) -> int:
    """How many clients the processes told of. What another version tells counts for nobody."""
    count = 0
    for value in client.hvals(keys.CLIENTS):
        told_ms, _, lines = value.partition(b" ")
        if told_ms.isdigit() and now_ms - int(told_ms) <= latest.CLIENTS_KEPT_S * 1000:
            try:
                count += sum(line.state == "connected" for line in _decode_lines(lines))
            except msgspec.DecodeError:
                continue
    return count


def _budgets(client: Any, now_ms: int) -> dict[str, float]:
    """What was spent of each venue's REST limit within its time; `script.SPEND` keeps "cost number" by milliseconds."""
    rates: dict[str, Rate] = {code: dialect.rest.budget for code, dialect in REGISTRY.items()}
    reading = client.pipeline(transaction=False)
    for code, rate in rates.items():
        reading.zrangebyscore(keys.allowance(code, REST), now_ms - rate.within * 1000, "+inf")
    spent = reading.execute()
    return {
        code: round(sum(int(each.split()[0]) for each in spendings) / rate.count, 3)
        for (code, rate), spendings in zip(rates.items(), spent, strict=True)
    }
