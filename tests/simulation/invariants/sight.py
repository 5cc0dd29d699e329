"""That the price is fresh: as long as one venue can be heard, and soon after the last trouble is over.

Warm: where a venue delivers an instrument in an open session, its price is at most 4 s old; 10 s where only that one
stream of the leading venue fell silent, because single streams are given their own time (V-17).
Cold: no open session delivers it. A venue that is well could be found after 5 s: 3 s of silence, then a connection,
an acknowledgement and a first trade. Each venue that is not well may be tried before it, 1.7 s for each; and one that
failed less than a minute ago may have been tried just before, which is not done again for 11.5 s. While some venue
leads, and only lacks the instrument, the others are tried by their own waits, of which the longest is 66 s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from feeds.connection.effects import Effect
from tests.simulation.invariants.base import Invariant

if TYPE_CHECKING:
    from tests.simulation.worker import Worker
    from tests.simulation.world import World

WARM_S: Final = 4.0
ONE_STREAM_S: Final = 10.0
COLD_S: Final = 5.0
EACH_OTHER_S: Final = 1.7
AGAIN_S: Final = 13.5
LED_S: Final = 80.0
WELL_S: Final = 60.0
# A venue that was open for this long to be heard, is.
STEADY_S: Final = 4.0
CONVERGED_WITHIN_S: Final = 30.0


class NeverBlind(Invariant):
    """A price is not old while a venue could tell a newer one."""

    name = "never blind"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._fresh_at: dict[tuple[str, str], float] = {}
        self._led_since: dict[str, float] = {}

    def decided(self, worker: Worker, effects: list[Effect]) -> None:
        """What the former venue told stays until the next one tells something newer."""
        if worker.lead != worker.former_lead:
            self._led_since[worker.name] = self.now
        for instrument in self.world.instruments:
            former = worker.former_sources.get(instrument, worker.former_lead)
            self._note_fresh(worker, instrument, former)

    def look(self) -> None:
        for worker in self.world.workers:
            if worker.is_watching and self.now > self.world.quiet_until:
                for instrument in self.world.instruments:
                    self._check(worker, instrument)

    def _check(self, worker: Worker, instrument: str) -> None:
        source = worker.source(instrument)
        age = self.now - max(self._note_fresh(worker, instrument, source), worker.truth.awake_since)
        if age <= WARM_S:
            return
        warm = [code for code in self._delivering(worker) if worker.truth.steady_for(code, instrument) > STEADY_S]
        is_one_stream = self._is_one_stream(worker, source)
        led_for = self.now - self._led_since.get(worker.name, 0.0)
        if warm and (min(age, led_for) > ONE_STREAM_S if is_one_stream else age > WARM_S):
            self.break_off(f"{instrument} of {source or 'nobody'} is {age:.1f} s old, though {warm} deliver it")
        if not warm and not is_one_stream:
            self._check_cold(worker, instrument, age)

    def _is_one_stream(self, worker: Worker, source: str) -> bool:
        """The source goes on with other streams, or has so few that they have a slower rhythm."""
        is_sparse = source != "" and self.world.venues[source].is_sparse()
        lacks = any(each.lost for each in worker.sessions.values() if each.venue.code == source)
        return is_sparse or lacks or (source in self._delivering(worker) and worker.truth.venue_steady_for(source) > 0)

    def _note_fresh(self, worker: Worker, instrument: str, source: str) -> float:
        """When what is shown of an instrument was heard."""
        key = (worker.name, instrument)
        self._fresh_at[key] = max(self._fresh_at.get(key, 0.0), worker.truth.heard_at(source, instrument))
        return self._fresh_at[key]

    def _check_cold(self, worker: Worker, instrument: str, age: float) -> None:
        codes = [terms.code for terms in self.world.policy.venues]
        well = {code: self.world.well_for(worker, code, instrument) for code in codes}
        others = sum(seconds < WELL_S for seconds in well.values())
        led_for = self.now - self._led_since.get(worker.name, 0.0)
        for code, seconds in well.items():
            found_within = COLD_S if seconds > WELL_S + age else AGAIN_S
            bound = EACH_OTHER_S * others + (LED_S if worker.lead else found_within)
            if min(age, seconds, led_for) > bound:
                self.break_off(f"{instrument} is {age:.1f} s old, though {code} is well for {seconds:.0f} s: {bound=}")

    def _delivering(self, worker: Worker) -> list[str]:
        allowed = [terms.code for terms in self.world.policy.venues]
        return [
            each.venue.code for each in worker.sessions.values() if each.is_delivering and each.venue.code in allowed
        ]


class Converges(Invariant):
    """When all troubles are over, a worker runs and every price is fresh within 30 s, and stays so."""

    name = "converges"

    def look(self) -> None:
        if self.now - self.world.calm_from > CONVERGED_WITHIN_S:
            watching = [worker for worker in self.world.workers if worker.is_watching]
            if len(watching) != 1:
                self.break_off(f"{len(watching)} workers run the feed")
            for instrument in self.world.instruments:
                age = self.now - watching[0].truth.heard_at(watching[0].source(instrument), instrument)
                if age > WARM_S:
                    self.break_off(f"{instrument} is {age:.1f} s old in calm times")
