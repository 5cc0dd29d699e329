"""One case: what a client sends, and what must come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.conformance.wire import CLOSE, PONG, WHOLE_BINARY, WHOLE_TEXT, Frame, Line, closing

# Of a server that hung up without a word.
NO_WORD = 0


@dataclass(frozen=True)
class Case:
    """`back` in this order, then the close frame with one of these codes (None: with no code), then the end.

    A case that fails may leave out frames at the end of `back`: the server may look ahead before it answers.
    """

    name: str
    sent: tuple[bytes, ...]
    back: tuple[Frame, ...] = ()
    codes: frozenset[int | None] = frozenset({1000})
    fails: bool = False
    is_left_open: bool = False

    async def play(self, line: Line) -> list[Frame]:
        """What the server says until it hangs up."""
        for data in self.sent:
            await line.say(data)
        if not self.is_left_open:
            return await line.hear_all()
        # A good-bye in haste could overtake the answer.
        heard = await line.hear_some(len(self.back))
        await line.say(closing(1000))
        return heard + await line.hear_all()

    def faults(self, heard: Sequence[Frame]) -> str:
        """What was wrong with the answer in words; "" for a right one."""
        frames = [frame for frame in heard if frame.first != CLOSE]
        closes = [frame for frame in heard if frame.first == CLOSE]
        code = closes[0].code if closes else NO_WORD
        wanted = list(self.back[: len(frames)] if self.fails else self.back)
        if frames != wanted:
            return f"heard {_short(frames)} instead of {_short(self.back)}"
        if code not in self.codes or len(closes) > 1:
            return f"closed with {code} instead of {sorted(self.codes, key=str)}"
        return "something came after the close frame" if closes and heard[-1] != closes[0] else ""


def good(name: str, *sent: bytes, back: Sequence[Frame] = ()) -> Case:
    """All is answered; then the client says good-bye."""
    return Case(name, sent, tuple(back), is_left_open=True)


def bad(name: str, *sent: bytes, codes: Sequence[int] = (1002,), back: Sequence[Frame] = ()) -> Case:
    """The server ends the connection by itself."""
    return Case(name, sent, tuple(back), frozenset(codes), fails=True)


def bad_close(name: str, *sent: bytes, codes: Sequence[int] = (1002,)) -> Case:
    """The client closes as it must not; the server may hang up on that without a word."""
    return bad(name, *sent, codes=(*codes, NO_WORD))


def ended(name: str, *sent: bytes, code: int | None = None) -> Case:
    """The client closes, and the server does too: with the same code, or with 1000 for whatever was said."""
    return Case(name, sent, codes=frozenset({code, 1000}))


def text(data: bytes | str) -> Frame:
    return Frame(WHOLE_TEXT, data.encode() if isinstance(data, str) else data)


def binary(data: bytes) -> Frame:
    return Frame(WHOLE_BINARY, data)


def pong(data: bytes = b"") -> Frame:
    return Frame(PONG, data)


def _short(frames: Sequence[Frame]) -> str:
    return (
        ", ".join(f"{frame.first:#04x} {frame.data[:20]!r} ({len(frame.data)} bytes)" for frame in frames) or "nothing"
    )
