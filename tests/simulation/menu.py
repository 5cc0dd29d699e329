"""The fault menu. Each begins a trouble, and answers how it ends; None where it is over with its beginning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from feeds.connection.events import Announced, Policy, Unsettled
from feeds.errors import CertificateRefused, ClosedByVenue, Corrupt, ProtocolBroken
from tests.simulation.session import FakeSession
from tests.simulation.venue import FakeVenue

if TYPE_CHECKING:
    from tests.simulation.world import World

End = Callable[[], None]
Begin = Callable[["World", float], End | None]

CLOSE_CODES: Final = (1000, 1001, 1005, 1006, 1008, 1012, 1013)
ANNOUNCED_S: Final = 10.0
QUIETER: Final = 12.0
# A stream that was quiet is given more time for a while (V-17).
AFTER_QUIET_S: Final = 180.0
# Without troubles of their own, in any run, are the last so many venues of the order that it begins with.
SOUND: Final = 2


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong. `weight` is how often, compared with the others."""

    name: str
    weight: int
    begin: Begin


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
        session.worker.hear(Announced(session.number, "maintenance"))
        world.schedule.after(ANNOUNCED_S, session.end, ClosedByVenue(1001, "maintenance"))


def together(trouble: str) -> Begin:
    """All venues at once."""

    def begin(world: World, seconds: float) -> End:
        ends = [trouble_of(world, venue, trouble) for venue in world.venues.values()]

        def end() -> None:
            for each in ends:
                each()

        return end

    return begin


def swizzle_clog(world: World, seconds: float) -> None:
    """All links stop one by one, and are restored in an order of their own."""
    stops, returns = list(world.venues.values()), list(world.venues.values())
    world.random.shuffle(stops)
    world.random.shuffle(returns)
    for place, venue in enumerate(stops):
        world.schedule.after(seconds * place / 20, venue.begin, "unreachable")
    for place, venue in enumerate(returns):
        world.schedule.after(seconds * (10 + place) / 20, venue.end, "unreachable")


def quiet_market(world: World, seconds: float) -> End:
    """Nobody trades: nothing is wrong with any venue, and nothing is fresh."""
    for venue in world.venues.values():
        venue.slow_down(QUIETER)
    world.quiet_until = world.schedule.now + seconds + AFTER_QUIET_S

    def end() -> None:
        for venue in world.venues.values():
            venue.slow_down(1 / QUIETER)

    return end


def crash(world: World, seconds: float) -> End | None:
    worker = world.random.choice(world.workers)
    if not worker.is_up:
        return None
    worker.crash()
    return worker.restart


def pause(world: World, seconds: float) -> End | None:
    """It stands still: what comes for it waits."""
    worker = world.random.choice(world.workers)
    if not worker.is_up or worker.is_paused:
        return None
    worker.pause()
    life = worker.life

    def end() -> None:
        if worker.life == life:
            worker.resume()

    return end


def wrong_clock(world: World, seconds: float) -> End | None:
    """Our wall clock is an hour off: every time that any venue tells is wrong."""
    worker = world.random.choice(world.workers)
    if not worker.is_clock_right:
        return None
    worker.is_clock_right = False

    def end() -> None:
        worker.is_clock_right = True
        worker.truth.forget()

    return end


def redis(trouble: str) -> Begin:
    def begin(world: World, seconds: float) -> End:
        world.store.begin(trouble)
        return partial(world.store.end, trouble)

    return begin


def old_redis(world: World, seconds: float) -> End:
    """It goes away, and comes back with what it knew a while ago."""
    world.store.back_up()
    world.store.begin("down")

    def end() -> None:
        world.store.restore()
        world.store.end("down")

    return end


def no_database(world: World, seconds: float) -> End:
    world.database.begin("down")
    return partial(world.database.end, "down")


def unsettle(world: World, seconds: float) -> None:
    world.more_standbys = world.random.choice((0, 0, 1, 2))
    for worker in world.workers:
        worker.hear(Unsettled(world.more_standbys))


def administer(world: World, seconds: float) -> None:
    """An admin orders the venues anew, forbids some, or holds circuits."""
    random, venues = world.random, list(world.all_terms)
    if random.random() < 0.5:
        random.shuffle(venues)
    forbidden = random.sample(range(len(venues)), random.choice((0, 0, 1, 2)))
    allowed = tuple(terms for place, terms in enumerate(venues) if place not in forbidden)
    world.policy = Policy(allowed, standbys=random.choice((1, 2, 2, 2, 3)))
    codes = [terms.code for terms in allowed]
    world.forced_open = frozenset(random.sample(codes, random.choice((0, 0, 0, 1))))
    world.forced_closed = frozenset(code for code in random.sample(codes, random.choice((0, 0, 1))))
    world.forced_closed -= world.forced_open
    world.adopt()


def _pick(world: World) -> FakeVenue:
    """Better venues more often; the last ones never."""
    codes = [terms.code for terms in world.all_terms][:-SOUND]
    return world.venues[world.random.choices(codes, weights=range(len(codes), 0, -1))[0]]


def _open_sessions(world: World, venue: FakeVenue) -> list[FakeSession]:
    return [session for session in world.sessions() if session.venue is venue and session.is_open]


MENU: Final = (
    *(Fault(f"a venue is {each}", 4, at_a_venue(each)) for each in ("down", "mute", "unreachable")),
    *(
        Fault(f"a venue is {each}", 2, at_a_venue(each))
        for each in ("lying", "half lying", "slow", "hanging", "skewed")
    ),
    *(Fault(f"a venue has {each}", 1, at_a_venue(each)) for each in ("no acks", "limiting", "banning")),
    Fault("a venue refuses an instrument", 2, refuse),
    Fault("a stream is mute", 1, mute_one),
    Fault("a venue closes its sessions", 4, close),
    Fault("a session fails", 2, fail),
    Fault("a venue announces its end", 2, announce),
    Fault("all venues are mute", 1, together("mute")),
    Fault("all venues are down", 1, together("down")),
    Fault("swizzle-clogging", 1, swizzle_clog),
    Fault("a quiet market", 1, quiet_market),
    Fault("a worker crashes", 2, crash),
    Fault("a worker stands still", 2, pause),
    Fault("our clock is wrong", 1, wrong_clock),
    *(Fault(f"Redis is {each}", 1, redis(each)) for each in ("down", "hung", "slow")),
    Fault("Redis has old data", 1, old_redis),
    Fault("the database is away", 2, no_database),
    Fault("volatility", 2, unsettle),
    Fault("an admin", 2, administer),
)
