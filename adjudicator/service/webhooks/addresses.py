"""Where webhooks may lead. Their addresses come from callers, and the service can reach more than they can (SSRF).

An address is looked up and checked for each connection, and the connection goes to the address that was checked, so a name that changes
its mind in between gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

import anyio
import httpcore

from adjudicator.model.errors import shown
from adjudicator.store.webhooks import LONGEST_URL

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address


class Reach(StrEnum):
    """Where webhooks may lead."""

    PUBLIC = "public"
    PRIVATE = "private"
    LOOPBACK = "loopback"


class Unreachable(httpcore.ConnectError):
    """The service does not connect to this address."""


NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
"""Addresses that networks without IPv4 translate. Each contains the IPv4 address that it leads to."""
REFUSED: Final = tuple(
    map(
        ipaddress.ip_network,
        (
            *(
                "::/96",
                "64:ff9b:1::/48",
                "2001::/32",
                "2002::/16",
                "fec0::/10",
            ),  # other ways to write or reach an IPv4 address, site-local
            *(
                "100.64.0.0/10",
                "192.0.0.0/24",
                "198.18.0.0/15",
                "240.0.0.0/4",
            ),  # inside networks of carriers and clouds, or nowhere
            *("fd00:ec2::/32", "fd20:ce::/32"),  # metadata of clouds
        ),
    )
)
"""Addresses that are never connected to, whatever else is allowed, except this machine's own."""
PRIVATE: Final = tuple(map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))


def check_url(url: str, reach: Reach) -> None:
    """Raises :class:`ValueError` for an address that is malformed or could never be delivered to.

    The addresses behind a name are checked for each connection.
    """
    expected = "https://HOST/..." if reach is Reach.PUBLIC else "https://HOST/... or http://HOST/..."
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(f"{shown(url)}: expected an address such as {expected}") from None
    schemes = ("https",) if reach is Reach.PUBLIC else ("https", "http")
    plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url and len(url) <= LONGEST_URL
    if not plain or parts.scheme not in schemes or not host or port == 0:
        raise ValueError(f"{shown(url)}: expected an address such as {expected}")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise ValueError(f"{shown(url)}: expected an address without a user, a password or a fragment")
    literal = _literal(host)
    if literal is not None and not is_allowed(literal, reach):
        raise ValueError(f"{shown(url)}: expected an address that the service may connect to ({reach.value})")


def is_allowed(address: Address, reach: Reach) -> bool:
    """Whether the service may connect to an address."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id is not None:
            return False
        if address.ipv4_mapped is not None:
            return is_allowed(address.ipv4_mapped, reach)
        if address in NAT64:
            return is_allowed(ipaddress.IPv4Address(address.packed[12:]), reach)
    if address.is_loopback:
        return reach is Reach.LOOPBACK
    if address.is_multicast or address.is_unspecified or address.is_link_local or _is_in(address, REFUSED):
        return False
    if _is_in(address, PRIVATE):
        return reach is Reach.PRIVATE
    return address.is_global and not address.is_reserved


def _is_in(address: Address, networks: Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    return any(address in network for network in networks)


def _literal(host: str) -> Address | None:
    """The address that a host is written as, in any form that a resolver takes for one; ``None`` for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))  # 127.1, 0x7f000001, 2130706433
    except OSError:
        return None


class CheckedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to names only if all their addresses are allowed, and to one of those."""

    def __init__(self, reach: Reach) -> None:
        self.reach = reach
        self.network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Look a host up, check the addresses, and connect."""
        found = await self.addresses_of(host, port)
        error: httpcore.ConnectError | httpcore.ConnectTimeout = Unreachable("the name has no address")
        for address in found[:MOST_TRIED]:
            try:
                return await self.network.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failure:
                error = failure
        raise error

    async def addresses_of(self, host: str, port: int) -> list[Address]:
        """The addresses of a host. Raises :class:`Unreachable` if one of them is not allowed."""
        try:
            found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("the name cannot be resolved") from error
        addresses = list(dict.fromkeys(ipaddress.ip_address(address[0]) for *_, address in found))
        if not all(is_allowed(address, self.reach) for address in addresses):
            raise Unreachable("an address that the service does not connect to")
        return addresses

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        """Refuse: a webhook has an address."""
        raise Unreachable("an address that the service does not connect to")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await anyio.sleep(seconds)


MOST_TRIED: Final = 2
"""The most addresses of a name that are tried in one attempt."""
