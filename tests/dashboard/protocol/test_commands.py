"""Commands from strangers: whatever comes, it is a command or a ValueError, and soon (C6)."""

import msgspec
import pytest
from hypothesis import given

from dashboard.protocol.commands import Command, decode
from tests.dashboard.protocol.hostile import EXTREME, GOOD, KINDS, NASTY
from tests.waiting import Stopwatch

# A decoder that went back over what it has read would take seconds.
SOON_S = 0.1


@pytest.mark.parametrize("frame", GOOD)
def test_good_commands_are_understood(frame: str) -> None:
    """The hostile frames below are these, spoilt."""
    assert msgspec.json.encode(decode(frame)) == msgspec.json.encode(decode(frame.encode()))


@pytest.mark.parametrize("kind", KINDS)
def test_any_frame_is_a_command_or_a_value_error(kind: str) -> None:
    """C6, W-05: a hundred frames of each kind, and with the profile `thorough` a hundred thousand."""

    @given(KINDS[kind])
    def take(frame: str | bytes) -> None:
        try:
            said = decode(frame)
        except ValueError:
            return
        assert isinstance(said, Command)
        # What is said back to the client, its own id for one, can be said.
        msgspec.json.encode(said)

    take()


@pytest.mark.parametrize("name", NASTY)
def test_nasty_frames_are_refused_at_once(name: str) -> None:
    """C6: depth, length, numbers and wrong types cost no time and no other exception, and little is said of them."""
    watch = Stopwatch()
    with pytest.raises(ValueError, match="This is no command: ") as refused:
        decode(NASTY[name])
    assert watch.seconds() < SOON_S
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("name", EXTREME)
def test_extreme_commands_are_understood_at_once(name: str) -> None:
    """What is well formed is for the consumer to refuse, and can be said again."""
    watch = Stopwatch()
    assert msgspec.json.decode(msgspec.json.encode(decode(EXTREME[name])))
    assert watch.seconds() < SOON_S
