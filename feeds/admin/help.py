"""What is said beside the fields of market data in the admin: what they mean, and what a dangerous change does."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from feeds.admin.base import Danger

VENUE: Final = {
    "code": _("The program knows the venue by it; it stays."),
    "name": _("How people call it, on every page."),
    "priority": _("1 is asked first. In the list, drag the rows or type numbers. Holds within 5 seconds."),
    "is_enabled": _("Off: no feed connects to this venue, until somebody switches it on again."),
}
VENUE_DANGERS: Final = (
    Danger(
        "is_enabled",
        "off",
        _(
            "Every feed leaves this venue within 5 seconds. If its price is shown now, the next venue's is shown"
            " instead. What it says meanwhile is missing, and is not filled in later."
        ),
    ),
    Danger(
        "circuit",
        "changed",
        _(
            "The circuit breaker decides no more for itself, in all feeds, until the time that is given: held open it"
            " leaves the venue alone, held closed it uses the venue whatever that did."
        ),
    ),
)

INSTRUMENT: Final = {
    "code": _("What is traded and in which currency it is paid, as BASE-QUOTE: BTC-USDT. It stays as it is saved."),
}
DELETING_INSTRUMENT: Final = _(
    "It is followed no more, and its listings and gaps are deleted. One with stored trades or bars cannot be deleted:"
    " take it out of its feeds instead."
)

LISTING: Final = {
    "venue": _("Where it is traded."),
    "instrument": _("What is traded, in our spelling."),
    "symbol": _("How the venue itself spells it. The venue's own spelling is right, unless it was renamed there."),
    "is_enabled": _("Off: this venue is not asked about this instrument. Its other instruments stay."),
}
LISTING_DANGERS: Final = (
    Danger(
        "is_enabled",
        "off",
        _("This venue is not asked about this instrument any more. Where it leads, the next venue's price is shown."),
    ),
)
DELETING_LISTING: Final = _(
    "The venue is not asked about this instrument any more. To pause it, switch it off instead."
)

FEED: Final = {
    "name": _("A short name in small letters. Prices and addresses go by it, so it stays as it is saved."),
    "title": _("How people call it, on every page."),
    "is_enabled": _("Off: nobody follows it, and its prices are old on every page."),
    "instruments": _("What is followed. Each is shown at the price of the best venue that delivers it."),
}
FEED_DANGERS: Final = (
    Danger(
        "is_enabled",
        "off",
        _(
            "Within 5 seconds its connections are closed, and its prices stand still on every page. What is traded"
            " meanwhile is missing, and is not filled in later."
        ),
    ),
)
DELETING_FEED: Final = _(
    "Its connections are closed within 5 seconds, and it is gone from every page. Its failovers and alerts are deleted"
    " with it; trades and bars stay. To pause it, switch it off instead."
)

FEED_VENUE: Final = {
    "venue": _("The venue that this feed treats in its own way."),
    "priority": _("Its place in this feed alone; empty: the venue's own. Drag the rows or type numbers."),
    "is_never_used": _("This feed never connects to it, others may."),
}
