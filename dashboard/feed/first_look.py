"""What an instrument did lately, for a page as it leaves the server: as this process told it last, else as stored."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from dashboard import kept
from dashboard.feed import telling
from dashboard.feed.board import Board
from dashboard.feed.lately import Flow, FlowBucket, Moves
from dashboard.protocol.message import Message
from feeds.market.flow import MINUTE_S
from feeds.queries import day_range, lately

# A page does not wait for more; the socket brings the rest.
MOST_TRADES: Final = 10_000


@dataclass(frozen=True)
class FirstLook:
    """`minutes` are newest first."""

    moves: Moves | None = None
    flow: Flow | None = None
    minutes: list[FlowBucket] = field(default_factory=list)


def keep(feed: str, instrument: str, told: Sequence[Message], now: datetime) -> None:
    """For the pages of this process."""
    kept.keep(_name(feed, instrument), list(told), now)


def first_look(board: Board, instrument: str, now: datetime) -> FirstLook:
    """Blocking."""
    told: Sequence[Message] | None = kept.kept(_name(board.feed.name, instrument), now)
    if told is None:
        told = _stored(board, instrument, now)
        keep(board.feed.name, instrument, told, now)
    minutes = [each for each in told if isinstance(each, FlowBucket) and each.width == MINUTE_S]
    return FirstLook(
        moves=next((each for each in told if isinstance(each, Moves)), None),
        flow=next((each for each in told if isinstance(each, Flow)), None),
        minutes=minutes[::-1],
    )


def _stored(board: Board, instrument: str, now: datetime) -> list[Message]:
    price = board.prices.get(instrument)
    day = day_range(instrument, price.venue, now) if price else None
    return telling.everything(lately(instrument, now, MOST_TRADES), price, day, instrument, now)


def _name(feed: str, instrument: str) -> str:
    return f"lately:{feed}:{instrument}"
