"""Clients that are connected to some process, as that process tells Redis of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
from asgiref.sync import async_to_sync

from dashboard.sockets.client import ClientLine, ClientState
from dashboard.sockets.control import VOICE, Control
from feeds.storage.live import LiveStore


def line(client_id: str, **values: Any) -> ClientLine:
    known = {
        "kind": "client",
        "state": ClientState.CONNECTED,
        "user_id": 1,
        "username": "ada",
        "address": "192.0.2.1",
        "connected_at": datetime(2026, 11, 20, 12, 0, tzinfo=UTC),
        "last_message_at": datetime(2026, 11, 20, 12, 34, 56, tzinfo=UTC),
        "message_count": 41,
        "error_count": 2,
        "last_error_at": None,
        "sent_frames": 1234,
        "sent_bytes": 56789,
        "topics": ["price", "trades"],
        "process": "web:1",
    }
    return ClientLine(id=client_id, **{**known, **values})


@async_to_sync
async def tell(*lines: ClientLine, process: str = "web:1") -> None:
    store = LiveStore()
    await store.tell_clients(process, msgspec.json.encode(lines))
    await store.close()


@contextmanager
def said_here() -> Iterator[list[Control]]:
    """What this process is told to do meanwhile."""
    said: list[Control] = []
    VOICE.ears.add(said.append)
    yield said
    VOICE.ears.discard(said.append)
