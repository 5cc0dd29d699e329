"""What a trade or a quote proves of its venue: life, nothing yet, or that it is not to be believed."""

from datetime import datetime
from typing import Final

from feeds.connection.board import Board
from feeds.connection.events import Heard, Repeated, Unconfirmed
from feeds.market.validation import Verdict
from feeds.queries import VenuePlan
from feeds.types import Quote, Trade

_GOOD: Final = (Verdict.ACCEPTED, Verdict.CLOCK)
_NO_SIGN: Final = (Verdict.SYMBOL, Verdict.ORDER, Verdict.UNSUPPORTED)
# What may still turn out to be true.
_HELD: Final = (Verdict.JUMP, Verdict.OUTLIER, Verdict.OFF_MARKET)

Sign = Heard | Repeated | Unconfirmed


def sign(
    event: Trade | Quote, verdict: Verdict, venue: VenuePlan, session: int, received_at: datetime, board: Board
) -> Sign | None:
    """For the supervisor; None for what proves nothing at all."""
    if verdict is Verdict.DUPLICATE:
        return Repeated(session)
    if verdict in _NO_SIGN:
        return None
    instrument = venue.instruments[event.symbol]
    is_late = verdict is Verdict.ACCEPTED and isinstance(event, Trade) and _is_late(event, venue, received_at, board)
    if verdict in _HELD or is_late:
        return Heard(session, instrument, is_good=False, is_held=True)
    if isinstance(event, Quote) and board.price(venue.code, instrument) is None:
        instrument = ""
    return Heard(session, instrument, verdict in _GOOD)


def _is_late(trade: Trade, venue: VenuePlan, received_at: datetime, board: Board) -> bool:
    """A line that lags behind the others is no better than a silent one."""
    return board.venues.lags(venue.code, received_at - trade.traded_at)
