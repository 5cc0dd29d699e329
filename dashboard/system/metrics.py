"""What /metrics answers as JSON: how much came, what became of it, how long it took. Pure shapes.

Counts are of all processes together since the site was first started; they survive restarts. Rates are a second, over
the last 1, 5 and 15 minutes, or for as long as this process has looked; None before that. Times are milliseconds.
"""

from datetime import datetime

import msgspec


class Times(msgspec.Struct, frozen=True):
    """Over the last minute, in milliseconds; `count` is how many that were. None while there was none."""

    average: float | None = None
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    count: int = 0


class Flow(msgspec.Struct, frozen=True):
    total: int = 0
    rate_1m: float | None = None
    rate_5m: float | None = None
    rate_15m: float | None = None


class Messages(msgspec.Struct, frozen=True):
    """Trades: those that came are received, and then accepted, quarantined, repeated or rejected.

    `rejected` also counts quotes and frames that were not taken. `stored` are new rows of the database (repairs over
    REST included), `published` are prices that were written for readers.
    """

    received: Flow = Flow()
    accepted: Flow = Flow()
    quarantined: Flow = Flow()
    repeated: Flow = Flow()
    rejected: Flow = Flow()
    stored: Flow = Flow()
    published: Flow = Flow()


class Operations(msgspec.Struct, frozen=True):
    """`success_rate` is from 0 to 1, of all attempts; None before the first."""

    attempts: int = 0
    failures: int = 0
    success_rate: float | None = None


class VenueFigures(msgspec.Struct, frozen=True):
    """`state` is idle, connecting, connected, disconnected, disabled, blocked or exhausted; the best of all feeds, and
    unknown where no worker runs any of them.

    `is_active`: its price is shown. `reconnects` are its connections of all feeds and workers but for the very first.
    `age_s` is how old its last word is. `latency_ms_p50` is from received to acknowledged by Redis. `budget_used` is
    the highest share of its limits that is used now, from 0 to 1.
    """

    name: str
    state: str
    is_active: bool = False
    received: int = 0
    accepted: int = 0
    quarantined: int = 0
    repeated: int = 0
    rejected: int = 0
    stored: int = 0
    published: int = 0
    reconnects: int = 0
    age_s: float | None = None
    latency_ms_p50: float | None = None
    latency_ms_p99: float | None = None
    budget_used: float | None = None


class Errors(msgspec.Struct, frozen=True):
    """Lines of the level ERROR or worse in the logs of web processes, workers and beat."""

    count: int = 0
    last_at: datetime | None = None


class Sockets(msgspec.Struct, frozen=True):
    """`clients` are connected now. `sent` and `sent_bytes` count frames; `dropped` are states that were replaced by
    newer ones before a slow client took them. None where nobody knows."""

    clients: int | None = None
    sent: int = 0
    sent_bytes: int = 0
    dropped: int = 0


class DataSize(msgspec.Struct, frozen=True):
    """Bytes: received from venues, of the memory of each Redis server, of the spool, of the data folder's disk.

    `log_waiting` are entries of the logs that are not stored yet.
    """

    received: int = 0
    redis: dict[str, int] = {}
    spool: int = 0
    log_waiting: int = 0
    disk_free: int | None = None
    disk_total: int | None = None


class Metrics(msgspec.Struct, frozen=True):
    """`processing_ms` is by hop: `venue` (its clock to ours), `accept` (received to judged), `log` (received to
    acknowledged by Redis), `handed` (received to handed to browsers), `painted` (received to painted).

    `operations` are of redis, database and rest. `last_update_at` is when a price was published last.
    """

    checked_at: datetime
    uptime_s: float
    version: str
    status: str
    processing_ms: dict[str, Times]
    operations: dict[str, Operations]
    messages: Messages
    rejected_by_reason: dict[str, int]
    venues: dict[str, VenueFigures]
    errors: Errors
    sockets: Sockets
    data_size: DataSize
    last_update_at: datetime | None = None
