"""RFC 6455 over both servers, with raw frames: what they echo, and what they end a connection for (C14)."""

import asyncio
import zlib
from collections.abc import Iterator, Mapping
from itertools import product

import pytest

from tests.conformance.case import Case, bad, good, text
from tests.conformance.corpus import CLASSES, LIMIT
from tests.conformance.serving import serving
from tests.conformance.wire import PING, REST, TEXT, WHOLE_BINARY, WHOLE_TEXT, line_to, said
from tests.waiting import PATIENCE_S

# The bit of a compressed message (RFC 7692 6).
PACKED = 0x40
WITH_DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate"
# daphne takes an empty message for none to send. Ours are never empty.
SWALLOWED_BY_WEB = {"text of 0", "binary of 0"}


def packed(data: bytes) -> bytes:
    """As RFC 7692 7.2.1 wants it: raw deflate, flushed, without the flush's four last bytes."""
    packer = zlib.compressobj(wbits=-12)
    return (packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH)).removesuffix(b"\0\0\xff\xff")


def unpacked(data: bytes) -> bytes:
    return zlib.decompressobj(wbits=-15).decompress(data + b"\0\0\xff\xff")


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, int]]:
    """Of the web server, the broadcast server, and the latter with compression."""
    with serving(tmp_path_factory.mktemp("servers") / "output.txt") as ports:
        yield ports


async def faults_of(case: Case, port: int) -> str:
    async with asyncio.timeout(PATIENCE_S), line_to(port) as line:
        return case.faults(await case.play(line))


@pytest.mark.parametrize(("server", "name"), [*product(("web", "broadcast"), CLASSES)])
async def test_frames(ports: Mapping[str, int], server: str, name: str) -> None:
    """C14: each case of the class is answered as RFC 6455 says."""
    cases = [case for case in CLASSES[name] if server != "web" or case.name not in SWALLOWED_BY_WEB]
    faults = {case.name: await faults_of(case, ports[server]) for case in cases}
    assert {case: fault for case, fault in faults.items() if fault} == {}


async def test_empty_messages_are_not_sent_by_the_web_server(ports: Mapping[str, int]) -> None:
    """The one known fault: of an empty message, in whole or in parts, and a full one only the latter comes back."""
    empty = said(), said(first=WHOLE_BINARY), said(first=TEXT), said(first=REST)
    assert await faults_of(good("empty, then full", *empty, said(b"full"), back=[text("full")]), ports["web"]) == ""


async def test_compressed_text_comes_back_compressed(ports: Mapping[str, int]) -> None:
    """Where permessage-deflate is on, a message is packed in both directions."""
    async with asyncio.timeout(PATIENCE_S), line_to(ports["compressed"], "/", WITH_DEFLATE) as line:
        await line.say(said(packed(b"Hello " * 100), WHOLE_TEXT | PACKED))
        frame = await line.hear()
    assert frame is not None
    assert (frame.first, unpacked(frame.data)) == (WHOLE_TEXT | PACKED, b"Hello " * 100)


@pytest.mark.parametrize(
    "case",
    [
        bad("a bomb", said(packed(bytes(64 * LIMIT)), WHOLE_TEXT | PACKED), codes=(1009,)),
        bad("no deflate data", said(b"\xff" * 20, WHOLE_TEXT | PACKED), codes=(1002, 1007)),
        bad("the bit on a rest", said(packed(b"a"), TEXT | PACKED), said(packed(b"b"), REST | PACKED)),
        bad("the bit on a ping", said(b"a", PING | PACKED)),
        bad("another bit", said(b"a", WHOLE_TEXT | 0x20)),
        bad("no text when unpacked", said(packed(b"\xff"), WHOLE_TEXT | PACKED), codes=(1007,)),
    ],
    ids=lambda case: case.name,
)
async def test_compressed_faults(ports: Mapping[str, int], case: Case) -> None:
    """C14: what is wrong with a packed message ends the connection, and a small one does not grow past the limit."""
    async with asyncio.timeout(PATIENCE_S), line_to(ports["compressed"], "/", WITH_DEFLATE) as line:
        assert case.faults(await case.play(line)) == ""
