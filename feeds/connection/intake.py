"""What becomes of a frame: each trade is judged, shown and recorded; so is each quote, but one a second recorded."""

import logging
from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import msgspec

from feeds.clock import Clock
from feeds.connection.board import Board
from feeds.connection.corruption import Corruption
from feeds.connection.events import Unconfirmed
from feeds.connection.ledger import Ledger
from feeds.connection.rejection import Rejection
from feeds.connection.sampler import Sampler
from feeds.connection.session import Received
from feeds.connection.sign import Sign, sign
from feeds.errors import BadFrame, printable
from feeds.market.anomaly import Anomaly
from feeds.market.latency import ACCEPT, VENUE
from feeds.market.validation import Validation, Verdict, judge_quote
from feeds.queries import VenuePlan
from feeds.storage.latest import LoggedTrade, encode
from feeds.storage.recorder import Recorder
from feeds.tally import QUOTES, RECEIVED, TALLY
from feeds.types import Event, Notice, Quote, Trade
from feeds.venues import REGISTRY

logger = logging.getLogger(__name__)
_MILLISECOND: Final = timedelta(milliseconds=1)

# What cannot be a trade of this venue, or of this time, says nothing of what is missing.
_NO_TRADE: Final = (Verdict.SYMBOL, Verdict.PRICE_BOUNDS, Verdict.SIZE_BOUNDS, Verdict.CLOCK)
# A book so far from its venue's last trade is not shown beside it: whether it is right, the next trades will say.
FAR: Final = Decimal("1.1")
NEAR: Final = Decimal("1.02")
OLD: Final = timedelta(seconds=5)


