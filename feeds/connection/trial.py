"""Connection tests as staff ask for them: several venues at once, each by one person at a time."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import uuid4

from asgiref.sync import async_to_sync

from feeds.clock import SystemClock
from feeds.connection.probe import Step, probe
from feeds.queries import VenuePlan, venue_plan
from feeds.storage import lease
from feeds.storage.allowance import Allowance
from feeds.storage.live import LiveStore

# Longer than a test may take.
HELD_FOR: Final = timedelta(seconds=15)


@dataclass(frozen=True)
class Trial:
    """What became of one venue's test. No steps: somebody else tests it now."""

    venue: str
    steps: list[Step]


def try_venues(codes: Iterable[str]) -> list[Trial]:
    """Tests the connections to these venues, within ten seconds in all."""
    holder = uuid4().hex
    plans = [venue_plan(code) for code in codes]
    held = {plan.code: lease.claim(_resource(plan), holder, HELD_FOR) for plan in plans}
    mine = [plan for plan in plans if held[plan.code] is not None]
    try:
        steps = dict(zip((plan.code for plan in mine), _probe_all(mine), strict=True))
    finally:
        for plan in mine:
            lease.release(_resource(plan), holder, held[plan.code] or 0)
    return [Trial(plan.name, steps.get(plan.code, [])) for plan in plans]


def _resource(plan: VenuePlan) -> str:
    return f"probe:{plan.code}"


@async_to_sync
async def _probe_all(plans: list[VenuePlan]) -> list[list[Step]]:
    clock, store = SystemClock(), LiveStore()
    allowance = Allowance(store, clock)
    try:
        return await asyncio.gather(*(probe(plan, allowance, clock) for plan in plans))
    finally:
        await store.close()
