"""Faults of one venue, or of one session of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from feeds.errors import CertificateRefused, ClosedByVenue, Corrupt, ProtocolBroken
from tests.simulation.faults.fault import Begin, End
from tests.simulation.session import FakeSession
from tests.simulation.venue import FakeVenue

if TYPE_CHECKING:
    from tests.simulation.world import World

CLOSE_CODES: Final = (1000, 1001, 1005, 1006, 1008, 1012, 1013)
ANNOUNCED_S: Final = 10.0
# So many venues never have troubles of their own.
SOUND: Final = 2


def at_a_venue(trouble: str) -> Begin:
    """A trouble of one venue, a better one more likely."""

    def begin(world: World, seconds: float) -> End:
        return trouble_of(world, _pick(world), trouble)

    return begin


def trouble_of(world: World, venue: FakeVenue, trouble: str) -> End:
    venue.begin(trouble)
    if trouble == "down":
        cut(world, venue, 1006)
    return partial(venue.end, trouble)


def cut(world: World, venue: FakeVenue, code: int) -> None:
    """Every open session of a venue is closed by it."""
    for session in world.sessions():
        if session.venue is venue and session.is_open:
            world.schedule.after(world.random.uniform(0.005, 0.05), session.end, ClosedByVenue(code, ""))


def flap(world: World, code: str, up: float, down: float) -> None:
    """The venue comes and goes, as long as there are faults."""
    venue = world.venues[code]

    def rise() -> None:
        venue.end("down")
        world.schedule.after(up, fall)

    def fall() -> None:
        if world.schedule.now + down < world.calm_from:
            trouble_of(world, venue, "down")
            world.schedule.after(down, rise)

    world.schedule.after(up, fall)


def refuse(world: World, seconds: float) -> End:
    return trouble_of(world, _pick(world), f"refuses {world.random.choice(world.instruments)}")


def mute_one(world: World, seconds: float) -> End:
    return trouble_of(world, _pick(world), f"mute {world.random.choice(world.instruments)}")


def close(world: World, seconds: float) -> None:
    venue = _pick(world)
    venue.touch()
    cut(world, venue, world.random.choice(CLOSE_CODES))


def fail(world: World, seconds: float) -> None:
    """One session ends with an error of another kind."""
    venue = _pick(world)
    venue.touch()
    errors = (Corrupt("too much is wrong"), ProtocolBroken(1009, "a frame too large"), CertificateRefused("expired"))
    for session in _open_sessions(world, venue):
        world.schedule.after(0.01, session.end, world.random.choice(errors))


def announce(world: World, seconds: float) -> None:
    """The venue says that it will close, and does."""
    venue = _pick(world)
    for session in _open_sessions(world, venue):
        session.announce()
        world.schedule.after(ANNOUNCED_S, session.end, ClosedByVenue(1001, "maintenance"))


def _pick(world: World) -> FakeVenue:
    """Better venues more often; the last ones never."""
    codes = [terms.code for terms in world.all_terms][:-SOUND]
    return world.venues[world.random.choices(codes, weights=range(len(codes), 0, -1))[0]]


def _open_sessions(world: World, venue: FakeVenue) -> list[FakeSession]:
    return [session for session in world.sessions() if session.venue is venue and session.is_open]
