"""What the peers send: a price of some three hundred bytes, in a frame as ours are."""

from datetime import UTC, datetime
from typing import Final

SIZE: Final = 300
# A client has the state now: there is no more to it.
BEGUN: Final = '[{"type":"subscribed","topics":[]}]'


def price() -> tuple[str, float]:
    """The frame, and when it was made."""
    now = datetime.now(UTC)
    fields = f'"type":"price","feed":"main","instrument":"BTC-USDT","received_at":"{now.isoformat()}","passport":""'
    return f"[{{{fields.ljust(SIZE)}}}]", now.timestamp()
