"""What must be true whatever happens."""

from typing import Final

from tests.simulation.invariants.base import Broken, Invariant
from tests.simulation.invariants.lead import BestLeads
from tests.simulation.invariants.patience import NeverGivenUp, Patient
from tests.simulation.invariants.publishing import NeverOlder, OnePublisher
from tests.simulation.invariants.sessions import Answered, Budget, ForbiddenIsLeft, NewNumbers, NoLeak, OneRotation
from tests.simulation.invariants.sight import Converges, NeverBlind
from tests.simulation.invariants.silence import ComesHome, DoubtfulIsLeft, SilenceIsCompared, SilentIsLeft
from tests.simulation.invariants.telling import Alerted, NoBusyLoop, StatusIsTrue
from tests.simulation.invariants.trades import NothingLost, NothingMissedOnPurpose

INVARIANTS: Final[tuple[type[Invariant], ...]] = (
    OnePublisher,
    NeverOlder,
    NewNumbers,
    Answered,
    Budget,
    NoLeak,
    OneRotation,
    ForbiddenIsLeft,
    BestLeads,
    NeverBlind,
    Converges,
    Patient,
    NeverGivenUp,
    SilentIsLeft,
    SilenceIsCompared,
    DoubtfulIsLeft,
    ComesHome,
    StatusIsTrue,
    Alerted,
    NoBusyLoop,
    NothingMissedOnPurpose,
    NothingLost,
)

__all__ = ["INVARIANTS", "Broken", "Invariant"]
