"""The machinery of `make bench`, on tiny rounds and without peers."""

import json
import sys
from pathlib import Path

import pytest

from tests.bench.figure import Figure, Sample
from tests.bench.figures import FIGURES
from tests.bench.figures.failover import FAULTS, PAIR, play
from tests.bench.figures.normalise import LIMIT, OMEGA
from tests.bench.program import Program, WorkerStopped
from tests.bench.race import AnswersDiffer, race
from tests.bench.report import table, write_json
from tests.bench.setting import Setting
from tests.bench.workload import WANTED, Workload, load_workload

ASKED = [
    figure
    for database in ("SQLite", "PostgreSQL")
    for figure in (
        (f"page of 1000 of 10,000, {database}, p95", "DRF CursorPagination"),
        (f"page of 1000 of 10,000, {database}, p95", "limit, offset and COUNT"),
        (f"page of 1000 of 10,000, {database}, p95", "of 100,000"),
        (f"export, {database}", "what is demanded"),
        (f"export, {database}, grows by", "nothing"),
        (f"worst question, {database}", "its limit"),
    )
]

LIAR = """
from tests.bench.worker import serve

class Liar:
    def __init__(self, order): pass
    def rows(self, frame): return [["trade", "1", "1", "buy"]]
    def read(self): pass

serve(Liar)
"""


@pytest.fixture
def workload(tmp_path: Path) -> Workload:
    """Binance trades, generated because tmp_path holds no recordings."""
    return load_workload("binance", "trades", tmp_path)


def test_bench_json_has_one_complete_entry_for_each_figure(workload: Workload, tmp_path: Path) -> None:
    """Every registered figure ends as an entry with the seven documented keys."""
    setting = Setting([workload], peers=[], writers=[], rounds=2, seconds=0.01)
    figures = [figure for measure in FIGURES for figure in measure(setting)]

    write_json(figures, tmp_path / "var" / "bench.json")

    entries = json.loads((tmp_path / "var" / "bench.json").read_text())
    assert [(entry["name"], entry["against"]) for entry in entries] == [
        ("normalise binance trades", "bare msgspec decode"),
        ("receive binance trades", "bare websockets client and decode"),
        ("drain into SQLite", "bare executemany"),
        ("drain into PostgreSQL", "bare executemany"),
        ("drain into PostgreSQL", "bare COPY"),
        *ASKED,
    ]
    for entry in entries:
        assert list(entry) == ["name", "figure", "unit", "against", "ratio", "bar", "ok"]
        # Whether a bar is passed is not told by rounds as short as these.
        assert entry["bar"][:3] == (">= " if entry["unit"].endswith("/s") else "<= ")
        assert entry["figure"] >= 0
        assert entry["ratio"] >= 0


@pytest.mark.parametrize(("ours", "is_ok", "verdict"), [(100.0, True, "ok"), (99.0, False, "TOO SLOW")])
def test_a_figure_passes_its_bar_or_is_said_to_be_too_slow(ours: float, is_ok: bool, verdict: str) -> None:
    """The bar holds for the ratio of medians, and the table says so."""
    figure = Figure("normalise", "frames/s", Sample([1.0, ours, 900.0]), "a peer", Sample([100.0]), at_least=1.0)

    assert figure.is_ok is is_ok
    assert figure.entry()["bar"] == ">= 1.0"
    assert table([figure]).endswith(f">= 1.0  {verdict}")


@pytest.mark.parametrize(("ours", "is_ok"), [(0.0, True), (2.0, True), (3.0, False)])
def test_where_lower_is_better_the_bar_is_above(ours: float, is_ok: bool) -> None:
    """A wait, or what is missing: nothing is the best there is."""
    figure = Figure("wait", "ms", Sample([ours]), "a peer", Sample([2.0]), at_most=1.0)

    assert figure.is_ok is is_ok
    assert table([figure]).endswith("<= 1.0  ok" if is_ok else "<= 1.0  MISSED")
    assert figure.entry()["bar"] == "<= 1.0"


def test_something_where_the_others_have_nothing_misses_the_bar() -> None:
    """Nothing beside nothing is as good; whatever there is more is too much."""
    nothing = Sample([0.0])

    assert Figure("missing", "writes", nothing, "a peer", nothing, at_most=1.0).is_ok
    assert not Figure("missing", "writes", Sample([1.0]), "a peer", nothing, at_most=1.0).is_ok


def test_our_pair_goes_through_a_fault() -> None:
    """R2: the primary freezes under a writer, and leads again: no write is missing."""
    _, frozen = FAULTS
    outcome = play(PAIR, frozen)

    assert outcome.longest_s < 2
    assert (outcome.missing, outcome.unread) == (0, 0)


@pytest.mark.parametrize(("venue", "kind"), WANTED)
def test_our_rows_and_those_of_the_limit_agree(venue: str, kind: str, tmp_path: Path) -> None:
    """Generated frames of every workload are read alike, gzip included."""
    samples = race(load_workload(venue, kind, tmp_path), [OMEGA, LIMIT], rounds=1, seconds=0.001)

    assert list(samples) == ["omega", "bare msgspec decode"]


def test_a_peer_that_reads_other_trades_is_not_raced(
    workload: Workload, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Speeds are compared only after the answers were found equal."""
    (tmp_path / "liar.py").write_text(LIAR)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    with pytest.raises(AnswersDiffer, match="liar reads"):
        race(workload, [OMEGA, Program("liar", Path(sys.executable), "liar")], rounds=1, seconds=0.001)


def test_a_worker_that_dies_is_named(workload: Workload) -> None:
    """A peer that cannot even be imported ends the bench with its name, not with a hang."""
    with pytest.raises(WorkerStopped, match="nobody stopped"):
        race(workload, [Program("nobody", Path(sys.executable), "tests.bench.nobody")], rounds=1, seconds=0.001)
