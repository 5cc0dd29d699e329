"""Whole tapes, made up and real: what is true is believed in time, what is not never is."""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.market.anomaly import Anomaly
from tests.real_input import RECORDINGS, needs_recordings

CENT = Decimal("0.01")
SEEDS = st.integers(0, 2**32)


class Said(NamedTuple):
    now: float
    venue: str
    price: Decimal


class Outcome(NamedTuple):
    """By the number of the trade: why it was held, and when it was believed, at once or by its release."""

    held: dict[int, str]
    believed: dict[int, list[float]]


def run(tape: list[Said]) -> Outcome:
    anomaly: Anomaly[int] = Anomaly()
    held: dict[int, str] = {}
    believed: dict[int, list[float]] = defaultdict(list)
    for number, said in enumerate(tape):
        reason, released = anomaly.judge(said.venue, number, said.price, said.now)
        assert list(released) == sorted(released, key=lambda each: tape[each].now)
        for each in (*released, *([] if reason else [number])):
            believed[each].append(said.now)
        if reason:
            held[number] = reason
    return Outcome(held, believed)


def honest_tape(random: Random, venues: int, seconds: int = 20) -> list[Said]:
    """Ten trades a second at each venue, at a price that wanders, with half a spread of 2 bps."""
    mid, tape = 60_000.0, []
    for tick in range(seconds * 10):
        mid *= 1 + random.gauss(0, 0.0003)
        for venue in range(venues):
            price = Decimal(mid * (1 + random.uniform(-0.0002, 0.0002))).quantize(CENT)
            tape.append(Said(tick / 10 + venue / 100, str(venue), price))
    return tape


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, venues=st.integers(1, 5), factor=st.sampled_from(["10", "0.1", "1.3", "0.7", "1.12", "0.88"]))
def test_single_spike_is_never_believed(seed: int, venues: int, factor: str) -> None:
    """E28 F-17: anywhere in a tape of 20 s; it is held for ever, and every other trade is believed at once."""
    random = Random(seed)
    tape = honest_tape(random, venues)
    spike = random.randrange(venues, len(tape))
    tape[spike] = tape[spike]._replace(price=tape[spike].price * Decimal(factor))
    assert list(run(tape).held) == [spike]
    assert spike not in run(tape).believed


@settings(max_examples=60, deadline=None)
@given(
    seed=SEEDS,
    venues=st.integers(1, 5),
    factor=st.sampled_from([0.4, 0.7, 0.85, 1.3]),
    fall_s=st.sampled_from([0.0, 0.3, 1.0]),
)
def test_crash_is_believed_in_time_and_loses_no_trade(seed: int, venues: int, factor: float, fall_s: float) -> None:
    """E28: of 30 % and others, venues up to 0.9 s late: each trade believed once, ≤ 3 s after the fall is over."""
    random = Random(seed)
    began_at = [10.0, *(10.0 + random.uniform(0, 0.9) for _ in range(venues - 1))]
    tape = [crashed(said, said.now - began_at[int(said.venue)], factor, fall_s) for said in honest_tape(random, venues)]
    outcome = run(tape)
    true = [number for number, said in enumerate(tape) if said.now >= began_at[int(said.venue)]]
    assert [number for number in true if len(outcome.believed[number]) != 1] == []
    assert max(outcome.believed[number][0] - tape[number].now for number in true) <= fall_s + 3.0 + 1e-6
    assert [number for number in outcome.held if tape[number].now > 10.9 + fall_s + 3.0] == []


def crashed(said: Said, after: float, factor: float, fall_s: float) -> Said:
    """The trade, so many seconds after its venue began to fall."""
    if after < 0:
        return said
    share = min(after / fall_s, 1.0) if fall_s else 1.0
    return said._replace(price=(said.price * Decimal(factor**share)).quantize(CENT))


@settings(max_examples=200, deadline=None)
@given(
    steps=st.lists(
        st.tuples(
            st.floats(0, 2), st.sampled_from("abc"), st.sampled_from(["1", "10", "70", "100", "101", "100.4", "1000"])
        ),
        max_size=150,
    )
)
def test_whatever_comes_no_trade_is_believed_twice(steps: list[tuple[float, str, str]]) -> None:
    """E28: one that is believed at once is never released, one that is held is released once or not, in 10 s."""
    now, tape = 0.0, []
    for after, venue, price in steps:
        now += after
        tape.append(Said(now, venue, Decimal(price)))
    outcome = run(tape)
    assert [number for number, times in outcome.believed.items() if len(times) != 1] == []
    assert all(
        outcome.believed[number][0] - tape[number].now <= 10 for number in outcome.held & outcome.believed.keys()
    )
    assert outcome.held.keys() | outcome.believed.keys() == set(range(len(tape)))


def real_tapes() -> Iterator[tuple[str, list[Said]]]:
    """The trades of every recording by symbol, in the order of their times."""
    for path in sorted(RECORDINGS.glob("*/*.expected.jsonl.gz")):
        tapes: dict[str, list[Said]] = defaultdict(list)
        for line in gzip.decompress(path.read_bytes()).splitlines():
            row = json.loads(line)
            at = datetime.fromisoformat(row["ts"]).timestamp()
            tapes[row["symbol"]].append(Said(at, path.parent.name, Decimal(row["price"])))
        for symbol, tape in tapes.items():
            yield f"{path.parent.name}/{path.name} {symbol}", sorted(tape, key=lambda said: said.now)


def echoed(tape: list[Said], venues: int) -> list[Said]:
    """The same tape told by several venues, each up to half a second after the one before it, 5 bps apart."""
    echoes = [
        Said(said.now + number / 2, str(number), said.price * (1 + number * Decimal("0.0005")))
        for said in tape
        for number in range(venues)
    ]
    return sorted(echoes, key=lambda said: said.now)


@needs_recordings
def test_no_real_trade_is_held() -> None:
    """E28: 2976 trades of 53 symbols at eight venues, some with steps of 4.5 %: not one is quarantined."""
    tapes = dict(real_tapes())
    assert sum(map(len, tapes.values())) == 2976
    assert {name: run(tape).held for name, tape in tapes.items() if run(tape).held} == {}


@needs_recordings
def test_real_tapes_told_by_venues_that_follow_one_another() -> None:
    """V-06 layer 7: BTC at Binance as three venues, each half a second behind the one before: none is off market."""
    tapes = [tape for name, tape in real_tapes() if name.startswith("binance/") and name.endswith(" BTCUSDT")]
    assert len(tapes) == 1
    assert run(echoed(tapes[0], 3)).held == {}
