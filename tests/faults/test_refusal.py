"""HTTP instead of a socket: its status is what counts, its body is not worth reading, nobody is followed elsewhere."""

import pytest

from feeds.connection.stall import SessionTiming
from feeds.errors import ConnectFailed, HandshakeRefused
from tests.clock import ManualClock
from tests.faults.memory import MIB, growth
from tests.faults.peer import peer
from tests.faults.scripts import answer, begin_answer, never_answer
from tests.faults.session import end_of

PAGE = b"<!DOCTYPE html><title>Oh no</title>"
MAX_BODY = 64 * 1024


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_page_of_html_is_a_refusal(clock: ManualClock, status: int) -> None:
    """E6: with its status, and without a wish to be left alone: the next try is the retry policy's."""
    async with peer(answer(f"{status} Oh", "Content-Type: text/html", body=PAGE)) as there:
        end = await end_of(f"ws://{there.host}/", clock)
    assert isinstance(end, HandshakeRefused)
    assert (end.status, end.cool_off) == (status, 0.0)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirect_is_not_followed(clock: ManualClock, status: int) -> None:
    """E6: whoever sits at the new address never hears of us."""
    async with (
        peer(never_answer) as elsewhere,
        peer(answer(f"{status} Over there", f"Location: ws://{elsewhere.host}/")) as there,
    ):
        end = await end_of(f"ws://{there.host}/", clock)
        assert elsewhere.visits == []
    assert isinstance(end, HandshakeRefused)
    assert end.status == status


@pytest.mark.parametrize("length", ["Connection: close", "Content-Length: 10000000", "Transfer-Encoding: chunked"])
async def test_endless_body_ends_in_time_and_is_not_kept(clock: ManualClock, length: str) -> None:
    """E6: a page without an end costs no more than any other failed connection, in time and in memory.

    The library reads a page before it tells the status, so that the status of such a one is not heard.
    """
    page = PAGE.ljust(MAX_BODY)
    body = b"%x\r\n%b\r\n" % (len(page), page) if "chunked" in length else page
    async with peer(begin_answer("429 No", length, "Retry-After: 33", body=body)) as there:
        with growth() as grown:
            end = await end_of(f"ws://{there.host}/", clock, timing=SessionTiming(connected_within=0.5))
    assert isinstance(end, ConnectFailed)
    assert grown.bytes <= 2 * MIB


async def test_kucoins_rest_is_not_followed_either(clock: ManualClock) -> None:
    """E6 E30: a token from elsewhere is none."""
    async with (
        peer(never_answer) as elsewhere,
        peer(answer("302 Over there", f"Location: http://{elsewhere.host}/")) as there,
    ):
        end = await end_of(f"http://{there.host}/", clock, "kucoin")
        assert elsewhere.visits == []
    assert isinstance(end, HandshakeRefused)
