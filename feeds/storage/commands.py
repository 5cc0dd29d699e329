"""What is said to one Redis server, by its client. Which server that is, is decided in `pair`."""

import secrets
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from feeds.pace import Rate
from feeds.storage import keys, latest, script
from feeds.storage.consumer import logged_at
from feeds.storage.health import Failure
from feeds.storage.redis import Entry, RedisDown

# Entries of the log in one answer, where many are read.
AT_ONCE: Final = 1000
_CANARY_KEPT_S: Final = 60
# What a probe judges a server by.
_TOLD: Final = ("role", "loading", "maxmemory", "maxmemory_policy", "used_memory")

# A lease and its fence: under which newest state is written.
Claim = tuple[str, int]


class Probed(NamedTuple):
    """The used share of its memory, None without a limit; the name of its log, "" while it has none."""

    memory_used: float | None
    epoch: str


class Told(NamedTuple):
    """What a process told of its clients, and how long ago by this server's clock."""

    age_ms: int
    content: bytes


async def probe(client: Any) -> Probed:
    """Whether the server can be written and keeps what it is given.

    A canary is written and read back: a server may answer and take nothing.
    """
    token = secrets.token_hex(8)
    pipe = client.pipeline(transaction=True)
    pipe.set(keys.CANARY, token, ex=_CANARY_KEPT_S).get(keys.CANARY).get(keys.EPOCH).info()
    _, read, epoch, info = await _executed(pipe)
    memory_used = judge(info)
    if read != token.encode():
        raise RedisDown("it does not give back what was written", Failure.ERROR)
    return Probed(memory_used, (epoch or b"").decode())


def judge(info: Mapping[str, Any]) -> float | None:
    """Whether a server that says this of itself can be used; the used share of its memory. Pure."""
    if untold := [name for name in _TOLD if name not in info]:
        raise RedisDown(f"its INFO does not tell {', '.join(untold)}", Failure.MISCONFIGURED)
    if info["role"] != "master":
        raise RedisDown("it is a replica of another server", Failure.READ_ONLY)
    if info["loading"]:
        raise RedisDown("it is loading its data", Failure.LOADING)
    if info["maxmemory"] and info["maxmemory_policy"] != "noeviction":
        raise RedisDown("its maxmemory-policy is not noeviction: it would drop the log", Failure.MISCONFIGURED)
    return info["used_memory"] / info["maxmemory"] if info["maxmemory"] else None


async def append(client: Any, trades: Collection[bytes]) -> None:
    await client.eval(script.APPEND, 1, keys.TRADE_LOG, keys.TRADE_FIELD, *trades)


async def claim(client: Any, lease: str, fence: int) -> None:
    """Whoever held the lease before, with a lower fence, writes newest state no more."""
    await client.eval(script.CLAIM, 1, keys.FENCES, lease, fence)


async def write_state(client: Any, states: Mapping[str, latest.Stamped], claim: Claim | None) -> list[bool]:
    """Each state over an older one only; whether each was taken."""
    pipe = client.pipeline(transaction=False)
    for key, state in states.items():
        value = (state.fence, state.version, latest.encode(state), latest.STATE_TTL_S)
        pipe.eval(script.WRITE_IF_NEWER, 2, key, keys.FENCES, *value, *(claim or ()))
    return [bool(taken) for taken in await _executed(pipe)]


async def read(client: Any, names: list[str]) -> list[bytes | None]:
    found: list[bytes | None] = await client.mget(names)
    return found


async def read_log(client: Any, after: bytes, limit: int, log: str = keys.TRADE_LOG) -> list[Entry]:
    """At most so many entries after the one with this id, oldest first."""
    return list(await client.xrange(log, min=b"(" + after, count=limit))


async def read_log_end(client: Any, limit: int, log: str = keys.TRADE_LOG) -> list[Entry]:
    """The last entries, oldest first."""
    return list(reversed(await client.xrevrange(log, count=limit)))


async def read_log_since(client: Any, since: datetime, least: int, most: int) -> list[Entry]:
    """What was logged since then, but at least the last `least` entries, and at most `most`; oldest first.

    Some at a time: the loop has other things to do meanwhile.
    """
    found: list[Entry] = []
    until = b"+"
    while len(found) < most and (len(found) < least or logged_at(found[-1][0]) >= since):
        page = await client.xrevrange(keys.TRADE_LOG, max=until, count=min(AT_ONCE, most - len(found)))
        if not page:
            break
        found += page
        until = b"(" + page[-1][0]
    return found[::-1]


