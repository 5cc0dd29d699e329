"""Runs a command with DATABASE_URL set to a PostgreSQL server that exists for just as long.

python -m tests.postgres COMMAND
"""

import os
import subprocess
import sys

from tests.postgres_server import PostgresServer


def main(command: list[str]) -> int:
    try:
        server = PostgresServer()
    except (OSError, subprocess.CalledProcessError) as error:
        sys.stderr.write(f"PostgreSQL cannot be started: {error}\n")
        return 1
    try:
        return subprocess.run(command, env=os.environ | {"DATABASE_URL": server.url}).returncode
    finally:
        server.remove()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
