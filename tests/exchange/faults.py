"""The faults: what may go wrong at a venue, and what is wrong there now."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection
from typing import Literal, get_args

import msgspec

FaultName = Literal[
    "mute",  # no market data; acknowledgements and heartbeats go on
    "hang_up",  # once: every open connection is cut without a close frame
    "close",  # once: every open connection is closed politely with `code` and `reason`
    "notice",  # once: the venue's shutdown warning goes to every open connection
    "refuse",  # new connections get `status` and perhaps `retry_after`; status 0 drops them without an answer
    "refuse_rest",  # the same for REST
    "ban",  # new connections are answered as the venue answers too many of them
    "refuse_token",  # no token opens a connection
    "expire_tokens",  # once: the tokens that were given out and not used yet are no good
    "slow",  # every outgoing frame is late by `delay_ms`
    "swallow_pongs",  # the client's pings stay unanswered
    "reject",  # subscriptions are refused in the venue's words
    "duplicate",  # every market data frame is sent twice
    "drop",  # one of `every` market data frames is not sent; what it told has happened, and REST tells it
    "shuffle",  # market data frames are reordered, each of them by less than `window`
    "garbage",  # after every `every` market data frames comes a truncated one
]
ONCE: frozenset[FaultName] = frozenset({"hang_up", "close", "notice", "expire_tokens"})
EVERYWHERE = "*"


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One fault at one venue; also the JSON body of `POST /control/faults`."""

    venue: str
    fault: FaultName
    seconds: float | None = None  # clears itself after so long
    code: int = 1000
    reason: str = ""
    status: int = 503
    retry_after: str | int | None = None
    delay_ms: int = 100
    every: int = 5
    window: int = 50


class FaultError(ValueError):
    """The fault asked for makes no sense; the message says why in one sentence."""


class Faults:
    """What is wrong now. A venue's faults add up; the same fault set again replaces the former one.

    `hits` counts by venue and fault what was really struck: frames, connections, attempts. A fault that is set proves
    nothing.
    """

    def __init__(
        self,
        venues: Collection[str],
        strike: Callable[[Fault], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._venues, self._strike, self._monotonic = venues, strike, monotonic
        self._active: dict[tuple[str, FaultName], tuple[Fault, float | None]] = {}
        self.hits: Counter[tuple[str, FaultName]] = Counter()

    def set(self, venue: str, fault: FaultName, **options: float | str | None) -> None:
        self.begin({"venue": venue, "fault": fault, **options})

    def begin(self, order: object) -> None:
        """Begin the fault that a JSON object describes."""
        fault = _check(order)
        for venue in self._expand(fault.venue):
            here = msgspec.structs.replace(fault, venue=venue)
            if fault.fault in ONCE:
                self._strike(here)
            else:
                until = None if fault.seconds is None else self._monotonic() + fault.seconds
                self._active[venue, fault.fault] = (here, until)

    def clear(self, venue: str = EVERYWHERE, fault: FaultName | None = None) -> None:
        venues = self._expand(venue)
        self._active = {
            key: value
            for key, value in self._active.items()
            if key[0] not in venues or (fault is not None and key[1] != fault)
        }

    def find(self, venue: str, name: FaultName) -> Fault | None:
        """The fault of this name at this venue, unless its time is over."""
        fault, until = self._active.get((venue, name), (None, None))
        return None if until is not None and self._monotonic() >= until else fault

    def hit(self, venue: str, name: FaultName) -> Fault | None:
        """The same, for one that strikes now: it is counted."""
        if fault := self.find(venue, name):
            self.hits[venue, name] += 1
        return fault

    def active(self) -> list[Fault]:
        found = (self.find(venue, name) for venue, name in self._active)
        return [fault for fault in found if fault]

    def _expand(self, venue: str) -> Collection[str]:
        if venue == EVERYWHERE:
            return self._venues
        if venue not in self._venues:
            raise FaultError(f"there is no venue {venue!r}; there are {', '.join(self._venues)} and '*'.")
        return [venue]


def _check(order: object) -> Fault:
    try:
        fault = msgspec.convert(order, Fault)
    except msgspec.ValidationError as error:
        raise FaultError(f"not a fault: {error}; the faults are {', '.join(get_args(FaultName))}.") from error
    if fault.fault == "close" and not _is_sendable(fault.code):
        raise FaultError(f"a close frame cannot carry the code {fault.code}; use hang_up for 1006.")
    if min(fault.every, fault.window) < 1 or fault.delay_ms < 0:
        raise FaultError("'every' and 'window' must be at least 1 and 'delay_ms' at least 0.")
    return fault


def _is_sendable(code: int) -> bool:
    """1005 stands for a close frame without a code."""
    return code == 1005 or 1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999
