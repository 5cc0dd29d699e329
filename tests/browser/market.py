"""A market for browser tests: trades happen when a test says so, and are reported as by a worker."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

from msgspec import structs

from feeds.storage.latest import FeedState, LoggedTrade, PriceState, RejectedFrame
from tests.dashboard.conftest import Writer
from tests.dashboard.samples import feed_state, price_state, trade


class Market:
    """Makes trades happen now, as a worker would report them."""

    # No id comes twice in one log, whatever test it is from.
    _numbers = count(1)

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def trade_at(self, price: str, venue: str = "binance", ago: float = 0.0) -> LoggedTrade:
        """The displayed price, on tape and as state; `ago` seconds old."""
        version = _version()
        at = datetime.now(UTC) - timedelta(seconds=ago)
        number = next(self._numbers)
        last = trade(number, price, at, venue, size=str(Decimal("0.00731") * number))
        await self._writer.log(last)
        await self._writer.show(price_state(last, at, version))
        await self._writer.show(feed_state(at, active=venue, version=version))
        return last

    async def count_flaws(self, venue: str, **counts: dict[str, int] | int | str) -> None:
        """What a worker counted of this venue's data."""
        state = feed_state(datetime.now(UTC), version=_version())
        venues = [structs.replace(each, **counts) if each.venue == venue else each for each in state.venues]
        await self._writer.show(structs.replace(state, venues=venues))

    async def show(self, state: PriceState | FeedState) -> None:
        """Any state, as the newest."""
        await self._writer.show(structs.replace(state, version=_version()))

    async def log(self, *trades: LoggedTrade) -> None:
        await self._writer.log(*trades)

    def next_trade(self, price: str, venue: str = "binance") -> LoggedTrade:
        """One that happens now, and that nobody was told of yet."""
        return trade(next(self._numbers), price, datetime.now(UTC), venue)

    async def reject(self, *frames: RejectedFrame) -> None:
        await self._writer.reject(*frames)


def _version() -> int:
    """Versions rise over all tests of this Redis, as a worker's do."""
    return int(datetime.now(UTC).timestamp() * 1000)
