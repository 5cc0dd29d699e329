"""Names of everything in Redis; nowhere else. All of them begin with REDIS_KEY_PREFIX, which is empty by default."""

from typing import Final

from django.conf import settings

_PREFIX: Final = settings.REDIS_KEY_PREFIX

TRADE_LOG: Final = f"{_PREFIX}trade_log"
TRADE_LOG_GROUP: Final = "database"
TRADE_FIELD: Final = b"trade"
# What clients of the sockets publish: a log for the hubs, which no database drains.
PUBLISHED_LOG: Final = f"{_PREFIX}published_log"
PUBLISHED_FIELD: Final = b"published"
# The last warnings and errors of all processes, for people.
EVENT_LOG: Final = f"{_PREFIX}event_log"
EVENT_FIELD: Final = b"line"
# A hash: who listens to each process that has sockets.
CLIENTS: Final = f"{_PREFIX}clients"
# A hash: what all processes counted, as one sum; since the site began.
COUNTS: Final = f"{_PREFIX}counts"
REJECTED_FIELD: Final = b"frame"
# Names the log of this server; another one, or none, means that it came back empty or with older data.
EPOCH: Final = f"{_PREFIX}epoch"
# A hash: the highest fence of each lease under which newest state was written, or will be.
FENCES: Final = f"{_PREFIX}fences"
# Written and read back to see whether a server can be used.
CANARY: Final = f"{_PREFIX}canary"
# What must not be missed when a server fails, in the order in which a returned one gets it.
CRITICAL_PREFIXES: Final = tuple(
    f"{_PREFIX}{name}"
    for name in (
        "ws_",
        "current_position",
        "position_",
        "position:",
        "orders:",
        "account:",
        "latest:",
        "mm_trap_",
    )
)
# What venues asked for: cool-offs and bans.
WISHES: Final = tuple(f"{_PREFIX}{name}" for name in ("cool_off:", "bans:"))
EVERYTHING: Final = _PREFIX


def is_critical(key: str) -> bool:
    return key.startswith(CRITICAL_PREFIXES)


# Read by people, by hand.
WS_STATUS: Final = f"{_PREFIX}ws_status"
WS_LAST_UPDATE: Final = f"{_PREFIX}ws_last_update"
MM_TRAP_PROBABILITY: Final = f"{_PREFIX}mm_trap_probability"
CURRENT_POSITION: Final = f"{_PREFIX}current_position"
POSITION_TARGETS: Final = f"{_PREFIX}position_targets"
POSITION_HISTORY: Final = f"{_PREFIX}position_history"
# How the two servers do, as the feed sees it that is named first.
PAIR: Final = f"{_PREFIX}latest:redis"


def cool_off(venue: str) -> str:
    """Exists for as long as nobody may ask the venue for anything; holds the reason."""
    return f"{_PREFIX}cool_off:{venue}"


def bans(venue: str) -> str:
    """How many bans in a row the venue has spoken."""
    return f"{_PREFIX}bans:{venue}"


def allowance(venue: str, what: str) -> str:
    """What was spent lately of one of the venue's limits, by Redis's clock in milliseconds."""
    return f"{_PREFIX}allowance:{venue}:{what}"


def counts_of(origin: str) -> str:
    """A hash: how far one process has counted."""
    return f"{_PREFIX}counts:{origin}"


def price(feed: str, instrument: str) -> str:
    return f"{_PREFIX}latest:price:{feed}:{instrument}"


def feed(name: str) -> str:
    return f"{_PREFIX}latest:feed:{name}"


def rejected(venue: str) -> str:
    return f"{_PREFIX}rejected:{venue}"


def drain(server: str) -> str:
    """How far the log of this server is drained; on that server."""
    return f"{_PREFIX}drain:{server}"


def sync(server: str) -> str:
    """How newest state was copied to this server when it came back; on both servers."""
    return f"{_PREFIX}sync:{server}"


def ws_status(account: int) -> str:
    """For people: the line of one account; without a number it is the feed's."""
    return f"{WS_STATUS}:{account}"


def ws_last_update(account: int) -> str:
    return f"{WS_LAST_UPDATE}:{account}"


def positions(account: int) -> str:
    return f"{_PREFIX}position:{account}"


def orders(account: int) -> str:
    return f"{_PREFIX}orders:{account}"


def account(number: int) -> str:
    return f"{_PREFIX}account:{number}"


def debug(account: int) -> str:
    """For staff: what an account's line said lately."""
    return f"{_PREFIX}debug:{account}"
