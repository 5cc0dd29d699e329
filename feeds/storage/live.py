"""The log and the newest state, for the loops and the hub: one store, whichever of two servers there are."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

from django.conf import settings

from feeds.clock import Clock, SystemClock
from feeds.pace import Rate
from feeds.storage import commands, keys, latest, status
from feeds.storage.member import Heard
from feeds.storage.pair import Pair
from feeds.storage.redis import Entry, Server, Work
from feeds.storage.servers import FAILOVER, PRIMARY

T = TypeVar("T")

# The end of the log is long. A server that hangs is noticed as soon as in any other call.
LOG_TIMEOUT_S: Final = 2.0
CRITICAL: Final = "critical"


class LiveStore:
    """What the loops and the hub do with Redis, inside one asyncio loop. Close it in the loop that made it.

    Each call raises RedisDown when no server took it. Without an address it is the pair of the settings. With a claim
    newest state is refused from whoever held that lease before, and from us as soon as somebody else does.
    """

    def __init__(
        self,
        url: str = "",
        failover_url: str = "",
        clock: Clock | None = None,
        claim: commands.Claim | None = None,
    ) -> None:
        if not url:
            url, failover_url = settings.REDIS_URL, settings.FAILOVER_REDIS_URL
        servers = [Server(PRIMARY, url)] + ([Server(FAILOVER, failover_url)] if failover_url else [])
        self._pair = Pair(servers, clock or SystemClock())
        self._scope = settings.REDIS_FAILOVER_SCOPE
        self._dropped = 0
        self._claim = claim

    async def claim(self) -> None:
        """Makes the claim known before anything is written under it."""
        if self._claim is not None:
            lease, fence = self._claim
            await self._pair.on_each(partial(commands.claim, lease=lease, fence=fence))

    async def append(self, trades: Iterable[bytes]) -> None:
        """Adds encoded trades to the log in order. Returned = acknowledged, by either server."""
        await self._pair.on_active(partial(commands.append, trades=list(trades)))

    async def write_state(self, states: Mapping[str, latest.Stamped]) -> int:
        """Writes each state over an older one only, on every server; how many no server refused.

        What is not critical may be dropped while the primary is away, and is counted.
        """
        critical = {key: state for key, state in states.items() if self._must_arrive(key)}
        others = {key: state for key, state in states.items() if key not in critical}
        taken = 0
        if critical:
            work = partial(commands.write_state, states=critical, claim=self._claim)
            answers = await self._pair.on_each(work, is_repeatable=False)
            taken += sum(map(all, zip(*answers.values(), strict=True)))
        if others:
            answer = await self._pair.on_first(partial(commands.write_state, states=others, claim=self._claim))
            self._dropped += len(others) if answer is None else 0
            taken += len(others) if answer is None else sum(answer)
        return taken

    async def read(self, names: list[str]) -> list[bytes | None]:
        """The encoded states behind the keys, the newest that any server has; None where there is none."""
        if not names:
            return []
        answers = await self._pair.on_each(partial(commands.read, names=names))
        return [max(found, key=latest.stamp_of) for found in zip(*answers.values(), strict=True)]

    async def read_logs(
        self, after: Mapping[str, bytes], limit: int, log: str = keys.TRADE_LOG
    ) -> dict[str, list[Entry]]:
        """At most `limit` entries of each server's log that came after the one named, or else its last; oldest first.

        A server that does not answer is missing.
        """

        def read(name: str) -> Work[list[Entry]]:
            if name in after:
                return partial(commands.read_log, after=after[name], limit=limit, log=log)
            return partial(commands.read_log_end, limit=limit, log=log)

        return await self._pair.on_each_by_name(read, LOG_TIMEOUT_S)

    async def read_logs_since(self, since: datetime, least: int, most: int) -> dict[str, list[Entry]]:
        """Of each server's log what came since then, but at least its last `least` entries, and at most `most`."""
        work = partial(commands.read_log_since, since=since, least=least, most=most)
        return await self._pair.on_each(work, LOG_TIMEOUT_S)

    async def read_log(self, after: bytes, limit: int) -> list[Entry]:
        """At most `limit` entries of each log that came after this id, oldest first."""
        work = partial(commands.read_log, after=after, limit=limit)
        return merged((await self._pair.on_each(work, LOG_TIMEOUT_S)).values())

    async def read_log_end(self, limit: int) -> list[Entry]:
        """The last `limit` entries of each log, oldest first."""
        return merged((await self.read_logs({}, limit)).values())

    async def spend(self, venue: str, what: str, rate: Rate, cost: int) -> float:
        """Spends some of what a venue allows all workers together; the seconds to wait instead, 0 when it is spent.

        Counted on both servers, so that a switch forgets nothing; the one that knows of more decides.
        """
        work = partial(commands.spend, venue=venue, what=what, rate=rate, cost=cost)
        return max((await self._pair.on_each(work, is_repeatable=False)).values()) / 1000

    async def cool_off(self, venue: str, seconds: float, reason: str) -> float:
        """Nobody may ask the venue for anything for so long, or as long as was said before: the seconds."""
        work = partial(commands.cool_off, venue=venue, seconds=seconds, reason=reason)
        return max((await self._pair.on_each(work)).values()) / 1000

    async def read_cool_off(self, venue: str) -> str:
        """Why nobody may ask the venue for anything; "" where everybody may."""
        return max((await self._pair.on_each(partial(commands.read_cool_off, venue=venue))).values())

    async def count_ban(self, venue: str, kept_for: float) -> int:
        """One more ban in a row; how many there are now."""
        work = partial(commands.count_ban, venue=venue, kept_for=kept_for)
        return max((await self._pair.on_each(work, is_repeatable=False)).values())

    async def forgive(self, venue: str) -> None:
        """Forgets the venue's bans; what it wished last stays until its time is over."""
        await self._pair.on_each(partial(commands.forgive, venue=venue))

    async def keep_rejected(self, frames: Iterable[latest.RejectedFrame]) -> None:
        """Adds to each venue's rejected frames; the newest of the last hour are kept. Not critical."""
        kept = list(frames)
        work = partial(commands.keep_rejected, frames=kept)
        if self._scope != CRITICAL:
            await self._pair.on_each(work, is_repeatable=False)
        elif not await self._pair.on_first(work):
            self._dropped += len(kept)

    async def read_rejected(self, venues: Iterable[str]) -> list[bytes]:
        """The encoded rejected frames of the last hour, venue by venue, newest first: of the server that has most."""
        answers = await self._pair.on_each(partial(commands.read_rejected, venues=list(venues)))
        return max(answers.values(), key=len)

    async def publish(self, entries: Iterable[bytes]) -> None:
        """Adds to what clients publish, in order. Returned = acknowledged, by either server.

        What the active server did not confirm goes to the other one: an entry may be in both.
        """
        await self._pair.on_active(partial(commands.publish, entries=list(entries)))

    async def tell_clients(self, process: str, value: bytes) -> None:
        """Says who listens to this process, on every server; to be told again before CLIENTS_KEPT_S are over."""
        await self._pair.on_each(partial(commands.tell_clients, process=process, value=value))

    async def forget_clients(self, process: str) -> None:
        """Nobody listens to this process any more."""
        await self._pair.on_each(partial(commands.forget_clients, process=process))

    async def read_clients(self) -> list[bytes]:
        """What each process told last, by the server that heard it last."""
        newest: dict[str, commands.Told] = {}
        for heard in (await self._pair.on_each(commands.read_clients)).values():
            for process, told in heard.items():
                newest[process] = min(told, newest.get(process, told))
        return [newest[process].content for process in sorted(newest)]

    def statistics(self) -> status.PairStatus:
        """How each server does, which one is active, and what that cost."""
        return self._pair.status(self._scope, self._dropped)

    def tell(self, heard: Heard) -> None:
        """Tells how each server does: at once, and whenever its state changes."""
        self._pair.tell(heard)

    async def close(self) -> None:
        await self._pair.close()

    def _must_arrive(self, key: str) -> bool:
        return self._scope != CRITICAL or keys.is_critical(key)


def merged(logs: Iterable[list[tuple[bytes, T]]]) -> list[tuple[bytes, T]]:
    """Entries of several logs, by id, in the order in which they were added. One that is in two of them comes twice."""
    return sorted((entry for log in logs for entry in log), key=_added_at)


def _added_at(entry: tuple[bytes, object]) -> tuple[int, ...]:
    return tuple(map(int, entry[0].split(b"-")))
