"""A worker that leaks: 2 MB every 50 ms, beside its work."""

import sys
import threading
from typing import Final

from omega_site.celery import app

_LEAK: Final = 2 * 1024 * 1024
_EVERY_S: Final = 0.05


def main() -> None:
    threading.Thread(target=leak, daemon=True).start()
    app.worker_main(sys.argv[1:])


def leak() -> None:
    hoard = []
    while True:
        hoard.append(b"x" * _LEAK)
        threading.Event().wait(_EVERY_S)


if __name__ == "__main__":
    main()
