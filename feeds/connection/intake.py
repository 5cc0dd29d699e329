"""What becomes of a frame: each trade is judged, shown and recorded; each quote is shown."""

import logging
from datetime import datetime

from feeds.connection.board import Board
from feeds.connection.session import Received
from feeds.market.validation import Validation, Verdict
from feeds.queries import VenuePlan
from feeds.storage.latest import LoggedTrade
from feeds.storage.recorder import Recorder
from feeds.types import Event, Notice, Quote, Trade
from feeds.venues import REGISTRY

logger = logging.getLogger(__name__)


class Intake:
    """Remembers each venue's trades over its sessions: venues repeat the last ones after a subscription."""

    def __init__(self, board: Board, recorder: Recorder) -> None:
        self._board = board
        self._recorder = recorder
        self._validations: dict[str, Validation] = {}

    async def take(self, received: Received, venue: VenuePlan) -> None:
        """Takes everything that a frame said, oldest first. Waits while the recorder has no room."""
        if received.bad_frame is not None:
            self._board.reject(venue.code)
            logger.warning("%s sent a bad frame: %s", venue.code, received.bad_frame)
        oldest_first = reversed(received.events) if REGISTRY[venue.code].is_newest_first else received.events
        for event in oldest_first:
            await self._take_event(event, venue, received.received_at)

    async def _take_event(self, event: Event, venue: VenuePlan, received_at: datetime) -> None:
        match event:
            case Trade():
                await self._take_trade(event, venue, received_at)
            case Quote(symbol=symbol) if symbol in venue.instruments:
                self._board.quote(venue.code, venue.instruments[symbol], event, received_at)
            case Notice(text):
                logger.warning("%s: %s", venue.code, text)

    async def _take_trade(self, trade: Trade, venue: VenuePlan, received_at: datetime) -> None:
        if trade.symbol not in venue.instruments:
            self._board.reject(venue.code)
            return
        verdict = self._validations.setdefault(venue.code, Validation()).judge(trade)
        if verdict is Verdict.ACCEPTED:
            logged = _logged(trade, venue, received_at)
            self._board.trade(logged)
            await self._recorder.add(logged)
        elif verdict is not Verdict.DUPLICATE:
            # A repeat is what venues do after a subscription, not a fault.
            self._board.reject(venue.code)


def _logged(trade: Trade, venue: VenuePlan, received_at: datetime) -> LoggedTrade:
    return LoggedTrade(
        venue=venue.code,
        instrument=venue.instruments[trade.symbol],
        trade_id=trade.trade_id,
        price=trade.price,
        size=trade.size,
        side=trade.side,
        traded_at=trade.traded_at,
        received_at=received_at,
    )
