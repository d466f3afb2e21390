"""From which addresses the centre hears its points, as the reflector of their probes tells it."""

from typing import Annotated, ClassVar

from msgspec import Meta

from contracts.message import Instant, Message, Part
from contracts.way import HopAddress

MAX_SEEN = 65_535


class SeenAddress(Part, frozen=True):
    """The address that the last proved probe of a point came from."""

    probe_id: Annotated[int, Meta(ge=1, le=MAX_SEEN)]
    address: HopAddress


class SeenAddresses(Message, frozen=True):
    """Whose proved probes came lately. A file between two processes of one machine, no message."""

    max_bytes: ClassVar[int] = 8 * 1024 * 1024

    written_at: Instant
    addresses: Annotated[tuple[SeenAddress, ...], Meta(max_length=MAX_SEEN)] = ()
