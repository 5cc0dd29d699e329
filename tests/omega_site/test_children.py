"""One child process under the supervisor: ready, late, crashed, stopped."""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from omega_site.children import Child, Program, restart_after
from omega_site.orphans import Roster
from omega_site.probes import prints
from omega_site.start_error import StartError
from tests.waiting import wait_until

LIVES = "print('ready', flush=True); import time; time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + LIVES


def child_of(program: str, folder: Path, is_needed_at_start: bool = True) -> Child:
    arguments = [sys.executable, "-c", program]
    child = Program("child", arguments, is_ready=prints("ready"), is_needed_at_start=is_needed_at_start)
    return Child(child, Roster(folder / "children.json"))


async def test_output_is_shown_with_its_name(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Each line says which child it is from."""
    child = child_of(LIVES, tmp_path)
    await child.start()
    await child.become_ready()
    await child.stop(kill_after=5)
    assert "child    | ready" in capfd.readouterr().out


async def test_blank_lines_are_no_events(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """B-16: other programs set their lines apart."""
    child = child_of(f"print('above\\n\\nbelow'); {LIVES}", tmp_path)
    await child.start()
    await child.become_ready()
    await child.stop(kill_after=5)
    assert capfd.readouterr().out.splitlines()[:2] == ["child    | above", "child    | below"]


async def test_environment_of_its_own_comes_on_top(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A program gets what is meant for it alone beside what all have."""
    program = "import os; print(os.environ['OMEGA_ROLE'], 'PATH' in os.environ, flush=True)"
    arguments = [sys.executable, "-c", program]
    role = {"OMEGA_ROLE": "web"}
    child = Child(Program("child", arguments, prints("web"), environment=role), Roster(tmp_path / "children.json"))
    await child.start()
    await child.become_ready()
    await child.stop(kill_after=5)
    assert "child    | web True" in capfd.readouterr().out


async def test_end_before_it_is_ready_is_a_reason_not_to_start(tmp_path: Path) -> None:
    """A child that cannot start stops the start; its own lines say why."""
    child = child_of("import sys; sys.exit(3)", tmp_path)
    await child.start()
    with pytest.raises(StartError, match="child ended with 3 before it was ready"):
        await child.become_ready()


async def test_child_that_is_not_needed_at_start_is_started_again(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """R8: a server that cannot read its file, or finds its port taken, stops nobody else; one line says so."""
    marker = tmp_path / "second"
    program = f"import pathlib; p = pathlib.Path({str(marker)!r}); f = p.with_name('first'); "
    program += "f.exists() and p.touch(); f.touch(); raise SystemExit(3)"
    child = child_of(program, tmp_path, is_needed_at_start=False)
    await child.start()
    await child.become_ready()
    assert "child ended with 3 before it was ready; its lines above say why. The site" in capfd.readouterr().out
    keeping = asyncio.create_task(child.keep_running())
    await wait_until(marker.exists)
    keeping.cancel()
    with suppress(asyncio.CancelledError):
        await keeping
    await child.stop(kill_after=5)


async def test_one_endless_line_does_not_stop_the_output(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A line beyond any limit is cut, and the next one is shown: a full pipe would freeze the child."""
    child = child_of("print('x' * 3_000_000); " + LIVES, tmp_path)
    await child.start()
    await child.become_ready()
    await child.stop(kill_after=5)
    shown = capfd.readouterr().out
    assert "(a line too long to show)" in shown
    assert len(shown) < 2_000_000


async def test_crash_brings_it_back(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A child that dies is started again, and one line says so."""
    marker = tmp_path / "second"
    program = f"import pathlib; p = pathlib.Path({str(marker)!r}); print('ready', flush=True); "
    program += "p.with_name('first').exists() and p.touch(); p.with_name('first').touch()"
    child = child_of(program, tmp_path)
    await child.start()
    keeping = asyncio.create_task(child.keep_running())
    await wait_until(marker.exists)
    keeping.cancel()
    with suppress(asyncio.CancelledError):
        await keeping
    await child.stop(kill_after=5)
    assert "omega    | child ended with 0; it is started again in 1 s." in capfd.readouterr().out


async def test_stubborn_child_is_killed(tmp_path: Path) -> None:
    """A child that ignores SIGTERM is gone after its time all the same, and is no longer on the roster."""
    child = child_of(STUBBORN, tmp_path)
    await child.start()
    await child.become_ready()
    await child.stop(kill_after=0.2)
    assert (tmp_path / "children.json").read_text() == "{}"


def test_restarts_come_later_and_later() -> None:
    """A program that cannot live does not eat the machine."""
    assert [restart_after(crashes) for crashes in range(1, 7)] == [1, 2, 5, 10, 10, 10]
