"""What an admin may ask of a venue: to be more careful than it demands, never less. Pure."""

from feeds.pace import Rate
from feeds.venues.base import Venue

# More often says nothing more, and would use up what the strictest venue lets us send in an hour.
PING_EVERY_AT_LEAST_S = 10.0


def ping_every(wanted: float | None, dialect: Venue) -> float | None:
    """Seconds between our pings; None where only the venue pings."""
    if wanted is None or dialect.ping_every is None:
        return dialect.ping_every
    return min(wanted, dialect.ping_every)


def rate(wanted: int | None, published: Rate) -> Rate:
    """The venue's limit, or an admin's own within it."""
    return published if wanted is None else Rate(min(wanted, published.count), published.within)


def ping_objection(wanted: float | None, dialect: Venue) -> str:
    """Why we must not ping so; "" where we may."""
    if wanted is None:
        return ""
    if dialect.ping_every is None:
        return f"Leave it empty: only {dialect.name} pings."
    if not PING_EVERY_AT_LEAST_S <= wanted <= dialect.ping_every:
        return f"{dialect.name} wants a ping every {PING_EVERY_AT_LEAST_S:g} to {dialect.ping_every:g} s."
    return ""


def rate_objection(wanted: int | None, published: Rate, name: str) -> str:
    """Why we must not ask for so many; "" where we may."""
    if wanted is None or wanted <= published.count:
        return ""
    return f"{name} allows {published.count} in {published.within:g} s; ask for as many or fewer."
