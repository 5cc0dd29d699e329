"""The broadcast program with another application and another limit: `python -m tests.conformance.broadcast BYTES`."""

import asyncio
import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

# Its ports come from the settings.
from dashboard.protocol import bounds  # noqa: E402
from omega_site import broadcast  # noqa: E402
from tests.conformance.echo import application  # noqa: E402


async def close_nobody(code: int, text: str) -> None:
    """The echo ends with its sockets."""


if __name__ == "__main__":
    bounds.FRAME_LIMIT = int(sys.argv[1])  # type: ignore[misc]  # the program's own is smaller than the cases
    asyncio.run(broadcast.serve(broadcast.Broadcast(application, close_nobody)))
