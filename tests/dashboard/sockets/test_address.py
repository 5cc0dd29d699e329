"""S16: whom the limits count, with proxies in front and without, and what a client cannot make up."""

import pytest

from dashboard.sockets.address import address_of, network_of

PEER = "10.0.0.9"


def forwarded(*values: str) -> list[tuple[bytes, bytes]]:
    return [(b"host", b"omega.example"), *((b"x-forwarded-for", value.encode()) for value in values)]


@pytest.mark.parametrize(
    ("hops", "values", "address"),
    [
        (0, [], PEER),
        (0, ["1.1.1.1"], PEER),
        (1, ["1.1.1.1"], "1.1.1.1"),
        (1, ["6.6.6.6, 1.1.1.1"], "1.1.1.1"),
        (1, ["6.6.6.6", "1.1.1.1"], "1.1.1.1"),
        (2, ["6.6.6.6, 1.1.1.1, 10.0.0.8"], "1.1.1.1"),
        (2, ["6.6.6.6,1.1.1.1", "10.0.0.8"], "1.1.1.1"),
        (2, ["1.1.1.1"], PEER),
        (1, [], PEER),
        (1, [""], PEER),
        (1, ["1.1.1.1,"], PEER),
        (1, ["unknown"], PEER),
        (1, ["1.1.1.1\x1b[31m"], PEER),
        (1, ["1.1.1.999"], PEER),
        (1, ["2001:DB8::1"], "2001:db8::1"),
        (1, ["::ffff:1.1.1.1"], "1.1.1.1"),
    ],
)
def test_address(hops: int, values: list[str], address: str) -> None:
    """S16: only what the trusted proxies added counts; from further left nothing is believed."""
    assert address_of(PEER, forwarded(*values), hops) == address


@pytest.mark.parametrize(
    ("peer", "address"),
    [("::1", "::1"), ("::ffff:127.0.0.1", "127.0.0.1"), ("fe80::1%eth0\r\n", "fe80::1"), ("", "unknown")],
)
def test_peer(peer: str, address: str) -> None:
    """A peer has one spelling, and none where the server listens on a file."""
    assert address_of(peer, [], 0) == address


@pytest.mark.parametrize(
    ("address", "network"),
    [("1.1.1.1", "1.1.1.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("unknown", "unknown")],
)
def test_network(address: str, network: str) -> None:
    """C8: who has a whole network of IPv6 does not have as many seats."""
    assert network_of(address) == network
