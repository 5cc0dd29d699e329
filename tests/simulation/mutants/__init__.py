"""Twenty bugs that somebody could make, by hand: the simulation has to find them."""

from typing import Final

from tests.simulation.mutants.mutant import Mutant

_CONNECTION: Final = "feeds/connection"

MUTANTS: Final = (
    Mutant(
        "no cap on retries",
        f"{_CONNECTION}/retry.py",
        "min(self.cap, self.base * self.steps(attempt))",
        "self.base * self.steps(attempt)",
    ),
    Mutant(
        "forgiven on connect",
        f"{_CONNECTION}/ending.py",
        "if now - session.connected_at >= VENUE_FEED.reset_after:",
        "if session.connected_at <= now:",
    ),
    Mutant(
        "a venue's wish is not heard",
        f"{_CONNECTION}/ending.py",
        "now + max(event.cool_off, error.wait_at_least)",
        "now + error.wait_at_least",
    ),
    Mutant(
        "the wall clock",
        f"{_CONNECTION}/supervisor.py",
        "        is_news = self._notes.hear",
        '        now = __import__("time").time()\n        is_news = self._notes.hear',
    ),
    Mutant(
        "session numbers come again",
        f"{_CONNECTION}/supervisor.py",
        "self._last_session += 1",
        "self._last_session = len(memory.sessions) + 1",
    ),
    Mutant(
        "the wrong session is closed",
        f"{_CONNECTION}/supervisor.py",
        "Close(session.number, reason, is_missed",
        "Close(self._last_session, reason, is_missed",
    ),
    Mutant(
        "back without a hold",
        f"{_CONNECTION}/choice.py",
        "if now >= due_back_at(memory, record):",
        "if now >= record.retry_at:",
    ),
    Mutant(
        "the hold is not doubled",
        f"{_CONNECTION}/choice.py",
        "min(MAX_HOLD_S, 2 * hold(memory, record))",
        "min(MAX_HOLD_S, hold(memory, record))",
    ),
    Mutant(
        "good data from before a failure counts",
        f"{_CONNECTION}/choice.py",
        "    record.has_failed = True\n    record.good_since = None\n",
        "    record.has_failed = True\n",
    ),
    Mutant(
        "an instrument never comes back",
        f"{_CONNECTION}/choice.py",
        "(instrument in memory.lacking and now - since < BACK_AFTER_S)",
        "instrument in memory.lacking",
    ),
    Mutant(
        "silent standbys are kept",
        f"{_CONNECTION}/silence.py",
        "if session.opened_at is None or session.farewell:",
        "if session.opened_at is None or session.farewell or session.venue != memory.lead:",
    ),
    Mutant(
        "silence is not compared",
        f"{_CONNECTION}/silence.py",
        "if silence >= CEILING_S:",
        "if silence > 0:",
    ),
    Mutant(
        "a shared silence has no end",
        f"{_CONNECTION}/silence.py",
        "if silence >= CEILING_S:",
        "if silence < 0:",
    ),
    Mutant(
        "the blind are not eager",
        f"{_CONNECTION}/roster.py",
        "and (is_fresh(record, now) or code == _eager_turn(memory, now))",
        "and is_fresh(record, now)",
    ),
    Mutant(
        "the old session is closed first",
        f"{_CONNECTION}/roster.py",
        "        if other.replaces == session.number and other.connected_at is not None:\n"
        "            return other.has_repeated or now - other.connected_at >= OVERLAP_S",
        "        if other.replaces == session.number:\n            return True",
    ),
    Mutant(
        "all are renewed at once",
        f"{_CONNECTION}/roster.py",
        "if any(session.replaces is not None and _is_renewing(memory, session)",
        "if any(False and _is_renewing(memory, session)",
    ),
    Mutant(
        "nobody is sent away",
        f"{_CONNECTION}/roster.py",
        "return bool(others) and all(_has_proved_itself(each, now) for each in (session, *others))",
        "return False",
    ),
    Mutant(
        "a circuit stays open",
        f"{_CONNECTION}/circuit.py",
        "return OPEN if now < self._until else HALF_OPEN",
        "return OPEN",
    ),
    Mutant(
        "doubts open no circuit",
        f"{_CONNECTION}/circuit.py",
        "if len(self._ticks) >= TICKS_LEAST and",
        "if len(self._ticks) > TICKS and",
    ),
    Mutant(
        "the fence is not checked",
        "feeds/storage/script.py",
        "if value.fence > fence or (value.fence == fence and value.version > version) then return 0 end",
        "if value.fence == fence and value.version > version then return 0 end",
    ),
)
