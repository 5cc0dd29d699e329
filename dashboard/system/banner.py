"""What traders are told when something below the feeds is wrong. Pure: the system goes in, sentences come out."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dashboard.feed.parts import AlertLine
from dashboard.system.system import System
from feeds.storage.servers import FAILOVER, PRIMARY

_AWAY: Final = gettext_noop(
    "The store of live data does not answer. What is shown is the last that was known, with its age; "
    "it goes on by itself."
)
_SECOND: Final = gettext_noop(
    "The second store of live data has taken over from the first. Prices go on, and nothing is lost."
)
_DELAYED: Final = gettext_noop(
    "History is delayed: new trades are kept safe, and come into charts and history a little later."
)


def lines(system: System) -> list[AlertLine]:
    """At most two. Nothing is said before everything was looked at once."""
    if any(seen is None for seen in system.servers.values()):
        return []
    told = []
    since = {name: seen.since_at for name, seen in system.servers.items() if seen}
    if system.is_redis_away:
        told.append(AlertLine(kind="redis", since_at=max(since.values()), text=_(_AWAY)))
    elif system.active == FAILOVER:
        switched_at = system.pair.last_switch_at if system.pair else None
        told.append(AlertLine(kind="failover", since_at=switched_at or since[PRIMARY], text=_(_SECOND)))
    if since_at := system.delayed_since_at:
        told.append(AlertLine(kind="history", since_at=since_at, text=_(_DELAYED)))
    return told
