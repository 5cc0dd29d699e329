"""The simulation in short: some seeds, some of them twice, and some planted bugs. `make simulation` runs all of it."""

import pytest

from tests.simulation.menu import MENU
from tests.simulation.mutants import MUTANTS
from tests.simulation.mutants.hunt import hunt
from tests.simulation.mutants.mutant import Mutant
from tests.simulation.parallel import differing, run_all
from tests.simulation.regressions import REGRESSIONS
from tests.simulation.world import run

SEEDS, SECONDS = 24, 900.0
HOUR_S = 3600.0
DOUBLES, DOUBLE_S = 5, 600.0
# Of every so many mutants one is planted here.
MUTANT_EVERY = 5


def test_every_invariant_holds_on_every_seed() -> None:
    """24 seeds of a quarter of an hour (of 500 of an hour): no invariant of reliability section 7 is broken."""
    outcomes = list(run_all(range(SEEDS), SECONDS))

    assert [f"--seed {each.seed} --hours 0.25: {each.broken}" for each in outcomes if each.broken] == []
    # A test with faults first proves that they happened.
    assert {fault.name for fault in MENU} == {fault for each in outcomes for fault in each.faults}


@pytest.mark.parametrize("seed", REGRESSIONS.values(), ids=REGRESSIONS.keys())
def test_a_seed_that_failed_once_holds(seed: int) -> None:
    """Each failing seed becomes a named test (reliability section 7)."""
    outcome = run(seed, HOUR_S)

    assert outcome.broken == "", "\n".join(outcome.tail)


def test_the_same_seed_says_the_same_in_every_process() -> None:
    """Same seed, same digest of all events and effects, whatever the hash seed of the process (5 of 50 double runs)."""
    assert differing(DOUBLES, DOUBLE_S) == []


def test_planted_bugs_are_found() -> None:
    """Every fifth of the 20 hand-made bugs; the full run finds at least 19."""
    trophies = list(hunt(MUTANTS[::MUTANT_EVERY], SEEDS, SECONDS / HOUR_S))

    assert [trophy.mutant.name for trophy in trophies if not trophy.found] == []


def test_there_are_twenty_bugs_of_different_names() -> None:
    """The list has the size that the bar speaks of."""
    assert len({mutant.name for mutant in MUTANTS}) == 20


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_bug_can_be_planted(mutant: Mutant) -> None:
    """What it replaces is still there, once: a mutant that changes nothing would be called unfindable."""
    assert mutant.is_plantable()
