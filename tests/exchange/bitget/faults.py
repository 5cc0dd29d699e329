"""What may go wrong with private accounts alone; what may go wrong at every venue is in `tests.exchange.faults`."""

from __future__ import annotations

from typing import Any

import msgspec


class Answer(msgspec.Struct, forbid_unknown_fields=True):
    """What REST says instead of the truth; `times` counts down, None is for ever."""

    code: str
    status: int = 400
    retry_after: int | None = None
    times: int | None = None


class DeskFaults(msgspec.Struct, forbid_unknown_fields=True):
    """All of them are off at first; set the attribute. Paths are ends of paths, "" is every call."""

    clock_offset: float = 0.0  # seconds that the venue's clock is ahead of everybody's
    is_login_unanswered: bool = False
    login_code: str = ""  # what every login is refused with
    unacknowledged: set[str] = set()  # channels whose subscription is never answered
    answers: dict[str, Answer] = {}  # by path: a refusal
    is_echoing: bool = False  # refusals repeat what was sent: key, signature and passphrase
    lies: dict[str, Any] = {}  # by path: `data` that is not so

    def take_answer(self, path: str) -> Answer | None:
        """The refusal that this call gets; it is used up."""
        found = next((each for end, each in self.answers.items() if path.endswith(end) and each.times != 0), None)
        if found is not None and found.times is not None:
            found.times -= 1
        return found

    def find_lie(self, path: str) -> tuple[bool, Any]:
        """Whether REST lies at this path, and what it says."""
        return next(((True, data) for end, data in self.lies.items() if path.endswith(end)), (False, None))
