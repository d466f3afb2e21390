"""The way from a point to the centre as it was traced: hop by hop, how far, and how it ended."""

from typing import Annotated, Literal

from msgspec import Meta

from contracts.message import Count, Milliseconds, Part

MAX_HOPS = 30
MAX_ASKED = 3
"""Packets to each hop."""
MAX_OTHERS = 3
HopAddress = Annotated[str, Meta(max_length=45, pattern=r"^[0-9A-Fa-f:.]*\Z")]
"""An IP address as the kernel writes it; empty: nobody answered."""
Ttl = Annotated[int, Meta(ge=1, le=MAX_HOPS)]
PacketBytes = Annotated[int, Meta(ge=0, le=65_535)]

WayReason = Literal["usual", "trouble", "asked"]
WayTrouble = Literal["", "loss", "delay", "cut"]
WayEnding = Literal[
    "reached", "refused", "silent", "unreachable", "loop", "too_far", "no_way", "not_traced"
]
HopSays = Literal["", "no_network", "no_host", "prohibited"]


class WayHop(Part, frozen=True):
    """One hop: of `sent` packets as many were answered as there are round trips.

    `others`: who else answered at that distance, where packets take several ways. `says`: that
    it knows no way on, or lets nobody through.
    """

    ttl: Ttl
    address: HopAddress = ""
    sent: Annotated[int, Meta(ge=0, le=MAX_ASKED)] = 0
    round_trips_ms: Annotated[tuple[Milliseconds, ...], Meta(max_length=MAX_ASKED)] = ()
    others: Annotated[tuple[HopAddress, ...], Meta(max_length=MAX_OTHERS)] = ()
    says: HopSays = ""


class WayBody(Part, frozen=True, tag_field="kind", tag="way"):
    """One trace. Sent only to a centre that says `traces_asked` in its document of probes.

    Attributes:
        reason: the daily one of what is usual; the line was in `trouble`; somebody asked.
        ending: the centre's reflector answered; its machine did, and says that nobody listens;
            nobody after the last hop; a router says that it goes no further; packets go round
            in circles; there are more hops than are asked; nothing could be sent; it was not
            traced, since the day's share is spent.
        mtu_bytes: the largest packet that goes on, where `mtu_from` said so; None: nobody did.
        traces_asked: of the document by which it was asked for, or was in force.
    """

    reason: WayReason
    ending: WayEnding
    to: HopAddress = ""
    trouble: WayTrouble = ""
    hops: Annotated[tuple[WayHop, ...], Meta(max_length=MAX_HOPS)] = ()
    mtu_bytes: PacketBytes | None = None
    mtu_from: HopAddress = ""
    duration_ms: Milliseconds = 0.0
    traces_asked: Count = 0
