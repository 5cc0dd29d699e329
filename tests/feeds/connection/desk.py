"""An intake with its board and its recorder, and what it leaves in Redis."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from feeds.connection.board import Board
from feeds.connection.intake import Intake
from feeds.connection.ledger import Ledger
from feeds.connection.sampler import Sampler
from feeds.connection.session import Received
from feeds.errors import BadFrame
from feeds.queries import VenuePlan
from feeds.storage import keys, latest
from feeds.storage.allowance import Allowance
from feeds.storage.database import DatabaseThread
from feeds.storage.live import LiveStore
from feeds.storage.logged import LoggedQuote
from feeds.storage.recorder import Recorder
from feeds.storage.spool import Spool
from feeds.types import Event
from feeds.venues import REGISTRY
from tests.clock import ManualClock
from tests.feeds.connection.observer import Observer
from tests.feeds.connection.plans import feed_plan, venue_plan
from tests.feeds.samples import NOON, nobody

BINANCE = venue_plan("binance")
HTX = venue_plan("htx", instruments={"btcusdt": "BTC-USDT"})


class Desk:
    def __init__(self, store: LiveStore, clock: ManualClock) -> None:
        self.board = Board("main", 1, clock)
        self.board.follow(feed_plan(BINANCE, HTX), NOON)
        self.board.lead("binance", "", NOON)
        self._store, self._clock = store, clock
        self._recorder = Recorder(store, dict, clock, nobody, Spool("main"))
        self.sampler = Sampler(self._recorder, clock)
        ledger = Ledger(DatabaseThread("desk"), store, Allowance(store, clock), clock, self.board.miss, self.board.fill)
        self._intake = Intake(self.board, self._recorder, self.sampler, ledger, clock)

    async def take(
        self,
        *events: Event,
        bad_frame: BadFrame | None = None,
        venue: VenuePlan = BINANCE,
        received_at: datetime = NOON,
    ) -> None:
        await self._intake.take(Received(list(events), received_at, bad_frame=bad_frame), venue, session=1)

    async def hear(self, *frames: str) -> None:
        """Frames of Binance, as its session hands them on."""
        for frame in frames:
            try:
                await self.take(*REGISTRY["binance"].parse(frame), received_at=self._clock.now())
            except BadFrame as error:
                await self.take(bad_frame=error)

    def price(self) -> latest.PriceState | None:
        shown = self.board.take().get(keys.price("main", "BTC-USDT"))
        assert not isinstance(shown, latest.FeedState)
        return shown

    def venue(self, code: str = "binance") -> latest.VenueState:
        """What is counted of it now."""
        self.board.follow(feed_plan(BINANCE, HTX), NOON)
        state = self.board.take()[keys.feed("main")]
        assert isinstance(state, latest.FeedState)
        return next(venue for venue in state.venues if venue.venue == code)

    async def logged(self) -> list[str]:
        await self._recorder.finish()
        return await Observer(self._store).logged_ids()

    async def logged_trades(self) -> list[latest.LoggedTrade]:
        await self._recorder.finish()
        return await Observer(self._store).logged()

    async def logged_quotes(self) -> list[LoggedQuote]:
        await self._recorder.finish()
        return await Observer(self._store).quotes()

    async def kept(self, venues: Iterable[str] = ("binance",)) -> list[latest.RejectedFrame]:
        """The rejected frames that people can see."""
        await self._recorder.finish()
        return [latest.decode_rejected(frame) for frame in await self._store.read_rejected(venues)]


def binance_frame(number: int, price: object = "76000.10", symbol: str = "BTCUSDT", at: datetime = NOON) -> str:
    """A trade as Binance sends it."""
    milliseconds = int(at.timestamp() * 1000)
    row = {"e": "trade", "E": milliseconds, "s": symbol, "t": number, "p": price, "q": "0.01", "T": milliseconds}
    data = {"stream": f"{symbol.lower()}@trade", "data": {**row, "m": False, "M": True}}
    return msgspec.json.encode(data).decode()
