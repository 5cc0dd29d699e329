"""The words of the operator page and of docs/operations.md: each state, what it means, what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

GOOD, ATTENTION, BAD, UNKNOWN = "good", "attention", "bad", "unknown"


@dataclass(frozen=True)
class Entry:
    """`tone` is how bad it is; `advice` is "" where there is nothing to do."""

    tone: str
    title: str
    meaning: str
    advice: str = ""


# Of a Redis server: by the reason why it is not well, "" for one that is.
SERVER: Final[Mapping[str, Entry]] = {
    "": Entry(GOOD, "Up", "It answers and takes writes."),
    "slow": Entry(
        ATTENTION,
        "Slow",
        "It answers, but a call takes longer than 250 ms.",
        "Look at the load of its machine and at the network in between. Workers use the other server meanwhile.",
    ),
    "filling": Entry(
        ATTENTION,
        "Filling up",
        "It uses more than 80 % of the memory that it may use. At 100 % it refuses writes.",
        "See below whether its log is behind, and why. If it is not, raise its maxmemory.",
    ),
    "evicting": Entry(
        ATTENTION,
        "May forget",
        "Its maxmemory-policy is not noeviction: when memory is short it would drop trades that are not stored yet.",
        "Set maxmemory-policy to noeviction in its configuration.",
    ),
    "read_only": Entry(
        BAD,
        "Read-only",
        "It is a replica of another server, so nothing can be written to it.",
        "Make it a master again (REPLICAOF NO ONE), or put the address of its master into the environment.",
    ),
    "refused": Entry(
        BAD,
        "Down",
        "Nobody listens at its address: it does not run, or a firewall refuses us.",
        "An embedded server comes back by itself within seconds. Of another one check host, port and firewall, "
        "and start it.",
    ),
    "frozen": Entry(
        BAD,
        "Frozen",
        "It takes connections and does not answer within half a second.",
        "See whether its process is stopped or its machine is out of memory. Restart it if it stays so.",
    ),
    "loading": Entry(
        ATTENTION,
        "Loading",
        "It was started and still reads its data from the disk.",
        "Wait: it joins by itself. If it takes minutes, look into its log.",
    ),
    "full": Entry(
        BAD,
        "Full",
        "It refuses writes because its memory is used up.",
        "See below whether its log is behind, and why. If it is not, raise its maxmemory. Do not delete keys by hand.",
    ),
    "misconfigured": Entry(
        BAD,
        "Cannot save",
        "It refuses writes because it cannot write to its disk.",
        "Make room on its disk, or give it back the right to write to its folder.",
    ),
    "credentials": Entry(
        BAD,
        "Refuses us",
        "User name or password are wrong, or the user may not do what we ask. We try it every 30 s only.",
        "Put the right user name and password into the environment, and restart.",
    ),
    "busy": Entry(
        BAD,
        "Busy",
        "A script in it runs for too long, and it answers nothing else meanwhile.",
        "Wait, or end the script as the operator (SCRIPT KILL).",
    ),
    "epoch": Entry(
        ATTENTION,
        "Other data",
        "It came back empty, or with older data than it had.",
        "Nothing: it begins anew by itself, and nothing that it says of before is believed.",
    ),
    "error": Entry(BAD, "Errors", "It answers with errors.", "Read the error here, and its own log."),
    "no_answer": Entry(
        UNKNOWN,
        "Unknown",
        "Nothing was seen of it in the last 3 s, not even an error.",
        "If it stays so, see whether this machine is overloaded, and restart the web process.",
    ),
}
ONLY_ONE: Final = Entry(
    ATTENTION,
    "None",
    "There is only one Redis server. While it is away trades wait in the spool, and prices stand still.",
    "Name a second one in FAILOVER_REDIS_HOST.",
)
SYNC: Final[Mapping[str, Entry]] = {
    "done": Entry(GOOD, "Copied", "When it was looked at last, it had or got what the other server has of now."),
    "running": Entry(ATTENTION, "Copying", "It came back; what was written meanwhile is being copied to it.", "Wait."),
    "conflicts": Entry(
        ATTENTION,
        "Conflicts",
        "It came back with values that were at least as new as those of the other server, and kept its own.",
        "Nothing, usually: what is written next wins on both. If it happens often, look for two networks that do not "
        "see each other.",
    ),
}
DATABASE: Final[Mapping[str, Entry]] = {
    "up": Entry(GOOD, "Up", "It answers."),
    "down": Entry(
        BAD,
        "Down",
        "It does not answer. Prices go on; trades wait in the log, and are stored when it is back.",
        "Start it, make room on its disk, or wait for the migration that runs.",
    ),
}
FEED: Final[Mapping[str, Entry]] = {
    "held": Entry(GOOD, "Runs", "A worker runs it."),
    "free": Entry(
        BAD,
        "Nobody",
        "No worker runs it: its prices stand still. A free one takes it within a second.",
        "If it stays so, start a worker, or read the log of the one that should run it.",
    ),
    "unknown": Entry(UNKNOWN, "Unknown", "While the database is away nobody can see who runs it."),
}
ACCOUNT: Final[Mapping[str, Entry]] = {
    "live": Entry(
        GOOD,
        "Live",
        "Its line to BitGet is up and tells each change at once. REST confirms its positions and its orders.",
    ),
    "opening": Entry(
        ATTENTION,
        "Opening",
        "Its line to BitGet is being opened. Meanwhile REST is read, where BitGet answers that.",
        "Wait: it is tried again by itself, and in error when eight tries came to nothing.",
    ),
    "stale": Entry(
        ATTENTION,
        "Stale",
        "Its positions or its orders have not been sure for more than 15 s. What was known is shown, with its age.",
        "See whether this machine reaches BitGet. It is tried again by itself.",
    ),
    "error": Entry(
        BAD,
        "Error",
        "Its line cannot be opened, for the reason that is told here. What it held is shown, with its age.",
        "Where its key is refused, edit the account in the administration, under Accounts: nothing is asked before. "
        "Else it is tried again every five minutes.",
    ),
    "free": Entry(
        BAD,
        "Nobody",
        "No worker follows it: what is shown of it is as old as it says. A free one takes it within some seconds.",
        "If it stays so, start a worker, or read the log of the one that should follow it.",
    ),
    "unknown": Entry(UNKNOWN, "Unknown", "The database or Redis is away, or its worker has only just begun."),
}
WORKER: Final[Mapping[str, Entry]] = {
    "runs": Entry(GOOD, "Runs", "It holds the leases that are named here."),
    "none": Entry(
        BAD,
        "None",
        "No worker holds anything: nothing is listened to, and nothing is stored.",
        "Start a worker. If one runs, read its log: it may not reach the database.",
    ),
    "unknown": Entry(UNKNOWN, "Unknown", "While the database is away nobody can see who holds what."),
}
ALERT: Final = Entry(ATTENTION, "Raised", "A worker noticed this, and takes it back by itself when it is over.")
HISTORY: Final = Entry(
    GOOD, "Kept", "Old rows go in small steps, every hour; how long they are kept is in the settings."
)
DRAIN: Final[Mapping[str, Entry]] = {
    "even": Entry(GOOD, "Drained", "What is in this log is in the database as well, or will be in a moment."),
    "nobody": Entry(
        ATTENTION,
        "Nobody",
        "No worker drains this log. What is in it waits, and is not lost; a free worker takes it within a second.",
        "If it stays so, start a worker, or read the log of the one that should drain it.",
    ),
    "behind": Entry(
        ATTENTION,
        "Behind",
        "Trades in this log have waited for more than 10 s to be stored. None is lost.",
        "See whether the database answers and a worker drains this log. It catches up by itself.",
    ),
    "unknown": Entry(UNKNOWN, "Unknown", "While its server or the database is away nobody can see what waits in it."),
}
SPOOL: Final[Mapping[str, Entry]] = {
    "empty": Entry(GOOD, "Empty", "Nothing waits in files on this machine."),
    "waiting": Entry(
        ATTENTION,
        "In use",
        "No Redis server took the log for a while: trades wait in files on this machine, and are safe there.",
        "Bring a Redis server back: the files are read by themselves then. Do not delete them.",
    ),
    "unknown": Entry(
        UNKNOWN,
        "Unknown",
        "Its folder cannot be read by the web process.",
        "Read the error here, and give the web process the right to read the folder.",
    ),
}
DEAD_LETTERS: Final[Mapping[str, Entry]] = {
    "none": Entry(GOOD, "None", "The database took everything."),
    "some": Entry(
        ATTENTION,
        "Some",
        "The database could not take some trades. They are kept whole, with the reason.",
        "Look at them in the administration, under Dead letters; mend the reason and store them again there.",
    ),
    "unknown": Entry(UNKNOWN, "Unknown", "While the database is away nobody can see what it refused."),
}
SECTIONS: Final[Mapping[str, Mapping[str, Entry]]] = {
    "A Redis server": {**SERVER, "none": ONLY_ONE},
    "Synchronisation": SYNC,
    "The database": DATABASE,
    "A feed": FEED,
    "An account": ACCOUNT,
    "Workers": WORKER,
    "Alerts and history": {"alert": ALERT, "history": HISTORY},
    "The log of a Redis server": DRAIN,
    "The spool": SPOOL,
    "Dead letters": DEAD_LETTERS,
}
