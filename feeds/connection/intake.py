"""What becomes of a frame: each trade is judged, shown and recorded; each quote is judged and shown."""

import logging
from datetime import datetime
from typing import Final

from feeds.clock import Clock
from feeds.connection.board import Board
from feeds.connection.corruption import Corruption
from feeds.connection.events import Heard, Repeated
from feeds.connection.rejection import Rejection
from feeds.connection.session import Received
from feeds.errors import BadFrame
from feeds.market.validation import Validation, Verdict, judge_quote
from feeds.queries import VenuePlan
from feeds.storage.latest import LoggedTrade, encode
from feeds.storage.recorder import Recorder
from feeds.types import Event, Notice, Quote, Trade
from feeds.venues import REGISTRY

logger = logging.getLogger(__name__)

# What proves that a venue lives and may be believed, and what proves nothing at all.
_GOOD: Final = (Verdict.ACCEPTED, Verdict.CLOCK)
_NO_SIGN: Final = (Verdict.SYMBOL, Verdict.ORDER)


class Intake:
    """Remembers each venue's trades over its sessions: venues repeat the last ones after a subscription."""

    def __init__(self, board: Board, recorder: Recorder, clock: Clock) -> None:
        self._board = board
        self._recorder = recorder
        self._clock = clock
        self._rejection = Rejection(board, recorder, clock)
        self._validations = {code: Validation(dialect.has_rising_ids) for code, dialect in REGISTRY.items()}
        self._corruptions = {code: Corruption() for code in REGISTRY}

    async def take(self, received: Received, venue: VenuePlan, session: int) -> list[Heard | Repeated]:
        """Takes everything that a frame said, oldest first; what the supervisor has to hear of it. Waits while there
        is no room.

        Old times are life all the same: whose clock is wrong is not known here.

        Raises Corrupt after the frame with which the venue has sent too much that is wrong.
        """
        self._corruptions[venue.code].note_frame(self._clock.monotonic(), received.bad_frame is not None)
        if received.bad_frame is not None:
            self._rejection.reject(venue.code, received.bad_frame, received.received_at, received.frame)
        oldest_first = reversed(received.events) if REGISTRY[venue.code].is_newest_first else received.events
        heard: dict[Heard | Repeated, None] = {}
        for event in oldest_first:
            if sign := await self._take_event(event, venue, received.received_at, session):
                heard[sign] = None
        self._end_if_corrupt(venue.code)
        return list(heard)

    async def _take_event(
        self, event: Event, venue: VenuePlan, received_at: datetime, session: int
    ) -> Heard | Repeated | None:
        match event:
            case Trade():
                verdict = await self._take_trade(event, venue, received_at)
            case Quote():
                verdict = self._take_quote(event, venue, received_at)
            case Notice(text):
                logger.warning("%s: %s", venue.code, text)
                return None
            case _:
                return None
        if verdict is Verdict.DUPLICATE:
            return Repeated(session)
        if verdict in _NO_SIGN:
            return None
        return Heard(session, venue.instruments[event.symbol], verdict in _GOOD)

    async def _take_trade(self, trade: Trade, venue: VenuePlan, received_at: datetime) -> Verdict:
        verdict = self._validations[venue.code].judge(trade, received_at, venue.instruments)
        if verdict is Verdict.DUPLICATE:
            self._board.repeat(venue.code)
            return verdict
        self._board.hear_time(venue.code, trade.traded_at, received_at)
        if verdict is Verdict.ACCEPTED:
            logged = _logged(trade, venue, received_at, self._is_standby(trade, venue))
            self._board.trade(logged)
            await self._recorder.add(logged)
        elif verdict.is_quarantined:
            self._board.quarantine(venue.code, verdict)
            logged = _logged(trade, venue, received_at, self._is_standby(trade, venue), verdict)
            await self._recorder.add(logged)
        else:
            self._refuse(trade, verdict, venue, received_at)
        return verdict

    def _take_quote(self, quote: Quote, venue: VenuePlan, received_at: datetime) -> Verdict:
        if quote.quoted_at is not None:
            self._board.hear_time(venue.code, quote.quoted_at, received_at)
        verdict = judge_quote(quote, received_at, venue.instruments)
        if verdict is Verdict.ACCEPTED:
            self._board.quote(venue.code, venue.instruments[quote.symbol], quote, received_at)
        elif verdict.is_quarantined:
            self._board.quarantine(venue.code, verdict)
        else:
            self._refuse(quote, verdict, venue, received_at)
        return verdict

    def _refuse(self, event: Trade | Quote, verdict: Verdict, venue: VenuePlan, received_at: datetime) -> None:
        if verdict is Verdict.SYMBOL:
            self._corruptions[venue.code].note_stray(self._clock.monotonic())
        self._rejection.reject(venue.code, BadFrame(verdict, encode(event).decode()), received_at)

    def _is_standby(self, trade: Trade, venue: VenuePlan) -> bool:
        return self._board.source(venue.instruments[trade.symbol]) != venue.code

    def _end_if_corrupt(self, code: str) -> None:
        corrupt = self._corruptions[code].verdict(self._clock.monotonic())
        if corrupt is not None:
            # The next session is judged by what it sends itself.
            self._corruptions[code] = Corruption()
            raise corrupt


def _logged(
    trade: Trade, venue: VenuePlan, received_at: datetime, is_standby: bool, quarantine: str = ""
) -> LoggedTrade:
    return LoggedTrade(
        venue=venue.code,
        instrument=venue.instruments[trade.symbol],
        trade_id=trade.trade_id,
        price=trade.price,
        size=trade.size,
        side=trade.side,
        traded_at=trade.traded_at,
        received_at=received_at,
        quarantine=quarantine,
        is_standby=is_standby,
    )
