"""From whom a request comes, as far as its address tells."""

from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final

_SUBSCRIBER_BITS: Final = 64
"""Of an IPv6 address: one subscriber has at least all addresses that differ in the rest."""


@lru_cache(maxsize=4096)
def sender_of(address: str) -> str:
    """What is counted for an address: IPv4 itself, of IPv6 the network, since one sender has all of its addresses."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Network((found.packed, _SUBSCRIBER_BITS), strict=False))
