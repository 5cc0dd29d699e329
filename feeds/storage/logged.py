"""What an entry of the durable log holds: a trade, or the last quote of a second. Both drain into the database.

A quote says first what it is. A trade says nothing of the kind, as it did when there were only trades in the log.
"""

from datetime import datetime
from decimal import Decimal
from typing import Final

import msgspec

from feeds.storage.latest import LoggedTrade, decode_trade


class LoggedQuote(msgspec.Struct, frozen=True, gc=False, tag_field="kind", tag="quote"):
    """The last believed best bid and ask of a second, by our clock. `quoted_at`: the venue's, where it tells."""

    venue: str
    instrument: str
    bid: Decimal
    bid_size: Decimal
    ask: Decimal
    ask_size: Decimal
    quoted_at: datetime | None
    received_at: datetime

    @property
    def second_at(self) -> datetime:
        return self.received_at.replace(microsecond=0)


Logged = LoggedTrade | LoggedQuote

_QUOTE: Final = b'{"kind":"quote",'
_decode_quote = msgspec.json.Decoder(LoggedQuote).decode


def decode(content: bytes) -> Logged:
    """MsgspecError for what is neither."""
    return _decode_quote(content) if content.startswith(_QUOTE) else decode_trade(content)
