"""What a point knows of its LAN beyond its own interfaces: resolvers, leases, who else is there."""

from typing import Annotated, Literal

from msgspec import Meta

from contracts.message import (
    WITHOUT_NUL,
    Count,
    InterfaceName,
    Milliseconds,
    Part,
    Seconds,
    ShortText,
)
from contracts.section import Section

MAX_RESOLVERS = 4
MAX_LEASES = 8
MAX_DHCP_SERVERS = 8
MAX_NEIGHBOURS = 24
MAX_DOUBLED = 8

AddressText = Annotated[str, Meta(max_length=64, pattern=WITHOUT_NUL)]
MacText = Annotated[str, Meta(max_length=32, pattern=WITHOUT_NUL)]

DnsAnswer = Literal["answers", "unknown_name", "refuses", "fails", "silent"]
"""`unknown_name`: it says that the centre's name does not exist. `fails`: it answers that it cannot
find out."""


class Resolver(Part, frozen=True):
    """One configured name server, as it was last asked; `rtt_ms` None: no answer came.

    `elsewhere`: the address that it gives for the centre, where the centre never answered.
    """

    address: AddressText
    answer: DnsAnswer
    rtt_ms: Milliseconds | None = None
    elsewhere: AddressText = ""

    @property
    def is_right(self) -> bool:
        """Whether the centre is found by it, as far as that is known."""
        return self.answer == "answers" and not self.elsewhere


class DnsSection(Section, frozen=True):
    """The configured name servers, in their order; `asked` empty: the centre has no name."""

    asked: Annotated[str, Meta(max_length=255, pattern=WITHOUT_NUL)] = ""
    resolvers: Annotated[tuple[Resolver, ...], Meta(max_length=MAX_RESOLVERS)] = ()


class Lease(Part, frozen=True):
    """An IPv4 address that a DHCP server lent.

    Attributes:
        server: empty: the machine's DHCP client does not let us read which it was.
        left_s: for how long the address still holds, by the kernel.
        whole_s: for how long it was lent; None: not known.
    """

    interface: InterfaceName
    address: AddressText
    left_s: Seconds
    whole_s: Seconds | None = None
    server: AddressText = ""


class DhcpServer(Part, frozen=True):
    """A DHCP server that answered on the segment; `router`: the way out that it would give."""

    interface: InterfaceName
    address: AddressText
    router: AddressText = ""


class DhcpSection(Section, frozen=True):
    """Leases, and which DHCP servers answered; `servers` None: nobody could or did look of late."""

    leases: Annotated[tuple[Lease, ...], Meta(max_length=MAX_LEASES)] = ()
    servers: Annotated[tuple[DhcpServer, ...], Meta(max_length=MAX_DHCP_SERVERS)] | None = None


class SegmentDevice(Part, frozen=True):
    """A device on the segment that the machine has spoken with; `maker` empty: not known."""

    address: AddressText
    mac: MacText
    interface: InterfaceName = ""
    maker: ShortText = ""
    is_router: bool = False


class DoubledAddress(Part, frozen=True):
    """An address that more than one device has; `is_own`: the point's own is one of them."""

    address: AddressText
    macs: Annotated[tuple[MacText, ...], Meta(max_length=4)] = ()
    is_own: bool = False


class SegmentSection(Section, frozen=True):
    """Who else is on the segment: `neighbours` are those of `total` that there is room for."""

    total: Count = 0
    neighbours: Annotated[tuple[SegmentDevice, ...], Meta(max_length=MAX_NEIGHBOURS)] = ()
    doubled: Annotated[tuple[DoubledAddress, ...], Meta(max_length=MAX_DOUBLED)] = ()
