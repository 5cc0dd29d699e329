"""Where a handshake comes from: the peer, or what the proxies that stand in front say of it. Pure."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

UNKNOWN: Final = "unknown"
# One customer has at least this much of IPv6, and may use any address of it.
_IPV6_PREFIX: Final = 64


def address_of(peer: str, headers: Iterable[tuple[bytes, bytes]], hops: int) -> str:
    """The peer, or with `hops` trusted proxies in front the one that connected to the outermost of them (S16).

    Each proxy adds who connected to it at the right end; what stands further left, a client may have made up.
    """
    forwarded = b",".join(value for name, value in headers if name == b"x-forwarded-for").split(b",")
    if 0 < hops <= len(forwarded) and (told := _parsed(forwarded[-hops].strip().decode("latin1"))):
        return str(told)
    return str(_parsed(peer) or UNKNOWN)


def network_of(address: str) -> str:
    """What limits are counted by: the address, of IPv6 the network that it is in."""
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, _IPV6_PREFIX), strict=False))
    return address


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        # So a server that listens on both speaks of IPv4.
        return address.ipv4_mapped
    return address
