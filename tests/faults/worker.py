"""A program that plays rows, one run after the other, on a Redis and a database file of its own.

It is told what to play in lines of JSON, and answers each with one. See `campaign.py` for the other side.
"""

import asyncio
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
import msgspec

django.setup()

# The settings make the folder that the database is in, and rows import models.
from django.core.management import call_command  # noqa: E402

from tests.faults.calibration import waiting  # noqa: E402
from tests.faults.ground import Ground  # noqa: E402
from tests.faults.row import FaultMissing, Result, Row, Run, judge  # noqa: E402
from tests.faults.rows import ROWS  # noqa: E402
from tests.redis_server import RedisServer  # noqa: E402

logger = logging.getLogger(__name__)


class Order(msgspec.Struct):
    """One run of one row. `log` is where to leave what the feed logged."""

    row: str
    number: int
    log: str


def main() -> None:
    logging.getLogger().handlers.clear()
    call_command("migrate", verbosity=0)
    server = RedisServer()
    try:
        for line in sys.stdin:
            order = msgspec.json.decode(line, type=Order)
            sys.stdout.buffer.write(msgspec.json.encode(_obey(order, server)) + b"\n")
            sys.stdout.buffer.flush()
    finally:
        server.remove()


def _obey(order: Order, server: RedisServer) -> Run:
    """The log stays only where something was wrong."""
    row, log = ROWS[order.row], Path(order.log)
    with server.client() as client:
        client.flushall()
    call_command("flush", interactive=False, verbosity=0)
    waited = waiting()
    with _logging_to(log):
        run = judge(row, _play(row, Ground(server.url, number=order.number)), waited())
    if Result(row, [run]).is_ok:
        log.unlink(missing_ok=True)
    return run


def _play(row: Row, ground: Ground) -> Run:
    """Whatever happens, the other runs go on."""
    try:
        return asyncio.run(asyncio.wait_for(row.play(ground), row.within))
    except FaultMissing as missing:
        return Run(void=str(missing))
    except Exception as error:
        logger.exception("%s broke off", row.name)
        return Run(complaints=(f"it broke off: {type(error).__name__} {error}".rstrip(),))


@contextmanager
def _logging_to(file: Path) -> Iterator[None]:
    file.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(file, mode="w")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()


if __name__ == "__main__":
    main()
