"""What a history costs whoever asks for it: a page anywhere in it, a day of it as a file, and the worst question."""

from typing import Final

from tests.bench.databases import of_each, told_by
from tests.bench.figure import Figure, Sample
from tests.bench.setting import Setting

PAGE_MS: Final = 50.0
EXPORTED_PER_SECOND: Final = 50_000.0
GROWS_BY_MB: Final = 16.0
CUT_AFTER_S: Final = 2.5
# A page of many rows may take so many times as long as one of few.
SLOWER: Final = 2.0


def ask(setting: Setting) -> list[Figure]:
    return of_each(lambda database, url: _figures(database, url, setting))


def _figures(database: str, url: str, setting: Setting) -> list[Figure]:
    told = told_by("tests.bench.asking", url, setting.rows, setting.rounds)
    page, name = _p95(told["page"]), f"page of 1000 of {setting.rows:,}, {database}"
    rate, grown, worst = told["export"], told["export grows by"], told["worst question"]
    peers = ("DRF CursorPagination", "limit, offset and COUNT")
    return [
        *(Figure(f"{name}, p95", "ms", page, peer, _p95(told[peer]), most=PAGE_MS) for peer in peers),
        Figure(f"{name}, p95", "ms", page, "of 100,000", _p95(told["page of a short history"]), at_most=SLOWER),
        Figure(f"export, {database}", "rows/s", rate, "what is demanded", Sample([EXPORTED_PER_SECOND]), at_least=1.0),
        Figure(f"export, {database}, grows by", "MB", grown, "nothing", Sample([0.0]), most=GROWS_BY_MB),
        Figure(f"worst question, {database}", "s", worst, "its limit", Sample([2.0]), most=CUT_AFTER_S),
    ]


def _p95(times: Sample) -> Sample:
    return Sample([sorted(times)[int(0.95 * (len(times) - 1))]])
