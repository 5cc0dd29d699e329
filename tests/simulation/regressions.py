"""Seeds on which an invariant did not hold once, by what was wrong. Each is a test from then on."""

from typing import Final

REGRESSIONS: Final[dict[str, int]] = {}
