"""One look at a site, and looking again and again until somebody ends it."""

import signal
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import IntEnum
from queue import Empty, SimpleQueue
from typing import Final, NamedTuple, NoReturn

import msgspec

from dashboard.system.system import UNHEALTHY
from dashboard.terminal.answers import HEALTH, METRICS, REDIS, Answers, Told, read
from dashboard.terminal.contact import Contact
from dashboard.terminal.source import Site, Unreachable, ask
from feeds.clock import Clock

# Ages count up meanwhile.
REDRAW_S: Final = 1.0


class Exit(IntEnum):
    """How a script is told."""

    SERVES = 0
    UNHEALTHY = 1
    UNREACHABLE = 2


class Look(NamedTuple):
    """Without answers the site is unreachable, for the reason `why`."""

    told: Told
    answers: Answers | None
    why: str = ""

    @property
    def exit(self) -> Exit:
        if self.answers is None:
            return Exit.UNREACHABLE
        return Exit.UNHEALTHY if self.answers.status == UNHEALTHY else Exit.SERVES

    def noted(self, contact: Contact, now: datetime) -> Contact:
        return contact.after_answer(self.answers, now) if self.answers else contact.after_failure(self.why, now)

    def document(self, site: Site, now: datetime) -> bytes:
        """For scripts: JSON, the three answers as they came."""
        given = {name: self.told.answers.get(name) for name in (HEALTH, METRICS, REDIS)}
        about = {"site": str(site), "asked_at": now, "reachable": self.answers is not None, "why": self.why}
        return msgspec.json.encode({**about, **given, "refusals": self.told.refusals})


def look(site: Site) -> Look:
    told = Told()
    try:
        told = ask(site)
        return Look(told, read(told))
    except Unreachable as error:
        return Look(told, None, str(error))
    except (ValueError, KeyError):
        return Look(told, None, "what answers is another version of OMEGA, or none")


def follow(site: Site, refresh: timedelta, show: Callable[[Look | None, Contact], None], clock: Clock) -> None:
    """Shows each look, and between them, without one, what is known every second; until SIGINT or SIGTERM."""
    looks: SimpleQueue[Look | None] = SimpleQueue()
    for number in (signal.SIGINT, signal.SIGTERM):
        # This queue may be put into by whom its waiting was interrupted for.
        signal.signal(number, lambda *_: looks.put(None))
    threading.Thread(target=_look_on, args=(site, refresh, looks.put), daemon=True).start()
    contact = Contact(refresh, clock.now())
    show(None, contact)
    while True:
        try:
            seen = looks.get(timeout=REDRAW_S)
        except Empty:
            show(None, contact)
            continue
        if seen is None:
            return
        contact = seen.noted(contact, clock.now())
        show(seen, contact)


def _look_on(site: Site, refresh: timedelta, tell: Callable[[Look], None]) -> NoReturn:
    """On a thread of its own: a site that hangs holds up neither the screen nor Ctrl-C."""
    pause = threading.Event()
    while True:
        tell(look(site))
        pause.wait(refresh.total_seconds())
