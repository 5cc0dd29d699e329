"""Seeds on which an invariant did not hold once, by what was wrong. Each is a test from then on.

A seed means another run whenever the world's dice fall otherwise, as after a new fault in the menu: then these are only
more seeds, and the tests of what was wrong are those in tests/feeds/connection.
"""

from typing import Final

REGRESSIONS: Final = {
    "a short stall made a venue's rhythm slow, so its next one was seen late": 7,
    "an instrument stayed diverted for the supervisor alone when the lead changed": 40,
    "after a blackout one venue led and no other was tried for ten minutes": 10,
    "an instrument that the first venue after a blackout lacks was never shown": 45,
    "the old session of a renewal was called silent when the new one was faster": 0,
    "a return from before a new order doubled the hold after it": 19,
}
