"""A process that ends before its time does so once, whoever wants it to; in a process of its own, which is ended."""

import os
import subprocess
import sys
from typing import Final

FIVE_AT_ONCE: Final = """
import logging, signal, sys, threading
from feeds.worker import farewell

logging.basicConfig()
signal.signal(signal.SIGTERM, lambda *_: print("asked", flush=True))
sys.setswitchinterval(1e-6)
barrier = threading.Barrier(5)

def want(reason):
    barrier.wait()
    farewell.hand_over(reason)

threads = [threading.Thread(target=want, args=[str(number)]) for number in range(5)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(farewell.why()))
"""
NOBODY_KEEPS_SESSIONS: Final = """
import threading
from feeds.worker import guard

guard.begin(threading.Event(), lambda: False)
threading.Event().wait(10)
"""


def run(code: str) -> "subprocess.CompletedProcess[str]":
    settings = {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    return subprocess.run(
        [sys.executable, "-c", code], env=os.environ | settings, capture_output=True, text=True, timeout=20
    )


def test_only_the_first_reason_counts() -> None:
    """W2 W6: one signal and one line, also where memory and a deaf ear are found at the same moment."""
    done = run(FIVE_AT_ONCE)
    assert done.stdout == "asked\n1\n", done.stderr
    assert done.stderr.count("this worker hands over") == 1


def test_process_in_which_nobody_starts_sessions_ends() -> None:
    """W1: its timer died, so nothing in it heals any more; who supervises it starts another one."""
    done = run(NOBODY_KEEPS_SESSIONS)
    assert done.returncode == 1, done.stderr
    assert "nobody starts sessions any more" in done.stderr