async def publish(client: Any, entries: Iterable[bytes]) -> None:
    """In order; about the last PUBLISHED_KEPT entries stay."""
    pipe = client.pipeline(transaction=False)
    for entry in entries:
        pipe.xadd(keys.PUBLISHED_LOG, {keys.PUBLISHED_FIELD: entry}, maxlen=latest.PUBLISHED_KEPT, approximate=True)
    await _executed(pipe)


async def tell_clients(client: Any, process: str, value: bytes) -> None:
    """Over what the process told before. What others told and did not renew is dropped."""
    await client.eval(script.TELL_CLIENTS, 1, keys.CLIENTS, process, value, latest.CLIENTS_KEPT_S * 1000)


async def forget_clients(client: Any, process: str) -> None:
    await client.hdel(keys.CLIENTS, process)


async def read_clients(client: Any) -> dict[str, Told]:
    """By process. Without those that told nothing for too long."""
    pipe = client.pipeline(transaction=False)
    pipe.hgetall(keys.CLIENTS).time()
    held, (seconds, microseconds) = await _executed(pipe)
    now_ms = seconds * 1000 + microseconds // 1000
    told = {process.decode(errors="replace"): _told(value, now_ms) for process, value in held.items()}
    return {process: each for process, each in told.items() if each.age_ms <= latest.CLIENTS_KEPT_S * 1000}


def _told(value: bytes, now_ms: int) -> Told:
    """Anything else, such as what was written by hand, is very old."""
    told_ms, _, content = value.partition(b" ")
    return Told(now_ms - (int(told_ms) if told_ms.isdigit() else 0), content)


async def spend(client: Any, venue: str, what: str, rate: Rate, cost: int) -> int:
    """Milliseconds to wait, 0 when it is spent."""
    names = [keys.allowance(venue, what), keys.cool_off(venue)]
    wait_ms: int = await client.eval(script.SPEND, 2, *names, rate.count, int(rate.within * 1000), cost)
    return wait_ms


async def cool_off(client: Any, venue: str, seconds: float, reason: str) -> int:
    """For how many milliseconds it stays."""
    stays_ms: int = await client.eval(script.COOL_OFF, 1, keys.cool_off(venue), int(seconds * 1000), reason)
    return stays_ms


async def read_cool_off(client: Any, venue: str) -> str:
    reason: bytes | None = await client.get(keys.cool_off(venue))
    return (reason or b"").decode()


async def count_ban(client: Any, venue: str, kept_for: float) -> int:
    pipe = client.pipeline(transaction=True)
    pipe.incr(keys.bans(venue)).pexpire(keys.bans(venue), int(kept_for * 1000))
    bans, _ = await _executed(pipe)
    return int(bans)


async def forgive(client: Any, venue: str) -> None:
    await client.delete(keys.bans(venue))


async def keep_rejected(client: Any, frames: Iterable[latest.RejectedFrame]) -> bool:
    """True: they are kept."""
    since = await _kept_since(client)
    pipe = client.pipeline(transaction=False)
    for frame in frames:
        key = keys.rejected(frame.venue)
        content = {keys.REJECTED_FIELD: latest.encode(frame)}
        pipe.xadd(key, content, maxlen=latest.REJECTED_KEPT, approximate=False)
        pipe.xtrim(key, minid=since, approximate=False)
        pipe.expire(key, latest.REJECTED_KEPT_S)
    await _executed(pipe)
    return True


async def read_rejected(client: Any, venues: Iterable[str]) -> list[bytes]:
    """Venue by venue, newest first."""
    since = await _kept_since(client)
    pipe = client.pipeline(transaction=False)
    for venue in venues:
        pipe.xrevrange(keys.rejected(venue), min=since)
    return [fields[keys.REJECTED_FIELD] for entries in await _executed(pipe) for _, fields in entries]


async def _kept_since(client: Any) -> int:
    """By the server's clock, which also makes the entries' ids."""
    seconds, _ = await client.time()
    return int(seconds - latest.REJECTED_KEPT_S) * 1000


async def _executed(pipe: Any) -> list[Any]:
    """The answers. The first error as the server said it: redis-py's own would repeat the command, data and all."""
    answers: list[Any] = await pipe.execute(raise_on_error=False)
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
    return answers
