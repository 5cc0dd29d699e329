"""One thing that goes wrong: it begins, and answers how it ends; None where it is over with its beginning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulation.world import World

End = Callable[[], None]
Begin = Callable[["World", float], End | None]


@dataclass(frozen=True)
class Fault:
    """`weight` is how often it comes, compared with the others; `begin` is told for how many seconds."""

    name: str
    weight: int
    begin: Begin
