"""What an admin may ask of a venue: to be more careful than it demands, never less. Pure."""

from typing import Final, NamedTuple

from feeds.pace import Rate
from feeds.venues.base import Venue

# More often says nothing more, and would use up what the strictest venue lets us send in an hour.
PING_EVERY_AT_LEAST_S: Final = 10.0


class PingChoice(NamedTuple):
    """From and to how many seconds may lie between our pings."""

    least: float
    most: float


def ping_choice(dialect: Venue) -> PingChoice | None:
    """None where the venue decides: it pings by itself, or it says at each connection how often it wants it."""
    if dialect.ping_every is None or dialect.prepare(dialect.urls[0]) is not None:
        return None
    return PingChoice(PING_EVERY_AT_LEAST_S, dialect.ping_every)


def ping_every(wanted: float | None, dialect: Venue) -> float | None:
    """Seconds between our pings; None where only the venue pings."""
    choice = ping_choice(dialect)
    if wanted is None or choice is None:
        return dialect.ping_every
    return max(choice.least, min(wanted, choice.most))


def rate(wanted: int | None, published: Rate) -> Rate:
    """The venue's limit, or an admin's own within it."""
    return published if wanted is None else Rate(min(wanted, published.count), published.within)


def ping_objection(wanted: float | None, dialect: Venue) -> str:
    """Why we must not ping so; "" where we may."""
    choice = ping_choice(dialect)
    if wanted is None:
        return ""
    if choice is None:
        return f"Leave it empty: {dialect.name} decides how often."
    if not choice.least <= wanted <= choice.most:
        return f"{dialect.name} wants a ping every {choice.least:g} to {choice.most:g} s."
    return ""


def rate_objection(wanted: int | None, published: Rate, name: str) -> str:
    """Why we must not ask for so many; "" where we may."""
    if wanted is None or wanted <= published.count:
        return ""
    return f"{name} allows {published.count} in {published.within:g} s; ask for as many or fewer."
