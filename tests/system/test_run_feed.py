"""`manage.py run_feed`: a feed without Celery."""

import signal
import sys

import pytest

from tests.system.stack import Stack
from tests.waiting import wait_in_thread_until as wait_until

pytestmark = pytest.mark.system


def test_feed_runs_in_the_foreground_until_ctrl_c(stack: Stack) -> None:
    """L-17: one command starts it; what it hears is shown and stored; Ctrl-C gives the lease back and exits 0."""
    process = stack.start("feed", sys.executable, "manage.py", "run_feed")
    wait_until(lambda: stack.rows("SELECT id FROM feeds_trade LIMIT 1"), 30, "a trade is stored")
    wait_until(stack.shown_venue, 20, "a price is shown")
    holder, _ = stack.lease()
    assert f":{process.pid}:" in holder

    wrong = stack.start("wrong", sys.executable, "manage.py", "run_feed", "mian")
    second = stack.start("second", sys.executable, "manage.py", "run_feed", "main")
    assert (wrong.wait(30), second.wait(30)) == (1, 1)
    assert "No feed 'mian' is switched on. There are: main." in stack.log("wrong")
    assert "The feed main runs already" in stack.log("second")

    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0
    assert stack.lease()[0] == ""
    assert "Traceback" not in stack.log("feed")
