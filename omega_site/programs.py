"""The programs of a start beside Redis: the command line and role of each, and how it is seen to be ready.

`python -m omega_site.programs web`, `broadcast`, `worker` or `beat` becomes that program, for process managers other
than ours.
"""

import argparse
import os
import secrets
import sys
from typing import NoReturn
from urllib.parse import urlsplit

from django.conf import settings

from dashboard.endpoint import near
from dashboard.protocol import bounds
from omega_site.children import Program
from omega_site.probes import Probe, answers_http, at_once, prints
from omega_site.redis_addresses import Role
from omega_site.start_error import StartError, environment_faults


def replay_exchange() -> Program:
    """The local exchange of the demo, where one account is held."""
    port = urlsplit(settings.REPLAY_EXCHANGE_URL).port or 0
    instruments = ",".join(settings.OMEGA_INSTRUMENTS)
    return Program(
        name="exchange",
        arguments=[
            *(sys.executable, "-m", "tests.exchange"),
            *("--port", str(port), "--instruments", instruments, "--bitget-demo"),
        ],
        is_ready=prints("replay exchange ready"),
    )


def web() -> Program:
    """Pages and browser sockets. A browser that is gone is noticed after 30 s; one that is there is kept."""
    host, port = settings.OMEGA_HOST, settings.OMEGA_PORT
    most, ping_every, pong_within = map(str, (bounds.FRAME_LIMIT, bounds.PING_EVERY_S, bounds.PONG_WITHIN_S))
    site = settings.ALLOWED_HOSTS[0].lstrip(".").replace("*", "localhost")
    return Program(
        name="web",
        arguments=[
            *(sys.executable, "-m", "omega_site.web", "-b", host, "-p", str(port), *_port_for_machines()),
            *("--ping-interval", ping_every, "--ping-timeout", pong_within, "--websocket_timeout", "-1"),
            *("--websocket-max-message-size", most, "--websocket-max-frame-size", most),
            *("--verbosity", "0", "--no-server-name", "omega_site.asgi:application"),
        ],
        is_ready=answers_http(near(host), port, "/live", site),
        environment=_as(Role.WEB),
    )


def _port_for_machines() -> list[str]:
    """The other one that the web listens at; what is answered there is in dashboard/system/monitoring.py."""
    if not settings.HEALTH_CHECK_PORT:
        return []
    # As Twisted describes it: a colon separates.
    host = settings.HEALTH_CHECK_HOST.strip("[]").replace(":", r"\:")
    return ["-e", f"tcp:port={settings.HEALTH_CHECK_PORT}:interface={host}"]


def broadcast() -> Program:
    """Sockets of API clients, on ports of their own. The pages do without it."""
    return Program(
        name="broadcast",
        arguments=[sys.executable, "-m", "omega_site.broadcast"],
        is_ready=prints("listening on "),
        environment=_as(Role.WEB),
        is_needed_at_start=False,
    )


def worker() -> Program:
    """Runs the feeds. Its name is new with each start: a name of the past may still be known to Redis."""
    return Program(
        name="worker",
        arguments=[
            *_celery("worker", "--pool", "threads", "--hostname", f"worker-{secrets.token_hex(4)}@%h"),
            *("--without-mingle", "--without-gossip"),
        ],
        is_ready=_logs(" ready."),
        environment=_as(Role.WORKER),
        is_needed_at_start=False,
    )


def beat() -> Program:
    """Starts what is due. Several would do no harm: what they start is guarded by leases."""
    schedule = settings.OMEGA_DATA_DIR / "beat-schedule"
    return Program(
        name="beat",
        arguments=_celery("beat", "--schedule", str(schedule), "--pidfile", ""),
        is_ready=_logs("beat: Starting"),
        environment=_as(Role.WORKER),
        is_needed_at_start=False,
    )


def _as(role: Role) -> dict[str, str]:
    return {"OMEGA_ROLE": role}


def _celery(command: str, *options: str) -> list[str]:
    return [
        *(sys.executable, "-m", "celery", "-q", "-A", "omega_site", command),
        *("--loglevel", settings.LOG_LEVEL, *options),
    ]


def _logs(text: str) -> Probe:
    """Celery says that it is ready at level INFO. Where that is not logged it is not waited for."""
    return prints(text) if settings.LOG_LEVEL in ("DEBUG", "INFO") else at_once


def main() -> NoReturn:
    programs = {"web": web, "broadcast": broadcast, "worker": worker, "beat": beat}
    parser = argparse.ArgumentParser(prog="python -m omega_site.programs", description="Run one program of OMEGA.")
    parser.add_argument("program", choices=programs)
    name = parser.parse_args().program
    try:
        with environment_faults():
            program = programs[name]()
    except StartError as error:
        sys.exit(str(error))
    command = [*program.arguments]
    os.execve(command[0], command, program.whole_environment())  # noqa: S606  # no shell is wanted


if __name__ == "__main__":
    main()
