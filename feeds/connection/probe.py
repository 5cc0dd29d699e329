"""The connection test: one connection taken through all its steps and closed, each step with its time."""

import asyncio
import math
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Final, Literal

from feeds.clock import Clock
from feeds.connection.advice import advise
from feeds.connection.entrance import find_endpoint
from feeds.connection.route import Route, connected, look_up, route_to, secure
from feeds.connection.session import Received, listen
from feeds.connection.stall import SessionTiming
from feeds.errors import Replaced, SessionEnded, printable
from feeds.queries import VenuePlan
from feeds.storage.allowance import CONNECT, Allowance
from feeds.texts import gettext_noop as noop
from feeds.types import Subscribed
from feeds.venues import REGISTRY

STEPS: Final = (
    *(noop("address"), noop("limits"), noop("token"), "DNS", "TCP", "TLS"),
    *(noop("handshake"), noop("subscription"), noop("first data"), noop("closed")),
)
# With the second that a polite closing may take, ten.
WITHIN_S: Final = 9.0
# One that is measured and given up after TLS, and one that is used.
CONNECTIONS: Final = 2


@dataclass(frozen=True)
class Step:
    """One step and its time. `advice` is what to do about a failed one, which is the last."""

    name: str
    state: Literal["done", "skipped", "failed"]
    milliseconds: float
    text: str
    advice: str = ""


async def probe(venue: VenuePlan, allowance: Allowance, clock: Clock) -> list[Step]:
    """Tests the connection to a venue, within ten seconds. It counts as any other one, and so does what it is told."""
    report = _Report(clock)
    try:
        async with asyncio.timeout(WITHIN_S):
            await _walk(venue, allowance, report, clock)
    except TimeoutError:
        report.fail(f"it was not over within {WITHIN_S:g} s")
    except SessionEnded as error:
        report.fail(printable(f"{error.reason}: {error}"), error.reason)
        await allowance.cool_off(venue.code, error)
    return report.steps


class _Report:
    """Steps are always taken in the same order: the next one is known by the number of those before it."""

    def __init__(self, clock: Clock) -> None:
        self.steps: list[Step] = []
        self._clock = clock
        self._since = clock.monotonic()

    @property
    def next(self) -> str:
        return STEPS[len(self.steps)]

    def done(self, text: str = "") -> None:
        self._add("done", text)

    def skip(self, text: str) -> None:
        self._add("skipped", text)

    def fail(self, text: str, reason: str = "") -> None:
        self._add("failed", text, advise(self.next, reason))

    def _add(self, state: Literal["done", "skipped", "failed"], text: str, advice: str = "") -> None:
        now = self._clock.monotonic()
        self.steps.append(Step(self.next, state, (now - self._since) * 1000, text, advice))
        self._since = now


async def _walk(venue: VenuePlan, allowance: Allowance, report: _Report, clock: Clock) -> None:
    if venue.refusal:
        report.fail(venue.refusal)
        return
    url, dialect = venue.urls[0], REGISTRY[venue.code]
    report.done(url)
    if venue.connects.count < CONNECTIONS:
        report.fail(f"a test needs {CONNECTIONS} connections; allow so many, or watch how the feed fares")
        return
    wait = await allowance.ask(venue.code, CONNECT, venue.connects, CONNECTIONS)
    if wait > 0:
        report.fail(f"the venue has to be left alone for {math.ceil(wait)} s: its limits, or its wish")
        return
    report.done(f"{CONNECTIONS} of {venue.connects.count} connections in {venue.connects.within:g} s")
    timing = SessionTiming(silent_after=venue.silent_after, ping_every=venue.ping_every, messages=venue.messages)
    endpoint = await find_endpoint(dialect, url, timing, clock)
    route = route_to(endpoint.url)
    if endpoint.url == url:
        report.skip("none is asked for")
    else:
        report.done(f"it leads to {printable(route.host)}")
    await _approach(route, report)
    await _talk(venue, timing, report, clock)


async def _approach(route: Route, report: _Report) -> None:
    """To the door and back: what the session does at once, but each part with its own time."""
    if route.is_proxied:
        for _ in range(3):
            report.skip("a proxy does it")
        return
    report.done(", ".join(await look_up(route)))
    async with connected(route) as line:
        report.done(f"port {route.port}")
        if route.is_encrypted:
            report.done(await secure(line, route))
        else:
            report.skip("this machine needs none")


async def _talk(venue: VenuePlan, timing: SessionTiming, report: _Report, clock: Clock) -> None:
    """A session like any other one, up to its first data."""
    dialect, leave = REGISTRY[venue.code], asyncio.get_running_loop().create_future()
    unanswered = {request.key for request in dialect.subscribe(sorted(venue.instruments), clock.now())}
    lost: list[str] = []
    session = listen(dialect, venue.urls[0], venue.instruments, timing, clock, leave)
    async with aclosing(session) as frames:
        await anext(frames)
        report.done("all of that once more, up to the venue's answer")
        async for received in frames:
            unanswered -= _answered(received)
            lost += [f"without {refused.symbol}: {refused}" for refused in received.lost]
            if report.next == "subscription" and (received.is_connected or not unanswered):
                report.done(f"to {', '.join(sorted(venue.instruments))}")
            if received.is_connected:
                break
        report.done(printable("; ".join(lost)))
        leave.set_result("the test is over")
        with suppress(Replaced):
            async for _ in frames:
                """What comes until the venue has heard of it."""
    report.done()


def _answered(received: Received) -> set[str]:
    return {event.key for event in received.events if isinstance(event, Subscribed)}
