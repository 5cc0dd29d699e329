"""From the log in Redis to rows: our whole drain, and the database alone that is given rows known to be new."""

from tests.bench.databases import of_each, told_by
from tests.bench.figure import Figure
from tests.bench.setting import Setting

# These hold what is reached, with room for a busy machine. Ours reads, decodes, knows repeats, and notes which bars
# are due and where it stands.
BARS = {"executemany": 0.15, "COPY": 0.2}


def drain(setting: Setting) -> list[Figure]:
    return of_each(lambda database, url: _figures(database, url, setting))


def _figures(database: str, url: str, setting: Setting) -> list[Figure]:
    samples = told_by("tests.bench.draining", url, setting.rounds, setting.seconds)
    ours = samples.pop("drain")
    return [
        Figure(f"drain into {database}", "rows/s", ours, f"bare {name}", sample, at_least=BARS[name])
        for name, sample in samples.items()
    ]
