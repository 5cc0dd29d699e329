"""`manage.py monitor` in a real terminal, against a running site that is killed and comes back."""

import sys
from collections.abc import Iterator

import pytest

from tests.prepared import ROOT
from tests.system.stack import Stack, running_stack
from tests.system.tmux import needs_tmux, terminal

pytestmark = [pytest.mark.system, needs_tmux]
TOKEN = "of-a-test-that-watches-a-site-all-day"
TITLES = ("Status", "Price", "Redis", "WebSocket", "Performance", "Uptime")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    for stack in running_stack(tmp_path_factory.mktemp("site")):
        stack.environment["MONITORING_TOKEN"] = TOKEN
        stack.start_redis()
        stack.start_exchange()
        stack.migrate()
        stack.start_worker()
        stack.start_web()
        yield stack


def monitor(site: Stack, *options: str) -> str:
    return " ".join(
        (f"cd {ROOT};", sys.executable, "manage.py monitor", f"--port {site.web_port} --refresh 1", *options)
    )


@pytest.mark.parametrize(("width", "height"), [(80, 24), (200, 50)])
def test_six_blocks_in_a_terminal_until_ctrl_c(site: Stack, width: int, height: int) -> None:
    """L-15, L-16: live numbers at both sizes; Ctrl-C ends it with 0, and the shell is as it was."""
    with terminal(width, height, site.environment) as screen:
        screen.type(f"{monitor(site)}; echo it ended with $?")
        # A feed that runs with one Redis server: its second one is missing, which is told.
        told = screen.wait_for("s, fresh", "reconnects", "there is none", "from venue", "│ HEALTHY")
        assert [title for title in TITLES if f"─ {title}" not in told] == []
        assert ("Received" in told) == (width == 200)
        screen.press("C-c")
        screen.wait_for("it ended with 0", within=3)
        assert screen.is_clean()


def test_site_that_is_killed_is_unreachable_until_it_is_back(site: Stack) -> None:
    """L-16: since when and when it is asked again, in words alone (NO_COLOR); then it is live by itself."""
    with terminal(80, 24, site.environment | {"NO_COLOR": "1"}) as screen:
        screen.type(f"{monitor(site)}; echo it ended with $?")
        screen.wait_for("s, fresh")
        site.end("web", "kill")
        screen.wait_for("UNREACHABLE for 2 s", "connection refused", "STALE", "Asks again", "Price, ")
        site.start_web()
        assert "UNREACHABLE" not in screen.wait_for("s, fresh")
        screen.press("C-c")
        screen.wait_for("it ended with 0", within=3)
