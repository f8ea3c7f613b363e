"""Where a request comes from: the network of its client, also behind a proxy that is trusted to name it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

HEADER: Final = "x-forwarded-for"
"""The header in which proxies name the client: each adds the address that it was called from at the end."""
UNKNOWN: Final = "unknown"
_OF_ONE_CLIENT: Final = {4: 32, 6: 64}
"""How many bits tell clients apart: one client has all IPv6 addresses of a network."""

_WITH_PORT: Final = re.compile(r"([0-9.]+):[0-9]{1,5}|\[([0-9A-Fa-f:.]+)\](?::[0-9]{1,5})?")


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks, separated by commas. Raises :class:`ValueError` for anything else."""
    return tuple(ipaddress.ip_network(each.strip()) for each in text.split(","))


def client_network(peer: str | None, forwarded: str, trusted: Sequence[Network]) -> str:
    """The network of a client. ``peer`` is the address that connected, ``forwarded`` the value of the header.

    What a proxy says is believed only if its address is in ``trusted``; the last address before those is the client's. What cannot be
    read counts as not said.
    """
    found = _address(peer or "")
    for each in reversed(forwarded.split(",")):
        before = _address(each.strip())
        if found is None or before is None or not any(found in network for network in trusted):
            break
        found = before
    return UNKNOWN if found is None else str(ipaddress.ip_network((found, _OF_ONE_CLIENT[found.version]), strict=False))


def peer_and_forwarded(scope: Any) -> tuple[str | None, str]:
    """The address that connected, and the value of :data:`HEADER`: that of all its lines, as a proxy may add its own."""
    peer, _ = scope.get("client") or (None, None)
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == HEADER.encode()]
    return peer, ", ".join(lines)


def _address(text: str) -> Address | None:
    """An address, also with a port, as some proxies name it: ``192.0.2.1:5678``, ``[2001:db8::1]:443`` or ``[2001:db8::1]``."""
    with_port = _WITH_PORT.fullmatch(text)
    try:
        address = ipaddress.ip_address(text if with_port is None else with_port[1] or with_port[2])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
