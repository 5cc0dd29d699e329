"""What can be looked at and taken away, each as the API tells it."""

from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from feeds.api.candles import Candles
from feeds.api.diary import Alerts, Failovers, HealthSnapshots
from feeds.api.gaps import Gaps
from feeds.api.listing import History
from feeds.api.quotes import Quotes
from feeds.api.trades import Trades
from positions.api.history import Balances, Drifts, Fills, PositionChanges


class Kind(NamedTuple):
    """`needs`: the fields without which nothing can be told."""

    title: Promise
    history: type[History]
    needs: frozenset[str] = frozenset()
    is_of_operators: bool = False

    @property
    def asks(self) -> frozenset[str]:
        """The fields that mean something."""
        return frozenset(self.history.filterset_class.get_filters())


# By the names of their routes.
KINDS: Final = {
    "trades": Kind(_("Trades"), Trades, frozenset({"instrument"})),
    "quotes": Kind(_("Quotes"), Quotes, frozenset({"instrument"})),
    "candles": Kind(_("Candles"), Candles, frozenset({"instrument", "venue"})),
    "gaps": Kind(_("Gaps"), Gaps),
    "failovers": Kind(_("Switches"), Failovers),
    "alerts": Kind(_("Alerts"), Alerts),
    "position-changes": Kind(_("Changes of positions"), PositionChanges),
    "fills": Kind(_("Fills"), Fills),
    "balances": Kind(_("Balances"), Balances),
    "drifts": Kind(_("Drifts"), Drifts),
    "health-snapshots": Kind(_("Health snapshots"), HealthSnapshots, is_of_operators=True),
}
