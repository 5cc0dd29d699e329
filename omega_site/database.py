"""How long each program waits for its database, and how many connections it may take. Pure."""

from typing import Any, Final

# web and worker serve, and never wait for long; a command (migrate, a backup) takes the time that it needs.
ROLES: Final = ("web", "worker", "command")

# Workers, web and beat share the file: readers never wait for the writer, and writers queue from the start.
_SQLITE: Final = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 5,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA journal_size_limit=67108864",
}
# A server that accepts and then hangs, or that is cut off, has to be noticed; by default it is waited for for minutes.
_REACH: Final = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 5000,
}
# In milliseconds. What takes longer fails and is tried again, so that a loop renews its lease in time.
_LIMITS: Final = {"statement_timeout": 2000, "lock_timeout": 1000, "idle_in_transaction_session_timeout": 10_000}
# A worker has a connection for each thread, and few threads. The web has a thread for each request: however many come,
# they share these, and leave the server's others to the workers. Who waits longer for one is told to come again.
_WEB_POOL: Final = {"min_size": 1, "max_size": 4, "timeout": 2.0, "reconnect_timeout": 2.0}


def tuned(database: dict[str, Any], program: str) -> dict[str, Any]:
    """The database as this program uses it. What its URL says goes before what is said here."""
    if database["ENGINE"] == "django.db.backends.sqlite3":
        return {**database, "OPTIONS": _SQLITE | database.get("OPTIONS", {})}
    options = _postgres(program, **database.get("OPTIONS", {}))
    return {**database, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}


def _postgres(program: str, options: str = "", **told: Any) -> dict[str, Any]:
    limits = {} if program == "command" else _LIMITS
    # Of two that name the same limit the server takes the later one.
    words = [*(f"-c {name}={value}" for name, value in limits.items()), options]
    pool = {"pool": _WEB_POOL} if program == "web" else {}
    return {"application_name": f"omega {program}", **_REACH, "options": " ".join(words).strip(), **pool, **told}
