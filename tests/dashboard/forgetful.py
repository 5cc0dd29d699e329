"""A hub that is broken on purpose: whatever proves that nothing is missed has to fail with it."""

from collections.abc import Mapping

from dashboard.audience import Interest
from dashboard.hub import Hub, SourceName
from dashboard.outbox import Outbox
from dashboard.protocol.commands import Place


class Forgetful(Hub):
    """Gives the state to everybody, and says to who comes back that everything missed follows."""

    def subscribe(self, outbox: Outbox, name: SourceName, wanted: Mapping[Interest, Place | None]) -> set[Interest]:
        super().subscribe(outbox, name, dict.fromkeys(wanted))
        return {interest for interest, place in wanted.items() if place}
