"""What the server says: a frame is a JSON array of messages.

State messages conflate by `key`: a newer one replaces an older one that is still waiting. Messages without a key are
events: they keep their order and none is left out.
"""

from typing import ClassVar, Final

import msgspec

from dashboard.protocol.topics import Topic

VERSION: Final = 2


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    # By which topic it comes; None: to whoever hears anything of its source.
    kind: ClassVar[Topic | None] = None
    # Whether it is worth a frame of its own; what comes by the clock goes with the others.
    is_urgent: ClassVar[bool] = True

    @property
    def key(self) -> str:
        """What a newer message of the same key replaces; "" for an event."""
        return ""

    @property
    def about(self) -> str:
        """The only instrument, account or publisher's topic that it is about; "" for what is about all."""
        return ""


class Event(Message, frozen=True, kw_only=True):
    """One after the other: `offset` is one more than the last one's of the same topic and the same `epoch`.

    With `is_snapshot` it is no news: what happened last, up to this place.
    """

    kind: ClassVar[Topic]

    epoch: str = ""
    offset: int = 0
    is_snapshot: bool = False


_encode = msgspec.json.Encoder().encode


def encoded(message: Message) -> str:
    return _encode(message).decode()
