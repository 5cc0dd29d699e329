"""A user's seats: how many sockets one may have, and who goes where none is left."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Final

from dashboard.protocol import codes
from dashboard.sockets.door import USER_SEATS
from dashboard.sockets.registry import Registry
from feeds.clock import Clock

# A client that reads answers a tick at once. Who was cut off is back before its old socket is noticed to be dead.
SILENT_AFTER: Final = timedelta(seconds=3)


def take_seat(user_id: int, registry: Registry, clock: Clock) -> Callable[[], None] | None:
    """What gives it back; None where there is none. The user's client that owes an answer for longest makes room."""
    if USER_SEATS.is_full_for(user_id):
        owing = [(client.asked_at, client) for client in registry.of_user(user_id) if client.asked_at]
        asked_at, client = min(owing, key=lambda each: each[0], default=(None, None))
        if asked_at and client and clock.now() - asked_at > SILENT_AFTER:
            client.close(codes.REPLACED, "You opened another connection, and this one answered nothing.")
    return partial(USER_SEATS.leave, user_id) if USER_SEATS.take(user_id) else None
