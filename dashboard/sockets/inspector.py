"""Whether logins hold: asked when a socket opens, and of all open sockets again and again."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from channels.db import database_sync_to_async
from django.db import Error

from dashboard.sockets.identity import Identity, identify_all, note_use
from dashboard.sockets.login import Login
from feeds.clock import Clock

# With the look itself that is the 5 s that a socket outlives its login at worst. Where somebody says that there is
# something to see, it is less.
LOOK_EVERY: Final = 4.0
# When a thousand come back within seconds, each reading answers as many as came in this time.
GATHER_S: Final = 0.05
# A thread that is busy slows the sockets' loop down. To look at so many logins takes it some 12 ms.
AT_ONCE: Final = 200

Told = Callable[[Identity | None], None]
Reading = asyncio.Future[dict[Login, Identity]]

logger = logging.getLogger(__name__)


@dataclass(eq=False)
class _Watch:
    """One socket, and what it was told last."""

    login: Login
    told: Told
    is_new: bool = True
    identity: Identity | None = None


class Inspector:
    """One per process, in the sockets' loop. It looks from the first socket on until the last one is gone."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._asks: list[tuple[Login, asyncio.Future[Identity | None]]] = []
        self._answering: asyncio.Task[None] | None = None
        self._watches: set[_Watch] = set()
        self._looking: asyncio.Task[None] | None = None
        self._looked_at = float("-inf")
        self._hinted_at = float("-inf")
        # Of whom somebody said that there is something to see; None: of everybody.
        self._hinted: set[int | None] = set()
        self._is_hinted = asyncio.Event()
        # Tokens whose use waits to be noted.
        self._used: set[int] = set()
        self._noting: asyncio.Task[None] | None = None

    async def ask(self, login: Login) -> Identity | None:
        """Who this is; None where the login does not hold. Raises django.db.Error where the database does not answer.

        Whoever asks while others are being answered is answered together with all who came meanwhile: a thousand
        sockets that come back at once are few queries.
        """
        answer: asyncio.Future[Identity | None] = asyncio.get_running_loop().create_future()
        self._asks.append((login, answer))
        if self._answering is None:
            self._answering = asyncio.create_task(self._answer(), name="login answers")
        return await answer

    def watch(self, login: Login, told: Told) -> Callable[[], None]:
        """Tells what the next look finds, and from then on what changed; None: the login holds no more.

        Call what comes back to stop.
        """
        watch = _Watch(login, told)
        self._watches.add(watch)
        if self._looking is None:
            self._hinted, self._is_hinted = set(), asyncio.Event()
            self._looked_at = self._clock.monotonic()
            self._looking = asyncio.create_task(self._look_on(), name="login inspector")
        if self._clock.monotonic() - self._hinted_at < LOOK_EVERY:
            # It may have been about this socket, between its question and now.
            self._is_hinted.set()
        return lambda: self._leave(watch)

    def look(self, user_id: int | None = None) -> None:
        """Looks at once: at this user's sockets, or at all."""
        self._hinted_at = self._clock.monotonic()
        self._hinted.add(user_id)
        self._is_hinted.set()

    async def _answer(self) -> None:
        try:
            while self._asks:
                asks, self._asks = self._asks, []
                reading = await _read([login for login, _ in asks])
                for login, answer in asks:
                    _hand_out(reading, login, answer)
                self._note_use(reading)
                # Real time, whatever the clock says: whoever comes right behind others waits for more of them.
                await asyncio.sleep(GATHER_S)
        finally:
            self._answering = None

    def _leave(self, watch: _Watch) -> None:
        self._watches.discard(watch)
        if not self._watches:
            self._is_hinted.set()

    async def _look_on(self) -> None:
        try:
            while self._watches:
                is_time = await self._wait()
                await self._look(self._due(is_time))
        finally:
            self._looking = None

    async def _wait(self) -> bool:
        """Until there is something to see; whether that is because it is time to look at all."""
        left = self._looked_at + LOOK_EVERY - self._clock.monotonic()
        timer, hint = asyncio.ensure_future(self._clock.sleep(left)), asyncio.ensure_future(self._is_hinted.wait())
        try:
            await asyncio.wait([timer, hint], return_when=asyncio.FIRST_COMPLETED)
            return timer.done()
        finally:
            timer.cancel()
            hint.cancel()

    def _due(self, is_time: bool) -> list[_Watch]:
        """Hints that come from now on are for the look after this one."""
        hinted, self._hinted = self._hinted, set()
        self._is_hinted.clear()
        if is_time or None in hinted:
            self._looked_at = self._clock.monotonic()
            return list(self._watches)
        return [each for each in self._watches if each.identity is None or each.identity.user_id in hinted]

    async def _look(self, watches: list[_Watch]) -> None:
        by_login: defaultdict[Login, list[_Watch]] = defaultdict(list)
        for watch in watches:
            by_login[watch.login].append(watch)
        logins = list(by_login)
        for start in range(0, len(logins), AT_ONCE):
            some = logins[start : start + AT_ONCE]
            self._pass_on(await _read(some), [watch for login in some for watch in by_login[login]])

    def _pass_on(self, reading: Reading, watches: list[_Watch]) -> None:
        if error := reading.exception():
            # Neither an outage of the database nor a mistake of ours is a logout.
            trace = None if isinstance(error, Error) else error
            logger.error("the logins of %d sockets could not be looked at", len(watches), exc_info=trace)
            return
        for watch in watches:
            # By the loop: what one socket makes of it does not stop the others.
            asyncio.get_running_loop().call_soon(self._tell, watch, reading.result().get(watch.login))
        self._note_use(reading)

    def _tell(self, watch: _Watch, identity: Identity | None) -> None:
        if watch in self._watches and (watch.is_new or watch.identity != identity):
            watch.is_new, watch.identity = False, identity
            watch.told(identity)

    def _note_use(self, reading: Reading) -> None:
        """Beside all else: it writes, so it may wait for others who write, and nobody waits for it."""
        found = () if reading.exception() else reading.result().values()
        self._used |= {each.token_id for each in found if each.is_use_due and each.token_id}
        if self._used and self._noting is None:
            self._noting = asyncio.create_task(self._note(), name="token uses")

    async def _note(self) -> None:
        """One writer at a time. What fails comes again with the next look."""
        note = database_sync_to_async(note_use, thread_sensitive=False)
        try:
            while self._used:
                used, self._used = self._used, set()
                await note(used)
        except Error as error:
            logger.warning("the last use of %d tokens was not noted: %s", len(used), error)
        finally:
            self._noting = None


async def _read(logins: Collection[Login]) -> Reading:
    """Done, one way or the other. On a thread of its own: the one that all share answers pages."""
    find = database_sync_to_async(identify_all, thread_sensitive=False)
    reading = asyncio.ensure_future(find(logins))
    await asyncio.wait([reading])
    return reading


def _hand_out(reading: Reading, login: Login, answer: asyncio.Future[Identity | None]) -> None:
    # Whoever asked may be gone.
    if answer.done():
        return
    if error := reading.exception():
        answer.set_exception(error)
    else:
        answer.set_result(reading.result().get(login))
