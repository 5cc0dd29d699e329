"""The figures of `make bench`. Each function measures and returns some; this tuple is the only list of them."""

from collections.abc import Callable

from tests.bench.figure import Figure
from tests.bench.figures.ask import ask
from tests.bench.figures.drain import drain
from tests.bench.figures.failover import failover
from tests.bench.figures.normalise import normalise
from tests.bench.figures.pages import pages
from tests.bench.figures.receive import receive
from tests.bench.setting import Setting

FIGURES: tuple[Callable[[Setting], list[Figure]], ...] = (normalise, receive, drain, ask, failover, pages)
