"""The price moves from one venue to another: when it began, why, and what it cost. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from feeds.connection.effects import VenueEvidence
from feeds.storage.latest import Switch

# A price that is older is stale: it costs uptime.
STALE_AFTER_S: Final = 5.0


@dataclass(frozen=True)
class Handover:
    """A venue was left: its last data, and what was known then. `instrument` is "" where it is about all of them."""

    from_venue: str
    reason: str
    last_data_at: datetime
    evidence: dict[str, VenueEvidence]
    instrument: str = ""

    def to(self, venue: str, at: datetime) -> Switch:
        """The venue whose price is shown from now on."""
        age = (at - self.last_data_at).total_seconds()
        stale_s = max(0.0, age - STALE_AFTER_S)
        return Switch(self.from_venue, venue, self.reason, at, self.instrument, stale_s, age)
