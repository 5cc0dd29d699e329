"""A fake Redis: newest states under the shipped rule of who may write, a log, and days on which it fails."""

import re
from collections import Counter
from dataclasses import dataclass
from types import CodeType
from typing import Final

from feeds.storage import script

# Lua's words for this comparison are Python's as well: the rule that is tried here is the one that is shipped.
_REFUSED: Final = re.compile(r"if (value\.fence .*) then return 0 end")


@dataclass(frozen=True)
class State:
    """The newest price of an instrument: what was shown, and whose it was."""

    fence: int
    version: int
    worker: str
    venue: str
    trade_id: int


def refusal() -> CodeType:
    """When a write is refused, by `fence`, `version` and the `value` that is held."""
    found = _REFUSED.search(script.WRITE_IF_NEWER)
    assert found is not None
    return compile(found[1], "WRITE_IF_NEWER", "eval")


class FakeStore:
    """Troubles: "down" and "hung" refuse everything, "slow" takes its time."""

    def __init__(self) -> None:
        self.states: dict[str, State] = {}
        self.log: list[tuple[str, str, int]] = []
        self.restores = 0
        self._refusal = refusal()
        self._backup: dict[str, State] = {}
        self._troubles: Counter[str] = Counter()

    @property
    def is_there(self) -> bool:
        return not (self._troubles["down"] or self._troubles["hung"])

    @property
    def delay(self) -> float:
        return 0.7 if self._troubles["slow"] else 0.0

    def begin(self, trouble: str) -> None:
        self._troubles[trouble] += 1

    def end(self, trouble: str) -> None:
        self._troubles[trouble] -= 1

    def publish(self, key: str, state: State) -> bool:
        """Whether it was taken: only over what has a lower fence, or its own and a lower version."""
        held = self.states.get(key)
        given = {"value": held, "fence": state.fence, "version": state.version}
        if held is not None and eval(self._refusal, {}, given):  # noqa: S307
            return False
        self.states[key] = state
        return True

    def back_up(self) -> None:
        self._backup = dict(self.states)

    def restore(self) -> None:
        """It comes back with what it knew when it was backed up."""
        self.states = dict(self._backup)
        self.restores += 1
