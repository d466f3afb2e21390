"""What `diemcau-segment` saw on the segment, in the file by which it tells the agent."""

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from contracts.lan import MAX_DHCP_SERVERS, MAX_DOUBLED, DhcpServer, DoubledAddress

FILE = "run/diemcau-segment/look.json"
HOLDS_S = 2400.0
"""It looks every quarter of an hour: what is older than two and a half looks is not told."""
_MAX_BYTES = 64 * 1024


class SegmentLook(msgspec.Struct, frozen=True, kw_only=True):
    """One look; `at_s` by the clock that nobody sets.

    `servers` None: port 68 could not be heard.
    """

    at_s: float
    servers: Annotated[tuple[DhcpServer, ...], Meta(max_length=MAX_DHCP_SERVERS)] | None = None
    doubled: Annotated[tuple[DoubledAddress, ...], Meta(max_length=MAX_DOUBLED)] = ()


_decoder = msgspec.json.Decoder(SegmentLook)


def last_look(files: Path, *, now_s: float) -> SegmentLook | None:
    """Return the last look; None: there was none of late, or it cannot be read."""
    try:
        with (files / FILE).open("rb") as file:
            found = _decoder.decode(file.read(_MAX_BYTES))
    except (OSError, msgspec.MsgspecError):
        return None
    return found if 0 <= now_s - found.at_s <= HOLDS_S else None
