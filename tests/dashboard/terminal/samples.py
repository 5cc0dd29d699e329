"""A site as it answers when much is going on."""

from datetime import UTC, datetime, timedelta
from typing import Final

from rich.console import Console

from dashboard.system.health import Health, LogStatus, RedisStatus, ServerStatus, SyncStatus
from dashboard.system.metrics import (
    DataSize,
    Errors,
    Flow,
    Messages,
    Metrics,
    Operations,
    Sockets,
    Times,
    VenueFigures,
)
from dashboard.terminal.answers import Answers
from dashboard.terminal.contact import Contact
from dashboard.terminal.screen import Screen

NOON: Final = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HEALTH: Final = Health(
    status="healthy",
    redis="up",
    websocket="connected",
    last_price="97123.45000000",
    last_price_age_s=0.4,
    active_exchange="binance",
    uptime_s=3725.0,
    version="0.1.0",
    reasons=[],
    checked_at=NOON,
)
REDIS: Final = RedisStatus(
    active="failover",
    scope="all",
    primary=ServerStatus(False, "frozen", NOON, None, 7, 900, "timeout"),
    failover=ServerStatus(True, "up", NOON, 0.42, 0, 900),
    switches=3,
    last_switch=NOON - timedelta(seconds=95),
    last_reason="frozen",
    dropped=0,
    sync=SyncStatus(0, NOON, 1),
    log={"primary": None, "failover": LogStatus(12, 0.3)},
    dead_letters=0,
    spool={"bytes": 0},
    checked_at=NOON,
)
METRICS: Final = Metrics(
    checked_at=NOON,
    uptime_s=3725.0,
    version="0.1.0",
    status="healthy",
    processing_ms={
        "venue": Times(40.0, 35.2, 80.4, 120.6, 900),
        "accept": Times(0.2, 0.1, 0.4, 0.9, 900),
        "log": Times(1.4, 1.2, 3.4, 5.6, 900),
        "handed": Times(),
    },
    operations={
        "redis": Operations(1000, 2, 0.998),
        "database": Operations(100, 0, 1.0),
        "rest": Operations(0, 0, None),
    },
    messages=Messages(
        received=Flow(120_000, 31.5, 30.0, 29.0), stored=Flow(119_000, 31.4, 30.0, 29.0), rejected=Flow(17)
    ),
    rejected_by_reason={"json": 17},
    venues={
        "binance": VenueFigures("Binance", "connected", True, 60_000, 59_900, 3, 2, 9, reconnects=2, age_s=0.2),
        "kraken": VenueFigures("Kraken", "connected", False, 60_000, 59_900, 3, 2, 8, reconnects=1, age_s=1.2),
        "htx": VenueFigures("HTX", "disconnected", reconnects=4),
    },
    errors=Errors(2, NOON - timedelta(minutes=3)),
    sockets=Sockets(4, 5000, 900_000, 11),
    data_size=DataSize(),
    last_update_at=NOON,
)
ANSWERS: Final = Answers("healthy", HEALTH, METRICS, REDIS)
UNASKED: Final = Contact(timedelta(seconds=5), NOON)
LIVE: Final = UNASKED.after_answer(ANSWERS, NOON)


def drawn(contact: Contact, now: datetime, width: int = 80, height: int = 24, *, has_token: bool = True) -> list[str]:
    """The lines of a screen, without colours."""
    console = Console(width=width, height=height, color_system=None)
    with console.capture() as capture:
        console.print(Screen("localhost:8080", has_token).drawn(contact, now, width, height))
    return capture.get().splitlines()


def text(contact: Contact, now: datetime, width: int = 80, height: int = 24, *, has_token: bool = True) -> str:
    return "\n".join(drawn(contact, now, width, height, has_token=has_token))
