"""Whoever held a lease on this host is known to be gone, and nobody waits for him."""

import subprocess
import sys

import pytest

from feeds.storage import lease
from feeds.storage.holder import is_gone, this_thread
from tests.waiting import wait_in_thread_until

_NAME = "import feeds.storage.holder as holder; print(holder.this_thread(), flush=True); input()"


@pytest.fixture
def neighbour() -> subprocess.Popen[str]:
    """Another process on this host. It waits to be ended."""
    return subprocess.Popen([sys.executable, "-c", _NAME], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def name_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_a_killed_process_is_gone_before_anybody_asks_how_it_ended(neighbour: subprocess.Popen[str]) -> None:
    """W1: it is, as soon as the kernel has ended it; one that runs is not."""
    name = name_of(neighbour)
    assert not is_gone(name)
    neighbour.kill()
    wait_in_thread_until(lambda: is_gone(name))
    neighbour.wait()
    assert is_gone(name)


@pytest.mark.parametrize("holder", ["", "test", "elsewhere/1/1:1:1", "a:b:c"])
def test_who_is_elsewhere_or_here_is_not_gone(holder: str) -> None:
    """W1: of another host nothing is known; its lease has to run out."""
    assert not is_gone(holder)
    assert not is_gone(this_thread())


def test_another_life_of_the_same_host_is_another_host(neighbour: subprocess.Popen[str]) -> None:
    """W1: clones have one name, and the same numbers mean other processes."""
    name = name_of(neighbour)
    neighbour.kill()
    neighbour.wait()
    host, life, rest = name.split("/")
    assert is_gone(name)
    assert not is_gone("/".join([host, "0" * len(life), rest]))


@pytest.mark.django_db
def test_what_a_dead_process_held_is_free_at_once(neighbour: subprocess.Popen[str]) -> None:
    """W1: nobody waits for its six seconds; what others hold stays theirs."""
    name = name_of(neighbour)
    fence = lease.claim("feed:dead", name)
    lease.claim("feed:alive", this_thread())
    neighbour.kill()
    neighbour.wait()
    both = ["feed:alive", "feed:dead"]
    lease.give_back_of_the_gone(both)
    assert lease.unheld(both) == ["feed:dead"]
    successor = lease.claim("feed:dead", this_thread())
    assert (successor or 0) > (fence or 0) > 0
