"""Messages that are too large, whole and in parts, for the real programs: refused at once, and little is kept."""

import asyncio
from collections.abc import Callable, Iterator
from itertools import islice

import pytest

from tests.conformance.wire import CONTINUATION, LAST, TEXT, WHOLE_TEXT, line_to, masked_head
from tests.load.people import make
from tests.system import peak
from tests.system.hostile import ANSWER_WITHIN_S, KIB, MIB, Site, refusal

pytestmark = pytest.mark.system
REFUSED_WITHIN_S = 1.0
MORE_MEMORY = 2 * MIB
NO_MASK = bytes(4)


@pytest.fixture
def logins(site: Site, transactional_db: None) -> dict[str, tuple[str, ...]]:
    """Header lines of somebody who may come in, by path."""
    (person,) = make(1)
    return {
        "/ws/dashboard/": (
            f"Origin: http://127.0.0.1:{site.port('web')}",
            f"Cookie: omega_session={person['session']}",
        ),
        "/ws/v2/": (f"Authorization: Bearer {person['token']}",),
    }


def whole(size: int) -> Iterator[bytes]:
    yield masked_head(size, WHOLE_TEXT, NO_MASK)
    yield from _body(size)


def in_parts(size: int) -> Iterator[bytes]:
    """Of a kibibyte each, many at once."""
    parts = (_part(at, size) for at in range(0, size, KIB))
    while many := b"".join(islice(parts, 64)):
        yield many


def _part(at: int, size: int) -> bytes:
    first = (CONTINUATION if at else TEXT) | (LAST if at + KIB >= size else 0)
    return masked_head(KIB, first, NO_MASK) + b"a" * KIB


def _body(size: int) -> Iterator[bytes]:
    for at in range(0, size, 64 * KIB):
        yield b"a" * min(64 * KIB, size - at)


@pytest.mark.parametrize("pieces", [whole, in_parts])
@pytest.mark.parametrize(
    ("program", "path", "smallest"),
    [("web", "/ws/dashboard/", 5 * KIB), ("web", "/ws/v2/", 17 * KIB), ("broadcast", "/ws/v2/", 17 * KIB)],
)
async def test_large_messages_are_refused_at_once(
    site: Site,
    logins: dict[str, tuple[str, ...]],
    program: str,
    path: str,
    smallest: int,
    pieces: Callable[[int], Iterator[bytes]],
) -> None:
    """C5: of whatever size and in however many pieces, 1009 comes within a second, and little is kept meanwhile."""
    found = {}
    for size in (smallest, smallest, MIB, 64 * MIB):
        async with asyncio.timeout(ANSWER_WITHIN_S), line_to(site.port(program), path, *logins[path]) as line:
            await line.hear()
            before = peak.begin(site.pid(program))
            code, took = await refusal(line, pieces(size))
            found[size] = code, took < REFUSED_WITHIN_S, peak.so_far(site.pid(program)) - before < MORE_MEMORY
    assert found == dict.fromkeys((smallest, MIB, 64 * MIB), (1009, True, True))
    assert site.complaints() == []
