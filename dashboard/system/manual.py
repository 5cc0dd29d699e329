"""The words of the operator page and of docs/operations.md: each state, what it means, what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_noop as _

GOOD, ATTENTION, BAD, UNKNOWN = "good", "attention", "bad", "unknown"


@dataclass(frozen=True)
class Entry:
    """`tone` is how bad it is; `advice` is "" where there is nothing to do. Texts are translated where they are
    shown.
    """

    tone: str
    title: str
    meaning: str
    advice: str = ""


# Of a Redis server: by the reason why it is not well, "" for one that is.
SERVER: Final[Mapping[str, Entry]] = {
    "": Entry(GOOD, _("Up"), _("It answers and takes writes.")),
    "slow": Entry(
        ATTENTION,
        _("Slow"),
        _("It answers, but a call takes longer than 250 ms."),
        _("Look at the load of its machine and at the network in between. Workers use the other server meanwhile."),
    ),
    "filling": Entry(
        ATTENTION,
        _("Filling up"),
        _("It uses more than 80 % of the memory that it may use. At 100 % it refuses writes."),
        _("See below whether its log is behind, and why. If it is not, raise its maxmemory."),
    ),
    "evicting": Entry(
        ATTENTION,
        _("May forget"),
        _("Its maxmemory-policy is not noeviction: when memory is short it would drop trades that are not stored yet."),
        _("Set maxmemory-policy to noeviction in its configuration."),
    ),
    "read_only": Entry(
        BAD,
        _("Read-only"),
        _("It is a replica of another server, so nothing can be written to it."),
        _("Make it a master again (REPLICAOF NO ONE), or put the address of its master into the environment."),
    ),
    "refused": Entry(
        BAD,
        _("Down"),
        _("Nobody listens at its address: it does not run, or a firewall refuses us."),
        _(
            "An embedded server comes back by itself within seconds. Of another one check host, port and firewall, "
            "and start it."
        ),
    ),
    "frozen": Entry(
        BAD,
        _("Frozen"),
        _("It takes connections and does not answer within half a second."),
        _("See whether its process is stopped or its machine is out of memory. Restart it if it stays so."),
    ),
    "loading": Entry(
        ATTENTION,
        _("Loading"),
        _("It was started and still reads its data from the disk."),
        _("Wait: it joins by itself. If it takes minutes, look into its log."),
    ),
    "full": Entry(
        BAD,
        _("Full"),
        _("It refuses writes because its memory is used up."),
        _(
            "See below whether its log is behind, and why. If it is not, raise its maxmemory. "
            "Do not delete keys by hand."
        ),
    ),
    "misconfigured": Entry(
        BAD,
        _("Cannot save"),
        _("It refuses writes because it cannot write to its disk."),
        _("Make room on its disk, or give it back the right to write to its folder."),
    ),
    "credentials": Entry(
        BAD,
        _("Refuses us"),
        _("User name or password are wrong, or the user may not do what we ask. We try it every 30 s only."),
        _("Put the right user name and password into the environment, and restart."),
    ),
    "busy": Entry(
        BAD,
        _("Busy"),
        _("A script in it runs for too long, and it answers nothing else meanwhile."),
        _("Wait, or end the script as the operator (SCRIPT KILL)."),
    ),
    "epoch": Entry(
        ATTENTION,
        _("Other data"),
        _("It came back empty, or with older data than it had."),
        _("Nothing: it begins anew by itself, and nothing that it says of before is believed."),
    ),
    "error": Entry(BAD, _("Errors"), _("It answers with errors."), _("Read the error here, and its own log.")),
    "no_answer": Entry(
        UNKNOWN,
        _("Unknown"),
        _("Nothing was seen of it in the last 3 s, not even an error."),
        _("If it stays so, see whether this machine is overloaded, and restart the web process."),
    ),
}
ONLY_ONE: Final = Entry(
    ATTENTION,
    _("None"),
    _("There is only one Redis server. While it is away trades wait in the spool, and prices stand still."),
    _("Name a second one in FAILOVER_REDIS_HOST."),
)
SYNC: Final[Mapping[str, Entry]] = {
    "done": Entry(GOOD, _("Copied"), _("When it was looked at last, it had or got what the other server has of now.")),
    "running": Entry(
        ATTENTION, _("Copying"), _("It came back; what was written meanwhile is being copied to it."), _("Wait.")
    ),
    "conflicts": Entry(
        ATTENTION,
        _("Conflicts"),
        _("It came back with values that were at least as new as those of the other server, and kept its own."),
        _(
            "Nothing, usually: what is written next wins on both. If it happens often, look for two networks that do "
            "not see each other."
        ),
    ),
}
DATABASE: Final[Mapping[str, Entry]] = {
    "up": Entry(GOOD, _("Up"), _("It answers.")),
    "down": Entry(
        BAD,
        _("Down"),
        _("It does not answer. Prices go on; trades wait in the log, and are stored when it is back."),
        _("Start it, make room on its disk, or wait for the migration that runs."),
    ),
}
FEED: Final[Mapping[str, Entry]] = {
    "held": Entry(GOOD, _("Runs"), _("A worker runs it.")),
    "free": Entry(
        BAD,
        _("Nobody"),
        _("No worker runs it: its prices stand still. A free one takes it within a second."),
        _("If it stays so, start a worker, or read the log of the one that should run it."),
    ),
    "unknown": Entry(UNKNOWN, _("Unknown"), _("While the database is away nobody can see who runs it.")),
}
ACCOUNT: Final[Mapping[str, Entry]] = {
    "live": Entry(
        GOOD,
        _("Live"),
        _("Its line to BitGet is up and tells each change at once. REST confirms its positions and its orders."),
    ),
    "opening": Entry(
        ATTENTION,
        _("Opening"),
        _("Its line to BitGet is being opened. Meanwhile REST is read, where BitGet answers that."),
        _("Wait: it is tried again by itself, and in error when eight tries came to nothing."),
    ),
    "stale": Entry(
        ATTENTION,
        _("Stale"),
        _("Its positions or its orders have not been sure for more than 15 s. What was known is shown, with its age."),
        _("See whether this machine reaches BitGet. It is tried again by itself."),
    ),
    "error": Entry(
        BAD,
        _("Error"),
        _("Its line cannot be opened, for the reason that is told here. What it held is shown, with its age."),
        _(
            "Where its key is refused, edit the account in the administration, under Accounts: nothing is asked "
            "before. Else it is tried again every five minutes."
        ),
    ),
    "free": Entry(
        BAD,
        _("Nobody"),
        _("No worker follows it: what is shown of it is as old as it says. A free one takes it within some seconds."),
        _("If it stays so, start a worker, or read the log of the one that should follow it."),
    ),
    "unknown": Entry(UNKNOWN, _("Unknown"), _("The database or Redis is away, or its worker has only just begun.")),
}
WORKER: Final[Mapping[str, Entry]] = {
    "runs": Entry(GOOD, _("Runs"), _("It holds the leases that are named here.")),
    "none": Entry(
        BAD,
        _("None"),
        _("No worker holds anything: nothing is listened to, and nothing is stored."),
        _("Start a worker. If one runs, read its log: it may not reach the database."),
    ),
    "unknown": Entry(UNKNOWN, _("Unknown"), _("While the database is away nobody can see who holds what.")),
}
ALERT: Final = Entry(ATTENTION, _("Raised"), _("A worker noticed this, and takes it back by itself when it is over."))
HISTORY: Final = Entry(
    GOOD, _("Kept"), _("Old rows go in small steps, every hour; how long they are kept is in the settings.")
)
DRAIN: Final[Mapping[str, Entry]] = {
    "even": Entry(GOOD, _("Drained"), _("What is in this log is in the database as well, or will be in a moment.")),
    "nobody": Entry(
        ATTENTION,
        _("Nobody"),
        _("No worker drains this log. What is in it waits, and is not lost; a free worker takes it within a second."),
        _("If it stays so, start a worker, or read the log of the one that should drain it."),
    ),
    "behind": Entry(
        ATTENTION,
        _("Behind"),
        _("Trades in this log have waited for more than 10 s to be stored. None is lost."),
        _("See whether the database answers and a worker drains this log. It catches up by itself."),
    ),
    "unknown": Entry(
        UNKNOWN, _("Unknown"), _("While its server or the database is away nobody can see what waits in it.")
    ),
}
SPOOL: Final[Mapping[str, Entry]] = {
    "empty": Entry(GOOD, _("Empty"), _("Nothing waits in files on this machine.")),
    "waiting": Entry(
        ATTENTION,
        _("In use"),
        _("No Redis server took the log for a while: trades wait in files on this machine, and are safe there."),
        _("Bring a Redis server back: the files are read by themselves then. Do not delete them."),
    ),
    "unknown": Entry(
        UNKNOWN,
        _("Unknown"),
        _("Its folder cannot be read by the web process."),
        _("Read the error here, and give the web process the right to read the folder."),
    ),
}
DEAD_LETTERS: Final[Mapping[str, Entry]] = {
    "none": Entry(GOOD, _("None"), _("The database took everything.")),
    "some": Entry(
        ATTENTION,
        _("Some"),
        _("The database could not take some trades. They are kept whole, with the reason."),
        _("Look at them in the administration, under Dead letters; mend the reason and store them again there."),
    ),
    "unknown": Entry(UNKNOWN, _("Unknown"), _("While the database is away nobody can see what it refused.")),
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
