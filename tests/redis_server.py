"""A real redis-server on a Unix socket: no port to collide on, and a test may stop, freeze and restart it."""

import shutil
import signal
import subprocess
from pathlib import Path
from tempfile import mkdtemp

import redis

from omega_site.embedded_redis import find_binary
from tests.waiting import wait_in_thread_until


class RedisServer:
    """Starts with the object. What it holds survives `stop` and `start`, as an append-only file keeps it."""

    def __init__(self) -> None:
        # A socket's path may have 107 characters, pytest's own folders are longer.
        self._folder = Path(mkdtemp(prefix="redis-", dir="/tmp"))  # noqa: S108
        self.url = f"unix://{self._folder}/redis.sock"
        self.start()

    def start(self) -> None:
        options = ["--port", "0", "--unixsocket", "redis.sock", "--save", "", "--appendonly", "yes"]
        self._process = subprocess.Popen(
            [find_binary(), *options, "--logfile", "redis.log"], cwd=self._folder, stdout=subprocess.DEVNULL
        )
        wait_in_thread_until(self.is_up)

    def is_up(self) -> bool:
        with self.client() as client:
            try:
                return bool(client.ping())
            except redis.RedisError:
                return False

    def client(self) -> redis.Redis:
        """A plain client, to see what is in there."""
        return redis.Redis.from_url(self.url)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=5)

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def remove(self) -> None:
        self._process.kill()
        self._process.wait(timeout=5)
        shutil.rmtree(self._folder)

    def back_up(self) -> None:
        """Keeps a copy of what it has on its disk. Stop it first."""
        shutil.copytree(self._append_only(), self._folder / "backup")

    def restore(self) -> None:
        """Puts the copy in the place of what it has on its disk. Stop it first."""
        kept_in = self._append_only()
        shutil.rmtree(kept_in)
        shutil.copytree(self._folder / "backup", kept_in)

    def _append_only(self) -> Path:
        return next(self._folder.rglob("appendonlydir"))
