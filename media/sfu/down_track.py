"""One slot of one subscriber: what it shows, and what it waits for. Nothing else changes them.

    empty      shows nothing, waits for nothing
    waiting    shows nothing until the first packet it can start with (video: a keyframe)
    showing    forwards a track
    changing   forwards a track and waits for the one that is to replace it

        show(track)    empty, waiting → waiting; showing → changing (sound: → waiting)
        show(None)     any → empty
        began          waiting, changing → showing
        interrupted    of what is shown: showing → waiting, changing → waiting for the new one
        lost           of what is shown: → empty or waiting; of what is awaited: → empty or showing
        overdue        changing → waiting, CHANGE_LIMIT_S after what is shown was to go

The last is for whoever is shown: a picture that is to end does not go on because the next
one's keyframe does not get through.
"""

from typing import Protocol

from media.sfu.munger import Munger
from media.sfu.receive_stream import ReceiveStream
from media.transport.peer import Peer
from media.wire.media_packet import MediaPacket
from media.wire.sdp import Kind

CHANGE_LIMIT_S = 2.0


class Feed(Protocol):
    """What a slot can show."""

    intake: ReceiveStream

    def add_waiting(self, out: "DownTrack", *, now: float, is_urgent: bool) -> None:
        """Start a slot at the next packet it can start with."""

    def remove_waiting(self, out: "DownTrack") -> None:
        """Forget a slot that waited."""

    def remove(self, out: "DownTrack") -> None:
        """Forget a slot that showed this track."""

    def want_keyframe(self, *, now: float, is_urgent: bool = False) -> None:
        """Ask for a keyframe, as soon as one may be asked for."""


class DownTrack:
    """One slot. `track` is what it shows, `awaited` what it waits for."""

    def __init__(self, slot: str, kind: Kind, peer: Peer, rewriter: Munger) -> None:
        self.slot = slot
        self.kind = kind
        self.peer = peer
        self.rewriter = rewriter
        self._track: Feed | None = None
        self._awaited: Feed | None = None
        self._changing_since = 0.0

    @property
    def track(self) -> Feed | None:
        """What it shows."""
        return self._track

    @property
    def awaited(self) -> Feed | None:
        """What it waits for."""
        return self._awaited

    def show(self, track: Feed | None, *, now: float, is_urgent: bool = False) -> None:
        """Change to a track: video on its next keyframe, sound at once; None empties the slot."""
        if track is self._track and track is not None:
            self._stop_waiting()
            return
        if track is None or self.kind == "audio":
            self.clear()
        if track is None or track is self._awaited:
            return
        if self._awaited is None:
            self._changing_since = now
        self._stop_waiting()
        self._awaited = track
        track.add_waiting(self, now=now, is_urgent=is_urgent)

    def began(self, track: Feed, first: MediaPacket, *, now: float) -> None:
        """Note that the awaited track starts with this packet."""
        if self._track is not None:
            self._track.remove(self)
        self._track, self._awaited = track, None
        self.rewriter.switch(track.intake.cache, first, now=now)

    def interrupted(self, track: Feed) -> bool:
        """Note that what is shown begins anew; return whether the slot waits for that."""
        self.lost(track)
        if self._awaited is not None:
            return False
        self._awaited = track
        return True

    def lost(self, track: Feed) -> None:
        """Note that a track has ended."""
        if self._track is track:
            self._track = None
            self.rewriter.stop()
        if self._awaited is track:
            self._awaited = None

    def overdue(self, *, now: float) -> bool:
        """End what should have been replaced by now; return whether that was the case."""
        if self._track is None or now - self._changing_since <= CHANGE_LIMIT_S:
            return False
        self._end_shown()
        return True

    def clear(self) -> None:
        """Show nothing from now on."""
        self._stop_waiting()
        self._end_shown()

    def _end_shown(self) -> None:
        if self._track is not None:
            self._track.remove(self)
            self._track = None
        self.rewriter.stop()

    def _stop_waiting(self) -> None:
        if self._awaited is not None:
            self._awaited.remove_waiting(self)
            self._awaited = None
