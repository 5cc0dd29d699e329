"""What a client says: one JSON object in each frame."""

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from dashboard.protocol.topics import Topic

# Ours are far shorter; this bounds what is kept of a client.
_Word = Annotated[str, Meta(max_length=64)]
MOST_TOPICS: Final = 50


class Place(Struct, forbid_unknown_fields=True, frozen=True):
    """The last event that was seen of a topic."""

    epoch: _Word
    offset: Annotated[int, Meta(ge=0)]


class Wish(Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """One topic: of one instrument or of all (""), of a feed ("": the first); of one account or of all that are the
    user's to see (None); of one publisher's topic, `USER/NAME`, or of all (""). With `after` what came since then.
    """

    topic: Topic
    feed: _Word = ""
    instrument: _Word = ""
    account: int | None = None
    name: Annotated[str, Meta(max_length=200)] = ""
    after: Place | None = None

    @property
    def title(self) -> str:
        """For people: `price main BTC-USDT`."""
        about = (self.feed, self.instrument, self.name, "" if self.account is None else str(self.account))
        return " ".join((self.topic, *filter(None, about)))


_Wishes = Annotated[list[Wish], Meta(min_length=1, max_length=MOST_TOPICS)]


class Command(Struct, forbid_unknown_fields=True, tag_field="type", kw_only=True):
    """`id` is the client's own, and comes back with the answer."""

    id: int | None = None


class Auth(Command, tag="auth"):
    """First of a connection that came without a login: an API token."""

    token: Annotated[str, Meta(max_length=200)]


class Resume(Command, tag="resume"):
    """The client was here before: it goes on under its name, with its counts."""

    token: Annotated[str, Meta(max_length=1000)]


class Subscribe(Command, tag="subscribe"):
    """From now on these too. The state comes first, then what changes."""

    topics: _Wishes


class Unsubscribe(Command, tag="unsubscribe"):
    """No more of these, spelt as they were subscribed to."""

    topics: _Wishes


class Publish(Command, tag="publish"):
    """Tells whoever subscribed to `published` of this name."""

    # Python's $ is also before a line end that is last.
    name: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{0,31}$(?!\n)")]
    data: dict[str, Any]


class Pong(Command, tag="pong"):
    """The answer to a tick: how many frames came so far."""

    frames: Annotated[int, Meta(ge=0)]


class Ping(Command, tag="ping"):
    """Asks whether the server is there; a pong comes back."""


class Painted(Command, tag="painted"):
    """A browser has just painted a price that was received then. One in a hundred is told of."""

    received_at: Annotated[datetime, Meta(tz=True)]


Said = Auth | Resume | Subscribe | Unsubscribe | Publish | Pong | Ping | Painted
_decode = msgspec.json.Decoder(Said).decode


def decode(text: str | bytes) -> Said:
    """Raises ValueError, with what is wrong in words."""
    try:
        said: Said = _decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise ValueError(f"This is no command: {error}") from error
    return said
