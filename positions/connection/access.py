"""Being let in with one key: by the venue's clock, into the right one of its worlds, and to the account that it was."""

import asyncio
from typing import Final

from feeds.connection.retry import planned_life
from feeds.errors import SessionEnded
from positions.address import reached
from positions.connection.around import Around
from positions.connection.condition import Remedy
from positions.connection.rest import AccountClient
from positions.connection.session import Entrance
from positions.errors import AccountRefused, Failure
from positions.keys.credentials import Credentials
from positions.keys.verdict import Outcome, ending_soon, has_ended, judge, refused
from positions.plan import AccountPlan
from positions.venues.bitget import DIALECTS

# The venue forgives 30 s. We correct any difference, and tell of one that somebody should see to.
TOLD_FROM_S: Final = 5.0
# The venue cuts every connection after a day.
LIFE_S: Final = 86_400.0
# What a key may do can be changed at the venue; a line that is opened later than this has it judged again.
IDENTIFIED_FOR_S: Final = 3600.0


class Access:
    """With one key. What is not known of it is asked when it is entered, and asked again when it proved wrong.

    `is_open` is set while the key is known to be good and of the right account: nothing is believed before.
    """

    def __init__(self, plan: AccountPlan, credentials: Credentials, around: Around) -> None:
        self.client = AccountClient(plan, credentials, around.allowance, around.clock)
        self.is_open = asyncio.Event()
        self.skew: float | None = None
        self._plan = plan
        self._credentials = credentials
        self._identified_at = float("-inf")
        self._around = around

    async def enter(self, chance: float) -> Entrance:
        """Where the socket is. Raises what the client does, and AccountRefused where it is somebody else's key."""
        if self.skew is None:
            await self.measure()
        kind = self.client.kind
        if kind is None:
            kind = await self.client.detect_kind()
            self._around.journal.learnt(kind=kind)
        if self._around.clock.monotonic() - self._identified_at >= IDENTIFIED_FOR_S:
            await self._identify()
        self.is_open.set()
        dialect = DIALECTS[kind]
        url = reached(dialect.private_url(self._plan.environment))
        return Entrance(dialect, url, self._credentials, self.skew or 0.0, planned_life(LIFE_S, chance))

    def correct(self, remedy: Remedy, error: SessionEnded) -> None:
        """The next entrance asks again; after what needs a person nothing is asked with this key any more."""
        if remedy is not Remedy.WAIT:
            self.is_open.clear()
        if remedy is Remedy.PERSON:
            self.client.give_up(error)
            self._around.journal.judged(refused(error), self._plan.revision)
        if remedy is Remedy.CLOCK:
            self.skew = None
        if remedy is Remedy.KIND:
            self.client.kind = None

    async def check(self) -> None:
        """What changes while a line is good: how long the key still lives, and our clock.

        AccountRefused once the key has ended.
        """
        expires_at, now = self._plan.expires_at, self._around.clock.now()
        ending = ending_soon(expires_at, now)
        self._around.report.keep("key_ends", ending)
        if has_ended(expires_at, now):
            raise AccountRefused(Failure.CONFIGURATION, "key", ending)
        await self.measure()

    async def measure(self) -> None:
        """How far the venue's clock is ahead of ours, as it may have been set since."""
        self.skew = skew = await self.client.measure_clock()
        self._around.board.skew(round(skew * 1000))
        if abs(skew) >= TOLD_FROM_S:
            way = "behind" if skew > 0 else "ahead of"
            self._around.report.alert(
                "clock", f"our clock is {abs(skew):.1f} s {way} BitGet's; what we sign is corrected"
            )
        else:
            self._around.report.clear("clock")

    async def _identify(self) -> None:
        """B11, B12: the key has to be of the account that the first one was of, and may not do more than read."""
        plan, info, now = self._plan, await self.client.key_info(), self._around.clock.now()
        verdict = judge(info, plan, now)
        if verdict.outcome is Outcome.REFUSED:
            is_other = plan.uid not in ("", info.uid)
            raise AccountRefused(Failure.IDENTITY if is_other else Failure.CONFIGURATION, "key", verdict.problems[0])
        self._around.report.keep("key_ends", ending_soon(plan.expires_at, now))
        self._around.journal.learnt(uid=info.uid)
        self._around.journal.judged(verdict, plan.revision)
        self._identified_at = self._around.clock.monotonic()
