"""One signed call to an account's REST: with leave, once, bounded, checked. Every end is a typed error.

Key and passphrase travel in headers, which no exception and no log line ever holds.
"""

from datetime import datetime, timedelta
from typing import Final

from feeds.clock import Clock
from feeds.connection.http import call as call_over_http
from feeds.connection.rest import CALL_WITHIN_S, share
from feeds.errors import SessionEnded
from feeds.pace import Rate
from feeds.storage.allowance import REST, Allowance
from feeds.venues.base import HTTPRequest
from feeds.venues.rest import CallRefused
from positions.address import REST_URL, reached
from positions.connection.usage import Usage
from positions.errors import AccountRefused, Failure
from positions.keys.credentials import Credentials
from positions.limits import VENUE
from positions.plan import AccountPlan
from positions.venues.bitget import DIALECTS
from positions.venues.bitget_rest import Call, signed
from positions.words import AccountKind

# A page has a hundred rows of a kilobyte or two.
MAX_BODY_BYTES: Final = 4 * 1024 * 1024
# What one address of ours may ask, for however many accounts: https://www.bitget.com/api-doc/common/intro
ADDRESS_RATE: Final = Rate(6000, 60.0)
# Of each limit; the rest is for whatever else uses the account.
OUR_SHARE: Final = 0.5
# What is the same in both worlds is asked of this one.
_EITHER: Final = DIALECTS[AccountKind.CLASSIC].rest


class Caller:
    """Asks on behalf of one account. The venue counts by its uid, so two keys of one account share their leave."""

    def __init__(self, plan: AccountPlan, credentials: Credentials, allowance: Allowance, clock: Clock) -> None:
        # Why nothing may be asked with this key any more; None while it may.
        self.refused: SessionEnded | None = None
        self._environment = plan.environment
        self._counted_as = _counted(plan.uid or plan.id)
        self._credentials = credentials
        self._allowance = allowance
        self._clock = clock
        self._usage = Usage()
        self._ahead = timedelta()

    @property
    def budget_used(self) -> float:
        """The highest share of a full limit in use, 0 to 1; 1 while the venue says that one is used up."""
        return self._usage.share(self._clock.monotonic())

    def venue_now(self) -> datetime:
        """The venue's time, as far as we know it."""
        return self._clock.now() + self._ahead

    async def ask(self, call: Call) -> bytes:
        """The body of the answer. Where the venue finds our clock wrong, it is corrected and asked again, once."""
        if not self._credentials.is_sendable:
            raise AccountRefused(Failure.CREDENTIALS, "", "key, secret or passphrase holds what it cannot have")
        try:
            return await self._ask_signed(call)
        except AccountRefused as refused:
            if refused.failure is not Failure.CLOCK:
                raise
        await self.measure_clock()
        return await self._ask_signed(call)

    async def belongs_to(self, uid: str, told_by: Call) -> None:
        """The venue counts by this uid, and has counted the call that told it."""
        if self._counted_as != _counted(uid):
            self._counted_as = _counted(uid)
            await self._allowance.ask(self._counted_as, told_by.what, share(told_by.rate, OUR_SHARE))

    async def measure_clock(self) -> float:
        """Seconds that the venue's clock is ahead of ours, as far as one call can tell: half its duration.

        What is signed from now on has the venue's time.
        """
        call = _EITHER.server_time()
        await self._wait_for_leave(call)
        sent_at = self._clock.now()
        body = await self._send(HTTPRequest("GET", call.path))
        middle = sent_at + (self._clock.now() - sent_at) / 2
        self._ahead = _EITHER.read_server_time(body) - middle
        return self._ahead.total_seconds()

    async def _ask_signed(self, call: Call) -> bytes:
        await self._wait_for_leave(call)
        if self.refused is not None:
            raise self.refused
        return await self._send(signed(call, self._credentials, self._environment, self.venue_now()))

    async def _wait_for_leave(self, call: Call) -> None:
        await self._allowance.wait(self._counted_as, call.what, share(call.rate, OUR_SHARE))
        await self._allowance.wait(VENUE, REST, share(ADDRESS_RATE, OUR_SHARE))
        now = self._clock.monotonic()
        self._usage.note(call.what, call.rate, now)
        self._usage.note(VENUE, ADDRESS_RATE, now)

    async def _send(self, request: HTTPRequest) -> bytes:
        request = request._replace(url=reached(REST_URL + request.url))
        answer = await call_over_http(request, CALL_WITHIN_S, MAX_BODY_BYTES, self._clock.now())
        try:
            _EITHER.check(*answer)
        except CallRefused as banned:
            await self._allowance.cool_off(VENUE, banned)
            raise
        except AccountRefused as refused:
            await self._obey(refused)
            raise
        return answer.body

    async def _obey(self, refused: AccountRefused) -> None:
        """The account is left alone for as long as the venue says, by all workers."""
        seconds = await self._allowance.cool_off(self._counted_as, refused)
        if refused.failure is Failure.LIMIT:
            self._usage.spent(until=self._clock.monotonic() + seconds)


def _counted(account: str | int) -> str:
    return f"{VENUE}:{account}"
