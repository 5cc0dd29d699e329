"""Sees what a feed leaves in Redis, and waits for what a test expects there."""

from collections.abc import Callable
from contextlib import suppress

from feeds.storage import keys, latest, status
from feeds.storage.live import LiveStore
from feeds.storage.logged import LoggedQuote, decode
from feeds.storage.redis import RedisDown
from tests.feeds.storage.log import trades_of
from tests.waiting import PATIENCE_S, wait_for


class Observer:
    def __init__(self, store: LiveStore) -> None:
        self._store = store

    async def any_price(self, within: float = PATIENCE_S) -> latest.PriceState:
        return await wait_for(self._price, within)

    async def price_from(
        self, venue: str, within: float = PATIENCE_S, instrument: str = "BTC-USDT", feed: str = "main"
    ) -> latest.PriceState:
        """The newest price, once it is this venue's."""

        async def look() -> latest.PriceState | None:
            price = await self._price(instrument, feed)
            return price if price and price.venue == venue else None

        return await wait_for(look, within)

    async def venue_in_state(self, code: str, state: str, rejected: int = 0) -> latest.VenueState:
        """A venue, once it is in this state with at least so many rejected frames."""
        return await self.venue_with(
            code, lambda venue: venue.state == state and sum(venue.rejected.values()) >= rejected
        )

    async def venue_with(self, code: str, is_so: Callable[[latest.VenueState], bool]) -> latest.VenueState:
        """A venue, once this is true of it."""

        async def look() -> latest.VenueState | None:
            (held,) = await self._store.read([keys.feed("main")])
            venues = latest.decode_feed(held).venues if held else []
            return next((venue for venue in venues if venue.venue == code and is_so(venue)), None)

        return await wait_for(look)

    async def by_hand(self, name: str, is_so: Callable[[status.FeedByHand], bool]) -> status.FeedByHand:
        """What people read under this name, once this is true of it."""

        async def look() -> status.FeedByHand | None:
            (held,) = await self._store.read([name])
            value = status.decode_by_hand(held) if held else None
            return value if value and is_so(value) else None

        return await wait_for(look)

    async def has_logged(self, trade_id: str) -> None:
        async def look() -> bool | None:
            with suppress(RedisDown):
                return trade_id in await self.logged_ids() or None
            return None

        await wait_for(look)

    async def logged(self) -> list[latest.LoggedTrade]:
        """The log's trades, in its order, without the quotes."""
        entries = await self._store.read_log(after=b"0", limit=100_000)
        return trades_of(entries)

    async def quotes(self) -> list[LoggedQuote]:
        """The log's quotes, in its order."""
        entries = await self._store.read_log(after=b"0", limit=100_000)
        found = (decode(fields[keys.TRADE_FIELD]) for _, fields in entries)
        return [each for each in found if isinstance(each, LoggedQuote)]

    async def rejected(self, venue: str) -> list[latest.RejectedFrame]:
        """What people can see of it, newest first."""
        return [latest.decode_rejected(frame) for frame in await self._store.read_rejected([venue])]

    async def logged_ids(self) -> list[str]:
        return [trade.trade_id for trade in await self.logged()]

    async def feed(self) -> latest.FeedState:
        """What the feed says of itself."""

        async def look() -> latest.FeedState | None:
            (held,) = await self._store.read([keys.feed("main")])
            return latest.decode_feed(held) if held else None

        return await wait_for(look)

    async def _price(self, instrument: str = "BTC-USDT", feed: str = "main") -> latest.PriceState | None:
        (held,) = await self._store.read([keys.price(feed, instrument)])
        return latest.decode_price(held) if held else None
