"""What the server says of the connection itself, to one client or to all."""

from datetime import datetime
from typing import Final

from msgspec import Struct

from dashboard.protocol.commands import Wish
from dashboard.protocol.message import VERSION, Message
from dashboard.protocol.topics import Topic

# So long a resume token is good; a new one comes in good time.
RESUMABLE_S: Final = 300
TICK: Final = "tick"


class Hello(Message, frozen=True, kw_only=True, tag="hello"):
    """The connection is open, and the client is known by this name. `resume` brings it back after a cut."""

    now: datetime
    client: str
    user: str
    resume: str
    v: int = VERSION


class Resumed(Message, frozen=True, kw_only=True, tag="resumed"):
    """The client is the one that it was. `messages` and `errors` are counted on."""

    client: str
    messages: int
    errors: int
    id: int | None = None


class Renewal(Message, frozen=True, kw_only=True, tag="renewal"):
    """A newer resume token; the one before runs out."""

    resume: str


class Taken(Struct, frozen=True, omit_defaults=True):
    """A topic that is subscribed to, as it was asked for. `accounts` are those that it means.

    `recovered`: whether everything after the place that was told follows; if not, the state does, as for a new client.
    """

    wish: Wish
    accounts: list[int] | None = None
    recovered: bool | None = None


class Subscribed(Message, frozen=True, kw_only=True, tag="subscribed"):
    """`id` is null where the server says it by itself: the user may see other accounts now."""

    topics: list[Taken]
    id: int | None = None


class Unsubscribed(Message, frozen=True, kw_only=True, tag="unsubscribed"):
    topics: list[Wish]
    id: int | None = None


class Accepted(Message, frozen=True, kw_only=True, tag="accepted"):
    """What was to be published is in the log, and reaches whoever subscribed to `topic`."""

    topic: str
    id: int | None = None


class Pong(Message, frozen=True, kw_only=True, tag="pong"):
    id: int | None = None


class Offset(Message, frozen=True, kw_only=True, tag="offset"):
    """The place of the newest event of a topic, every few seconds: who is behind missed one, and asks for it."""

    topic: Topic
    feed: str = ""
    about: str = ""
    epoch: str = ""
    offset: int = 0

    @property
    def key(self) -> str:
        return f"{self.feed} offset {self.topic} {self.about}"


class Changed(Message, frozen=True, kw_only=True, tag="changed"):
    """A dashboard of that number has this revision now. Pages are told; the one that shows it is to be loaded again."""

    dashboard: int
    revision: int


class Rights(Message, frozen=True, kw_only=True, tag="rights"):
    """What this user may see may be less now. Pages are told; one of a dashboard asks whether it may still be shown."""


class Error(Message, frozen=True, kw_only=True, tag="error"):
    """What was wrong: with the command of that `id`, with a frame, or with the connection, which is closed next."""

    code: int
    text: str
    id: int | None = None


class Tick(Message, frozen=True, kw_only=True, tag="tick"):
    """The server's clock, once a second, so that ages need not trust the client's. To be answered with a pong."""

    now: datetime

    @property
    def key(self) -> str:
        return TICK
