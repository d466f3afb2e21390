"""What the room sends, as the settings choose: its camera, a drawing, or nothing."""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from agent.point.identity import Identity
from agent.room.capture import CaptureSource
from agent.room.feed import OWN, LocalRelay
from agent.room.gstreamer.source import GstreamerSource
from agent.room.settings import RoomSettings
from media.client.encoded_source import EncodedSource
from media.client.media_source import MediaSource
from media.testcard.picture import Picture
from media.testcard.source import TestcardSource


class RoomSource(Protocol):
    """Sends through `media` while it runs."""

    @property
    def media(self) -> MediaSource:
        """What goes up."""

    async def run(self) -> None:
        """Send until cancelled."""


def source_of(
    room: RoomSettings,
    identity: Identity,
    feed: LocalRelay,
    *,
    wall_ms: Callable[[], float],
    is_heard: Callable[[], bool],
) -> RoomSource | None:
    """Return what this room sends; None: it only watches and listens.

    Args:
        wall_ms: the corrected wall clock in milliseconds since the epoch.
        is_heard: whether the floor lets the room's sound leave it.
    """
    settings = room.source
    if settings.kind == "off":
        return None
    if settings.kind == "browser":
        return CaptureSource(feed, wall_ms, is_heard, picture_max_bps=settings.bitrate_bps)
    if settings.kind == "gstreamer":
        return GstreamerSource(room, feed, wall_ms=wall_ms, is_heard=is_heard)
    number = identity.point_number
    return TestcardSource(
        Picture(number, identity.name, settings.font_file),
        EncodedSource([partial(feed.hand_on, OWN)], picture_max_bps=settings.bitrate_bps),
        point_number=number,
        bitrate_bps=settings.bitrate_bps,
        wall_ms=wall_ms,
        is_silent=settings.sound == "silent",
    )
