"""Servers of others that a firm names itself: an address must be encrypted, and lead out of the networks we stand in.

Whoever may type an address must not make the server ask its own neighbours (databases, cloud metadata). The host is
resolved here, every address behind it is looked at, and the line is opened to that very address: a name that answers
otherwise a moment later changes nothing. `OUTSIDE_PRIVATE_HOSTS` names hosts of the installation's own network that
may be asked all the same, a language model in the next room.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from apps.kernel.errors import InvalidInputError, gettext_noop

_PORTS = {"https": 443, "http": 80}
# IPv6 addresses that carry an IPv4 one: NAT64
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


class PrivateAddressError(InvalidInputError):
    """The address leads into a network of our own, or nowhere."""

    code = "private_address"


@dataclass(frozen=True, slots=True)
class OutsideAddress:
    """Where a server of others is; `path` without a slash at its end."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Return host and port as the header Host tells them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    def at(self, place: str) -> str:
        """Return the URL with an IP address in place of the name."""
        host = f"[{place}]" if ":" in place else place
        return f"{self.scheme}://{host}:{self.port}{self.path}"


def outside_address(url: str, *, field: str = "") -> OutsideAddress:
    """Read an address. Raises InvalidInputError for one that is not encrypted, carries a password or is none."""
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
        # a name of other letters stands in its ASCII form, as it is looked up
        host = host if ":" in host else host.encode("idna").decode()
    except ValueError:
        raise _no_address(field) from None
    if parts.scheme not in _PORTS or not host or any(sign.isspace() for sign in url.strip()):
        raise _no_address(field)
    if parts.username is not None or parts.query or parts.fragment:
        raise InvalidInputError(
            gettext_noop("The address holds more than a place."),
            mend=gettext_noop("Leave out user, password and whatever follows a question mark."),
            field=field,
        )
    if parts.scheme != "https" and host not in settings.OUTSIDE_PRIVATE_HOSTS:
        raise InvalidInputError(
            gettext_noop("What is sent there could be read on the way."),
            mend=gettext_noop("Give an address that begins with https://."),
            field=field,
        )
    return OutsideAddress(parts.scheme, host, port or _PORTS[parts.scheme], parts.path.rstrip("/"))


def places_of(address: OutsideAddress, *, field: str = "") -> tuple[str, ...]:
    """Return the IP addresses to open the line to, the best first.

    Raises PrivateAddressError if one of the host's is not public.
    """
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise PrivateAddressError(
            gettext_noop("No server is known by the name %(host)s."),
            mend=gettext_noop("Check how the address is written."),
            field=field,
            host=address.host,
        ) from None
    places = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    is_ours = address.host in settings.OUTSIDE_PRIVATE_HOSTS
    if not places or not (is_ours or all(is_public(place) for place in places)):
        raise PrivateAddressError(
            gettext_noop("%(host)s leads into a private network."),
            mend=gettext_noop("Give the address of a public server; who runs Steward can allow others."),
            field=field,
            host=address.host,
        )
    return places


def is_public(place: str) -> bool:
    """Say whether an IP address is one of the open internet, also where it is wrapped in another."""
    try:
        told = ipaddress.ip_address(place.partition("%")[0])
    except ValueError:
        return False
    if isinstance(told, ipaddress.IPv6Address):
        inner = told.ipv4_mapped or told.sixtofour or (told.teredo[1] if told.teredo else None)
        if told in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(told) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return told.is_global and not told.is_multicast and not told.is_reserved


def _no_address(field: str) -> InvalidInputError:
    return InvalidInputError(
        gettext_noop("This is no address of a server."),
        mend=gettext_noop("Give it as https://server.example/v1."),
        field=field,
    )
