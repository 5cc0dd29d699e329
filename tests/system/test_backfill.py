"""A backfill that is killed goes on where it was, by the same command."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from signal import SIGINT, SIGKILL

import pytest

from tests.positions.beside import Beside, exchange_beside
from tests.prepared import ROOT
from tests.system.stack import Stack, running_stack
from tests.waiting import wait_in_thread_until as wait_until

pytestmark = pytest.mark.system
START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
PAGE = 1000
TRADES = 2200


@pytest.fixture
def beside() -> Iterator[Beside]:
    with exchange_beside() as beside:
        for number in range(TRADES):
            beside.exchange.clock = lambda at=START + timedelta(seconds=number): at  # type: ignore[misc]
            beside.exchange.trade("kraken", "BTC-USDT", Decimal(76000))
        beside.exchange.clock = lambda: datetime.now(UTC)
        yield beside


@pytest.fixture
def stack(tmp_path: Path, beside: Beside) -> Iterator[Stack]:
    for stack in running_stack(tmp_path):
        stack.environment |= {"REPLAY_EXCHANGE_URL": beside.exchange.url}
        stack.start_redis()
        stack.migrate()
        yield stack


def test_backfill_goes_on_where_it_was(stack: Stack) -> None:
    """Issue 9, part 7: after kill -9 and Ctrl-C, between pages of Kraken, five seconds apart; none comes twice."""
    times = [(START + timedelta(seconds=seconds)).isoformat() for seconds in (0, TRADES)]
    command = [sys.executable, "manage.py", "backfill", "--instrument", "BTC-USDT", "--venue", "kraken"]
    command += ["--from", times[0], "--to", times[1]]
    for number, signal in enumerate((SIGKILL, SIGINT), 1):
        process = stack.start(f"run {number}", *command)
        wait_until(partial(has_more_than, stack, (number - 1) * PAGE), 60, "a page is kept")
        process.send_signal(signal)
        assert process.wait(20) == (-SIGKILL if signal == SIGKILL else 130)
        assert stack.rows("SELECT state FROM feeds_backfill") == [("running",)]
    assert "Stopped. The same command goes on from there." in stack.log("run 2")
    done = subprocess.run(command, cwd=ROOT, env=stack.environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert f"kraken: done, {TRADES} trades" in done.stdout
    assert stack.rows("SELECT state, stored FROM feeds_backfill") == [("done", TRADES)]
    assert len({trade["trade_id"] for trade in stack.logged()}) == len(stack.logged()) == TRADES


def has_more_than(stack: Stack, trades: int) -> bool:
    return bool(stack.rows("SELECT 1 FROM feeds_backfill WHERE stored > ?", trades))
