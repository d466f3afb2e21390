"""`diemcau-room` with one of its rules replaced: `python -m … BREAK run --config FILE`.

Nothing of this is in the product: the rule is replaced in this process before it starts.
"""

import asyncio
import sys
from collections.abc import Sequence

from agent.room import cli
from agent.room.room import Room
from media.client.forwarded_source import ForwardedSource
from media.sfu.encoding import Encoding
from media.wire.media_packet import MediaPacket

LATE_S = 0.2

_send = ForwardedSource.__call__


def _always_heard(self: Room) -> bool:
    """Its sound leaves the room whatever the floor says."""
    return True


def _sound_late(
    self: ForwardedSource, encoding: Encoding, packets: Sequence[MediaPacket], *, now: float
) -> None:
    """The sound goes up a fifth of a second after the picture it belongs to."""
    if encoding.kind == "video":
        _send(self, encoding, packets, now=now)
        return
    kept = tuple(packets)
    loop = asyncio.get_running_loop()
    loop.call_later(LATE_S, lambda: _send(self, encoding, kept, now=now + LATE_S))


def apply(breakage: str) -> None:
    """Replace the rule that the breakage names."""
    if breakage == "muted-leaks":
        Room._is_heard = _always_heard  # type: ignore[method-assign]
    elif breakage == "lost-sync":
        ForwardedSource.__call__ = _sound_late  # type: ignore[method-assign]


if __name__ == "__main__":
    apply(sys.argv[1])
    cli.main(sys.argv[2:])
