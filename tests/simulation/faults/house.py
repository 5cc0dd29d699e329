"""Faults in our own house: workers, clocks, Redis, the database; and what people change."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from feeds.connection.events import Policy, Unsettled, VenueTerms
from tests.simulation.faults.fault import Begin, End

if TYPE_CHECKING:
    from tests.simulation.world import World


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


def change_lines(world: World, seconds: float) -> None:
    """An admin changes what every session is opened with: all of them have to be renewed."""
    world.setup += 1
    world.all_terms = tuple(_with_setup(world, terms) for terms in world.all_terms)
    world.policy = replace(world.policy, venues=tuple(_with_setup(world, terms) for terms in world.policy.venues))
    world.adopt()


def _with_setup(world: World, terms: VenueTerms) -> VenueTerms:
    return replace(terms, setup=world.setup)
