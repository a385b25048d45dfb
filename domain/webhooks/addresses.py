"""Which addresses a webhook may go to: public ones, and what the installation lists besides.

Whoever gives an address could otherwise make the server ask its own network: the database, the
metadata of a cloud, a neighbour. Names are judged by what they resolve to, at every connection.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

# Counted among the public ones by the library, yet answered by the network or the cloud that a
# machine stands in: protocol assignments (RFC 6890), relays to other networks (RFC 3056, RFC
# 3068), the metadata of a cloud, the site (RFC 3879).
_INSIDE: tuple[Network, ...] = (
    ipaddress.IPv4Network("192.0.0.0/24"),
    ipaddress.IPv4Network("192.88.99.0/24"),
    ipaddress.IPv4Network("168.63.129.16/32"),
    ipaddress.IPv6Network("2002::/16"),
    ipaddress.IPv6Network("fec0::/10"),
)
# What resolvers still read as a number: 2130706433, 0x7f.1, 0177.0.0.1.
_NUMBER = re.compile(r"(?:.*\.)?(?:0x[0-9a-f]*|[0-9]+)\.?", re.IGNORECASE)


def literal(host: str) -> Address | None:
    """The address that a host is by itself, in whatever spelling; None for a name."""
    host = _in_ascii(host)
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        if not _NUMBER.fullmatch(host):
            return None
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host.rstrip(".")))
    except OSError:
        return None


def _in_ascii(host: str) -> str:
    """A host as it is looked up: wide digits and round dots are read as plain ones there."""
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def is_public(address: Address) -> bool:
    """Whether an address lies in the open net, also what an address of version 6 stands for."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    return not any(address in network for network in _INSIDE)


@dataclass(frozen=True)
class Allowed:
    """What the installation allows besides public addresses: names of hosts and networks."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, listed: Iterable[str]) -> Allowed:
        """Read a list of names and networks; raises ValueError that names what is neither."""
        hosts, networks = set(), []
        for each in listed:
            text = each.strip().lower()
            try:
                networks.append(ipaddress.ip_network(text))
            except ValueError:
                if not text or any(char in text for char in "/:@ *") or text[0].isdigit():
                    raise ValueError(f"{each!r} is neither a host nor a network") from None
                hosts.add(text.rstrip("."))
        return cls(frozenset(hosts), tuple(networks))

    def host(self, host: str) -> bool:
        """Whether a host is listed, by its name or, for a number, by its network."""
        address = literal(host)
        if address is None:
            return host.lower().rstrip(".") in self.hosts
        return self._listed(address)

    def _listed(self, address: Address) -> bool:
        return any(address in network for network in self.networks)

    def address(self, host: str, address: Address) -> bool:
        """Whether a connection may be made to ``address``, to which ``host`` resolved."""
        return is_public(address) or self._listed(address) or self.host(host)
