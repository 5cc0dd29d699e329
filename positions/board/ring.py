"""What the line of an account said lately, for staff: bounded, and with the secrets blanked out (M-11)."""

import re
from base64 import b64encode
from collections import Counter, deque
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from urllib.parse import quote

import msgspec

from positions.latest import DebugEntry, DebugState, ErrorState

ENTRIES: Final = 200
CHARACTERS: Final = 300
# What is looked through for secrets: more than is kept, since a blank is shorter than what it hides.
_LOOKED_THROUGH: Final = 4 * CHARACTERS
# So much of a secret is worth something, also where a text was cut in its middle.
_PIECE: Final = 8
BLANK: Final = "•••"
_NAMES: Final = r"api_?key|sign(?:ature)?|secret(?:_?key)?|passphrase|ACCESS-[A-Z]+"
# A name, its quotes, and what comes after a colon or an equals sign, or, where there are quotes, after a comma.
_NAMED: Final = re.compile(rf"""(?i)((?<![a-z])(?:{_NAMES})(?:["'\\]*\s*[:=]|["'\\]+\s*,)\s*["'\\]*)[^"'\\,\s}}&]+""")


class Redactor:
    """Blanks out these secrets, in each form in which they may come back, and whatever is called like one."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._pieces = {piece for secret in secrets if secret for form in _forms(secret) for piece in _pieces(form)}
        self._lengths = sorted(set(map(len, self._pieces)))

    def __call__(self, text: str) -> str:
        told = _NAMED.sub(rf"\g<1>{BLANK}", self._without_secrets(text[:_LOOKED_THROUGH]))
        return told if len(told) <= CHARACTERS else f"{told[: CHARACTERS - 1]}…"

    def _without_secrets(self, text: str) -> str:
        kept: list[str] = []
        hidden_to = 0
        for at, character in enumerate(text):
            was_hidden = at < hidden_to
            hidden_to = max(hidden_to, self._hidden_from(text, at))
            if at >= hidden_to:
                kept.append(character)
            elif not was_hidden:
                kept.append(BLANK)
        return "".join(kept)

    def _hidden_from(self, text: str, at: int) -> int:
        """Where a piece of a secret ends that begins here; 0 where none does."""
        return max((at + n for n in self._lengths if text[at : at + n] in self._pieces), default=0)


class Rings:
    """The last messages and the last failures, and how many there were of each kind."""

    def __init__(self) -> None:
        self._redacted = Redactor()
        self._messages: deque[DebugEntry] = deque(maxlen=ENTRIES)
        self._errors: deque[DebugEntry] = deque(maxlen=ENTRIES)
        self._counts: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()

    def hide(self, secrets: Iterable[str]) -> None:
        """From now on these are blanked out: of a new key before it is used."""
        self._redacted = Redactor(secrets)

    def said(self, kind: str, text: str, at: datetime) -> None:
        self._counts[kind] += 1
        self._messages.append(DebugEntry(at=at, kind=kind, text=self._redacted(text)))

    def failed(self, kind: str, text: str, at: datetime) -> None:
        self._failures[kind] += 1
        self._errors.append(DebugEntry(at=at, kind=kind, text=self._redacted(text)))

    def state(self, fence: int, account: int, connection_state: str, error_states: list[ErrorState]) -> DebugState:
        """All of it, as it is shown; without a version."""
        return DebugState(
            fence=fence,
            version=0,
            account=account,
            last_update=self._messages[-1].at if self._messages else None,
            connection_state=connection_state,
            message_queue=list(self._messages),
            error_log=list(self._errors),
            error_states=error_states,
            counts=dict(self._counts),
            validation=dict(self._failures),
        )


def _forms(secret: str) -> tuple[str, ...]:
    """As it is, as in a URL, in JSON, in hexadecimal, in base64."""
    raw = secret.encode()
    in_json = msgspec.json.encode(secret).decode()[1:-1]
    return secret, quote(secret, safe=""), in_json, raw.hex(), b64encode(raw).decode()


def _pieces(form: str) -> set[str]:
    return {form[at : at + _PIECE] for at in range(max(1, len(form) - _PIECE + 1))}
