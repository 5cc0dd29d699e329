"""Sends one live client away, whichever process it is connected to."""

import logging

from asgiref.sync import async_to_sync

from dashboard.sockets.control import tell_disconnect
from dashboard.sockets.herald import read_all
from feeds.errors import printable

logger = logging.getLogger(__name__)


def send_away(client_id: str, username: str) -> bool:
    """Has its socket closed; False where there is no such client. While Redis is away only this process is asked."""
    lines = async_to_sync(read_all)()
    if lines is not None and client_id not in {line.id for line in lines}:
        return False
    logger.warning("%s disconnects the client %s", username, printable(client_id))
    tell_disconnect(client_id)
    return True
