"""A web process whose signed calls break, inside the library that sends them, by an error that nobody foresaw."""

from typing import Final

import h11
from daphne.cli import CommandLineInterface

ERROR: Final = "the library broke"


def main() -> None:
    send = h11.Connection.send

    def break_or_send(connection: h11.Connection, event: h11.Event) -> bytes | None:
        if isinstance(event, h11.Request) and b"access-key" in dict(event.headers):
            raise RuntimeError(ERROR)
        return send(connection, event)

    h11.Connection.send = break_or_send  # type: ignore[assignment, method-assign]
    CommandLineInterface.entrypoint()


if __name__ == "__main__":
    main()
