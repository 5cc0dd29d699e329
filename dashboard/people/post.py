"""Letters of the site, sent beside the requests: whoever asks for one waits for no mail server."""

import logging
import threading
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from queue import Full, Queue
from typing import Final

from django.db import connections

logger = logging.getLogger(__name__)

# So many letters wait while the mail server is slow.
WAITING: Final = 100

Letter = Callable[[], object]


class Post:
    """One thread, which begins with the first letter. One that cannot be sent is a line in the log, and is gone."""

    def __init__(self) -> None:
        self._letters: Queue[Letter] = Queue(WAITING)
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def hand_over(self, letter: Letter) -> None:
        """It is written as if here: in the language of whoever asks."""
        try:
            self._letters.put_nowait(partial(copy_context().run, letter))
        except Full:
            logger.error("an e-mail was not sent: %d wait already", WAITING)
            return
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="post", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            _send(self._letters.get())


def _send(letter: Letter) -> None:
    """What the mail server says may name who was written to: only the kind of its refusal is told."""
    try:
        letter()
    except (OSError, ValueError) as error:
        logger.error("an e-mail could not be sent: %s", type(error).__name__)  # noqa: TRY400  # as above
    finally:
        # Its page may have looked something up.
        connections.close_all()


POST: Final = Post()