class Intake:
    """Remembers each venue's trades over its sessions: venues repeat the last ones after a subscription."""

    def __init__(self, board: Board, recorder: Recorder, sampler: Sampler, ledger: Ledger, clock: Clock) -> None:
        self._board = board
        self._ledger = ledger
        self._recorder = recorder
        self._sampler = sampler
        self._clock = clock
        self._rejection = Rejection(board, recorder, clock)
        self._validations = {code: Validation(dialect.has_rising_ids) for code, dialect in REGISTRY.items()}
        self._corruptions = {code: Corruption() for code in REGISTRY}
        self._said: dict[str, Trade | Quote] = {}
        self._anomalies: dict[str, Anomaly[LoggedTrade]] = defaultdict(Anomaly)

    async def take(self, received: Received, venue: VenuePlan, session: int) -> list[Sign]:
        """Takes everything that a frame said, oldest first; what the supervisor has to hear of it. Waits while there
        is no room.

        Old times are life all the same: whose clock is wrong is not known here.

        Raises Corrupt after the frame with which the venue has sent too much that is wrong.
        """
        self._corruptions[venue.code].note_frame(self._clock.monotonic(), received.bad_frame is not None)
        if received.bad_frame is not None:
            self._rejection.reject(venue.code, received.bad_frame, received.received_at, received.frame)
        oldest_first = reversed(received.events) if REGISTRY[venue.code].is_newest_first else received.events
        heard: dict[Sign, None] = {}
        for event in oldest_first:
            if proof := await self._take_event(event, venue, received.received_at, session):
                heard[proof] = None
        self._end_if_corrupt(venue.code)
        if count := sum(self._anomalies[code].take_unconfirmed(venue.code) for code in set(venue.instruments.values())):
            heard[Unconfirmed(session, count)] = None
        if heard:
            self._note_delays(received, venue.code)
        return list(heard)

    def said(self, code: str) -> str:
        """The last trade or quote of a venue, whatever became of it, as JSON; "" where there was none."""
        last = self._said.get(code)
        return printable(encode(last).decode()) if last is not None else ""

    async def _take_event(self, event: Event, venue: VenuePlan, received_at: datetime, session: int) -> Sign | None:
        match event:
            case Trade():
                TALLY.add(RECEIVED, venue.code)
                self._said[venue.code] = event
                verdict = await self._take_trade(event, venue, received_at)
                if verdict not in _NO_TRADE:
                    self._ledger.heard(session, venue.code, venue.instruments[event.symbol], event)
            case Quote():
                TALLY.add(QUOTES, venue.code)
                self._said[venue.code] = event
                verdict = self._take_quote(event, venue, received_at)
            case Notice(text):
                logger.warning("%s: %s", venue.code, text)
                return None
            case _:
                return None
        return sign(event, verdict, venue, session, received_at, self._board)

    async def _take_trade(self, trade: Trade, venue: VenuePlan, received_at: datetime) -> Verdict:
        verdict = self._validations[venue.code].judge(trade, received_at, venue.instruments)
        if verdict is Verdict.DUPLICATE:
            self._board.venues.repeat(venue.code)
            return verdict
        self._board.venues.hear_time(venue.code, trade.traded_at, received_at)
        if verdict is Verdict.ACCEPTED:
            return await self._weigh(self._as_logged(trade, venue, received_at))
        if verdict.is_quarantined:
            logged = self._as_logged(trade, venue, received_at)
            await self._set_aside(logged, verdict)
        else:
            self._refuse(trade, verdict, venue, received_at)
        return verdict

    async def _weigh(self, trade: LoggedTrade) -> Verdict:
        """Holds a trade that is in order against what its venue and the others said before.

        An old one, which a venue repeats after a subscription, is no jump where the market has moved a little since.
        """
        is_old = trade.received_at - trade.traded_at > OLD
        if not (is_old and self._is_near(trade)):
            anomaly = self._anomalies[trade.instrument]
            judgement = anomaly.judge(trade.venue, trade, trade.price, self._clock.monotonic())
            if judgement.reason:
                await self._set_aside(trade, Verdict(judgement.reason))
                return Verdict(judgement.reason)
            for released in judgement.released:
                self._board.release(released)
                await self._recorder.add(released)
        self._board.trade(trade)
        self._board.venues.accept(trade.venue)
        await self._recorder.add(trade)
        return Verdict.ACCEPTED

    def _is_near(self, trade: LoggedTrade) -> bool:
        shown = self._board.shown(trade.instrument)
        return shown is not None and shown.trade.price / NEAR < trade.price < shown.trade.price * NEAR

    async def _set_aside(self, trade: LoggedTrade, verdict: Verdict) -> None:
        """It may have happened: it is kept at once, and once more when it is released."""
        self._board.venues.quarantine(trade.venue, verdict)
        await self._recorder.add(msgspec.structs.replace(trade, quarantine=str(verdict)))

    def _take_quote(self, quote: Quote, venue: VenuePlan, received_at: datetime) -> Verdict:
        if quote.quoted_at is not None:
            self._board.venues.hear_time(venue.code, quote.quoted_at, received_at)
        verdict = judge_quote(quote, received_at, venue.instruments)
        if verdict is Verdict.ACCEPTED:
            instrument = venue.instruments[quote.symbol]
            last = self._board.price(venue.code, instrument)
            if last is not None and not last / FAR < quote.bid + (quote.ask - quote.bid) / 2 < last * FAR:
                verdict = Verdict.JUMP
            else:
                self._sampler.note(venue.code, instrument, quote, received_at)
                if not self._board.quote(venue.code, instrument, quote, received_at) and last is not None:
                    return Verdict.UNSUPPORTED
        if verdict.is_quarantined:
            self._board.venues.quarantine(venue.code, verdict)
        elif verdict is not Verdict.ACCEPTED:
            self._refuse(quote, verdict, venue, received_at)
        return verdict

    def _refuse(self, event: Trade | Quote, verdict: Verdict, venue: VenuePlan, received_at: datetime) -> None:
        if verdict is Verdict.SYMBOL:
            self._corruptions[venue.code].note_stray(self._clock.monotonic())
        self._rejection.reject(venue.code, BadFrame(verdict, encode(event).decode()), received_at)

    def _note_delays(self, received: Received, code: str) -> None:
        """Of the frame: how long its venue's last trade was on the way, and how long we took to judge it."""
        self._board.took(ACCEPT, code, (self._clock.now() - received.received_at) / _MILLISECOND)
        times = [event.traded_at for event in received.events if isinstance(event, Trade)]
        if times and (skew := self._board.venues.offset(code)) is not None:
            self._board.took(VENUE, code, (received.received_at - max(times) + skew) / _MILLISECOND)

    def _as_logged(self, trade: Trade, venue: VenuePlan, received_at: datetime) -> LoggedTrade:
        return _logged(trade, venue, received_at, self._board.feed, self._is_standby(trade, venue))

    def _is_standby(self, trade: Trade, venue: VenuePlan) -> bool:
        """Whether another venue's price is shown now."""
        return self._board.source(venue.instruments[trade.symbol]) not in ("", venue.code)

    def _end_if_corrupt(self, code: str) -> None:
        corrupt = self._corruptions[code].verdict(self._clock.monotonic())
        if corrupt is not None:
            # The next session is judged by what it sends itself.
            self._corruptions[code] = Corruption()
            raise corrupt


def _logged(trade: Trade, venue: VenuePlan, received_at: datetime, feed: str, is_standby: bool) -> LoggedTrade:
    return LoggedTrade(
        venue=venue.code,
        instrument=venue.instruments[trade.symbol],
        trade_id=trade.trade_id,
        price=trade.price,
        size=trade.size,
        side=trade.side,
        traded_at=trade.traded_at,
        received_at=received_at,
        feed=feed,
        is_standby=is_standby,
    )
