"""The command line: `python -m tests.simulation`. Exit 1: an invariant was broken, or a mutant lived."""

import argparse
import sys
import time
from collections.abc import Iterable

from tests.simulation.mutants import MUTANTS
from tests.simulation.mutants.hunt import hunt
from tests.simulation.parallel import differing, run_all
from tests.simulation.regressions import REGRESSIONS
from tests.simulation.world import Outcome, run

SEEDS_WITHIN_S = 180.0
LIVING_AT_MOST = 1


def main() -> int:
    options = _options()
    seconds = options.hours * 3600
    if options.seed is not None:
        return _replay(options.seed, seconds, options.verbose)
    if options.digests:
        for seed in range(options.digests):
            _say(run(seed, seconds).digest)
        return 0
    if options.first:
        return _find(range(options.seeds), seconds)
    is_ok = _run_seeds([*range(options.seeds), *REGRESSIONS.values()], seconds)
    if options.doubles:
        is_ok = _run_doubles(options.doubles, seconds) and is_ok
    if options.mutants:
        is_ok = _hunt(options.seeds, options.hours) and is_ok
    return 0 if is_ok else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description="Try the supervisor on bad days.")
    parser.add_argument("--seeds", type=int, default=500, help="how many runs")
    parser.add_argument("--hours", type=float, default=1.0, help="virtual hours of each")
    parser.add_argument("--seed", type=int, help="only this run, and what was said in it")
    parser.add_argument("--verbose", action="store_true", help="all of that, not only the end of it")
    parser.add_argument("--doubles", type=int, default=0, help="how many runs to repeat and compare")
    parser.add_argument("--mutants", action="store_true", help="plant known bugs, and see them found")
    parser.add_argument("--first", action="store_true", help="stop at the first broken run")
    parser.add_argument("--digests", type=int, help="only the digests of so many runs")
    return parser.parse_args()


def _replay(seed: int, seconds: float, is_verbose: bool) -> int:
    outcome = run(seed, seconds, keep_all=is_verbose)
    for line in outcome.tail:
        _say(line)
    _say(f"seed {seed}: {outcome.broken or 'every invariant held'} (digest {outcome.digest}, {outcome.notes} notes)")
    return 1 if outcome.broken else 0


def _run_seeds(seeds: list[int], seconds: float) -> bool:
    started = time.perf_counter()
    outcomes = list(run_all(seeds, seconds))
    took = time.perf_counter() - started
    broken = [outcome for outcome in outcomes if outcome.broken]
    _tell(broken)
    faults = sum(len(outcome.faults) for outcome in outcomes)
    _say(f"{sum(outcome.notes for outcome in outcomes)} events and effects, {faults} faults")
    is_quick = took <= SEEDS_WITHIN_S
    late = "" if is_quick else f", TOO SLOW: at most {SEEDS_WITHIN_S:g} s"
    _say(f"{len(seeds)} seeds x {seconds / 3600:g} h in {took:.0f} s{late}; broken: {len(broken)}")
    return not broken and is_quick


def _find(seeds: Iterable[int], seconds: float) -> int:
    for seed in seeds:
        outcome = run(seed, seconds)
        if outcome.broken:
            _say(f"seed {seed}: {outcome.broken}")
            return 1
    return 0


def _tell(broken: list[Outcome]) -> None:
    for outcome in broken:
        _say(f"\npython -m tests.simulation --seed {outcome.seed}: {outcome.broken}")
        for line in outcome.tail[-30:]:
            _say(f"    {line}")


def _run_doubles(count: int, seconds: float) -> bool:
    different = differing(count, seconds)
    _say(f"{count} double runs; different: {different or 'none'}")
    return not different


def _hunt(seeds: int, hours: float) -> bool:
    started = time.perf_counter()
    found = 0
    for trophy in hunt(MUTANTS, seeds, hours):
        found += bool(trophy.found)
        _say(f"{trophy.mutant.name:34} {trophy.found or 'LIVES'}")
    _say(f"{found} of {len(MUTANTS)} mutants found in {time.perf_counter() - started:.0f} s")
    return len(MUTANTS) - found <= LIVING_AT_MOST


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
