"""Host names and IP addresses, in the one form in which they are kept, told and compared.

Addresses are what `ipaddress` writes (one IPv6 address has many spellings, and what a
socket names is the canonical one); names are lower case, in ASCII (RFC 5890), without
the final dot. What passes here can be given to a resolver: it may not know the name,
but the name is one.
"""

import ipaddress
import re
from dataclasses import dataclass

from contracts.errors import MalformedHost

Endpoint = tuple[str, int]  # host and port

MAX_NAME_CHARS, MAX_LABEL_CHARS = 253, 63
HTTPS_PORT = 443

# Underscores are no part of host names (RFC 952), and yet occur in the names of machines.
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?")
_ORIGIN = re.compile(
    r"https://(?:\[(?P<v6>[^\[\]/]*)\]|(?P<host>[^\[\]/:]*))(?::(?P<port>[0-9]{1,5}))?"
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where HTTPS is served."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The origin as browsers write it, without the port where that is 443."""
        host_part = f"[{self.host}]" if ":" in self.host else self.host
        return f"https://{host_part}" + (f":{self.port}" if self.port != HTTPS_PORT else "")


def address(text: str) -> str:
    """Return an IP address in its canonical form; IPv4 within IPv6 is IPv4.

    Raises:
        MalformedHost: it is none, or holds only on one machine (a zone, as in fe80::1%eth0).
    """
    try:
        found = ipaddress.ip_address(text)
    except ValueError as exc:
        raise MalformedHost(text, "is not an IP address") from exc
    if isinstance(found, ipaddress.IPv6Address):
        if found.scope_id is not None:
            raise MalformedHost(text, "has a zone, which means something on one machine only")
        return str(found.ipv4_mapped or found)
    return str(found)


def network_of(peer: str, *, is_wide: bool = False) -> str:
    """Return what is limited as one address: IPv4 whole, of IPv6 the /64 that one line is given.

    What is no address (a socket's path, a proxy's word) stands for itself.

    Args:
        is_wide: return what one customer may have many of: the /24 or /48 instead.
    """
    try:
        found = address(peer.partition("%")[0])
    except MalformedHost:
        return peer
    if not is_wide and ":" not in found:
        return found
    wide, narrow = (48, 64) if ":" in found else (24, 32)
    return str(ipaddress.ip_network((found, wide if is_wide else narrow), strict=False))


def host(text: str) -> str:
    """Return a host name or an IP address in its one form.

    Raises:
        MalformedHost: no host can have this name; says what is wrong with it.
    """
    if ":" in text:
        return address(text)
    name = _in_ascii(text.removesuffix(".")).lower()
    if not name:
        raise MalformedHost(text, "is empty")
    if len(name) > MAX_NAME_CHARS:
        raise MalformedHost(text, f"is longer than {MAX_NAME_CHARS} characters")
    labels = name.split(".")
    for label in labels:
        _check_label(text, label)
    # Resolvers read a name that ends in a number as an IPv4 address.
    return address(text) if labels[-1].isdigit() else name


def origin(url: str) -> Origin:
    """Return where an `https://host[:port]` leads.

    Raises:
        MalformedHost: it is no such URL, or its host none.
    """
    found = _ORIGIN.fullmatch(url)
    if found is None:
        raise MalformedHost(url, "is not of the form https://host or https://host:port")
    port = int(found["port"] or HTTPS_PORT)
    if not 1 <= port <= 65535:
        raise MalformedHost(url, "has a port that is not between 1 and 65535")
    return Origin(address(found["v6"]) if found["v6"] is not None else host(found["host"]), port)


def origin_url(url: str) -> str:
    """Return an `https://host[:port]` with its host in its one form.

    Raises:
        MalformedHost: it is no such URL, or its host none.
    """
    return origin(url).url


def problem_of_origin(url: str) -> str:
    """Return what is wrong with an `https://host[:port]`, as a sentence; empty: nothing."""
    try:
        origin(url)
    except MalformedHost as exc:
        return str(exc)
    return ""


def _in_ascii(text: str) -> str:
    if text.isascii():
        return text
    try:
        return text.encode("idna").decode("ascii")
    except UnicodeError as exc:
        raise MalformedHost(text, "has a part between dots that no name can have") from exc


def _check_label(text: str, label: str) -> None:
    if not label:
        raise MalformedHost(text, "has nothing before, between or after its dots")
    if len(label) > MAX_LABEL_CHARS:
        raise MalformedHost(
            text, f"has a part between dots of more than {MAX_LABEL_CHARS} characters"
        )
    if not _LABEL.fullmatch(label):
        raise MalformedHost(
            text,
            f"has the part {label[:MAX_LABEL_CHARS]!r}; a part has letters, digits and hyphens, "
            "and no hyphen at either end",
        )
