"""What a web process serves for test_slow_reader.py: answers without an end, in parts, and one that breaks off."""

import asyncio
from typing import Any, Final

CHUNK: Final = b"x" * 65_536
# By the path of the request: chunks that were handed to the server.
_written: Final[dict[str, int]] = {}


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """/endless…, /broken, /parts, and /written/PATH: how many bytes that one has been given."""
    path = scope["path"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    if path.startswith("/written"):
        told = _written.get(path.removeprefix("/written"), 0) * len(CHUNK)
        await send({"type": "http.response.body", "body": str(told).encode()})
        return
    if path == "/parts":
        for part in (b"one", b"two", b"three"):
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body"})
        return
    gone = asyncio.ensure_future(_gone(receive))
    while not gone.done():
        await send({"type": "http.response.body", "body": CHUNK, "more_body": True})
        # As whatever reads a database between two chunks.
        await asyncio.sleep(0)
        _written[path] = _written.get(path, 0) + 1
        if path == "/broken":
            raise OSError("it could not go on")


async def _gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
