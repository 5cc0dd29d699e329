"""What a client's wish means, and whether it may be fulfilled. Pure: rights and what there is are handed in."""

from typing import Final, NamedTuple

from msgspec import structs

from dashboard.audience import Interest
from dashboard.hub import SourceName
from dashboard.manner import Manner
from dashboard.protocol import codes
from dashboard.protocol.answers import Taken
from dashboard.protocol.commands import Wish
from dashboard.protocol.topics import OF_ACCOUNTS, OF_FEEDS, Topic
from dashboard.sockets.directory import Feeds
from dashboard.sockets.identity import Identity
from dashboard.sources import ACCOUNTS, FEED, LOG, PUBLISHED, REDIS

# Each is a source of its own.
_OF_SYSTEM: Final = {Topic.REDIS: REDIS, Topic.LOG: LOG}
# What these tell is about all instruments of their feed.
_OF_WHOLE_FEEDS: Final = frozenset({Topic.VENUES, Topic.HEALTH, Topic.ALERTS})


class Refused(Exception):
    """With a code of protocol.codes and a sentence."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


class Order(NamedTuple):
    """A wish that may be fulfilled: what is listened to, and the accounts that it means, None where it means none."""

    wish: Wish
    source: SourceName
    interests: frozenset[Interest]
    accounts: list[int] | None = None

    def taken(self, recovered: set[Interest]) -> Taken:
        is_recovered = self.interests <= recovered if self.wish.after else None
        return Taken(wish=self.wish, accounts=self.accounts, recovered=is_recovered)


def name_of(wish: Wish) -> Wish:
    """The same for each time that it is wished."""
    return structs.replace(wish, after=None)


def order(wish: Wish, identity: Identity, feeds: Feeds, manner: Manner = Manner()) -> Order:  # noqa: B008  # a tuple
    """Raises Refused. Whether an account is not there or is not theirs to see, nobody is told."""
    if wish.topic not in identity.topics:
        raise Refused(codes.NOT_ALLOWED, f"You may not subscribe to {wish.topic}.")
    if wish.topic is Topic.TRAPS:
        raise Refused(codes.NOT_AVAILABLE, "No trap detector runs here yet.")
    if wish.topic in OF_FEEDS:
        made = _of_feed(wish, feeds, manner)
    elif wish.topic in OF_ACCOUNTS:
        made = _of_accounts(wish, identity, manner)
    elif wish.topic in _OF_SYSTEM:
        made = Order(wish, SourceName(_OF_SYSTEM[wish.topic], manner=manner), frozenset({Interest(wish.topic)}))
    else:
        made = Order(wish, SourceName(PUBLISHED), frozenset({Interest(wish.topic, wish.name)}))
    if wish.after and any(not interest.about for interest in made.interests if wish.topic is not Topic.ALERTS):
        raise Refused(codes.BAD_FRAME, "A place (after) is of one instrument or name: say which.")
    return made


def judged_again(made: Order, identity: Identity) -> Order:
    """The same with the rights of now: they may see more accounts. Raises Refused where they lost some of it."""
    if made.wish.topic not in identity.topics:
        raise Refused(codes.NOT_ALLOWED, f"You may not subscribe to {made.wish.topic} any more.")
    if made.accounts is None:
        return made
    if not identity.accounts.issuperset(made.accounts):
        raise Refused(codes.NOT_ALLOWED, "You may not see all of these accounts any more.")
    return _of_accounts(made.wish, identity, made.source.manner)


def _of_feed(wish: Wish, feeds: Feeds, manner: Manner) -> Order:
    # While there is none, the first feed is the one that comes.
    feed = wish.feed or next(iter(feeds), "")
    if feed and feed not in feeds:
        raise Refused(codes.NOT_FOUND, f"There is no feed {wish.feed!r}.")
    if wish.instrument and wish.instrument not in feeds.get(feed, ()):
        raise Refused(codes.NOT_FOUND, f"The feed {feed!r} has no instrument {wish.instrument!r}.")
    about = "" if wish.topic in _OF_WHOLE_FEEDS else wish.instrument
    return Order(wish, SourceName(FEED, feed, manner), frozenset({Interest(wish.topic, about)}))


def _of_accounts(wish: Wish, identity: Identity, manner: Manner) -> Order:
    if wish.account is not None and wish.account not in identity.accounts:
        raise Refused(codes.NOT_FOUND, f"There is no account {wish.account} that you may see.")
    accounts = sorted(identity.accounts) if wish.account is None else [wish.account]
    interests = frozenset(Interest(wish.topic, str(account)) for account in accounts)
    return Order(wish, SourceName(ACCOUNTS, manner=manner), interests, accounts)
