"""A real redis-server on a Unix socket: no port to collide on, and a test may stop, freeze and restart it."""

import shutil
import signal
import subprocess
from pathlib import Path
from tempfile import mkdtemp

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from omega_site.embedded_redis import find_binary
from omega_site.probes import free_port
from tests.waiting import wait_in_thread_until


class RedisServer:
    """Starts with the object. What it holds survives `stop` and `start`, as an append-only file keeps it."""

    def __init__(self) -> None:
        # A socket's path may have 107 characters, pytest's own folders are longer.
        self._folder = Path(mkdtemp(prefix="redis-", dir="/tmp"))  # noqa: S108
        self.socket = self._folder / "redis.sock"
        self.url = f"unix://{self.socket}"
        self.start()

    def start(self, **values: object) -> None:
        """With more of its configuration, where `_` stands for `-`. It answers then, if only that it is loading."""
        data = self._folder / "data"
        data.mkdir(exist_ok=True)
        sockets = ["--port", "0", "--unixsocket", str(self.socket)]
        options = ["--dir", str(data), "--save", "", "--appendonly", "yes", "--appendfsync", "always"]
        options += ["--logfile", "redis.log"]
        more = [word for name, value in values.items() for word in (f"--{_spelled(name)}", str(value))]
        self._process = subprocess.Popen([find_binary(), *sockets, *options, *more], stdout=subprocess.DEVNULL)
        wait_in_thread_until(self.answers if values else self.is_up)

    def answers(self) -> bool:
        with redis.Redis.from_url(self.url, retry=Retry(NoBackoff(), 0)) as client:
            try:
                return bool(client.ping())
            except redis.BusyLoadingError:
                return True
            except redis.RedisError:
                return False

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

    def kill(self) -> None:
        """As if the machine had lost it: nothing is said, and nothing is flushed."""
        self._process.kill()
        self._process.wait(timeout=5)

    def configure(self, **values: object) -> None:
        """Changes its configuration while it runs; `_` stands for `-`."""
        with self.client() as client:
            for name, value in values.items():
                client.config_set(_spelled(name), str(value))

    def replicate(self, host: str = "127.0.0.1", port: int = 9) -> None:
        """Makes it a replica, by default of nobody: it can be read and not written."""
        with self.client() as client:
            client.replicaof(host, port)

    def lead(self) -> None:
        """Makes it its own master again."""
        with self.client() as client:
            client.replicaof("NO", "ONE")

    def lose_disk(self) -> None:
        """Its folder is gone: snapshots fail, and after the first one that fails it takes no writes."""
        self.configure(save="3600 1")
        shutil.rmtree(self._folder / "data")
        with self.client() as client:
            client.bgsave()
            wait_in_thread_until(lambda: client.info("persistence")["rdb_last_bgsave_status"] == "err")

    def listen(self) -> int:
        """Makes it listen on TCP as well; the port."""
        port = free_port()
        self.configure(port=port)
        return port

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


def _spelled(name: str) -> str:
    return name.replace("_", "-")
