"""One slot of one subscriber: what it shows, and what it waits for. Nothing else changes them.

    empty      shows nothing, waits for nothing
    waiting    shows nothing until the first packet it can start with (video: a keyframe)
    showing    forwards an encoding of a track
    changing   forwards an encoding and waits for the one that is to replace it

        show(feed)     empty, waiting → waiting; showing → changing (sound: → waiting)
        show(None)     any → empty
        began          waiting, changing → showing
        interrupted    of what is shown: showing → waiting, changing → waiting for the new one
        lost           of what is shown: → empty or waiting; of what is awaited: → empty or showing
        overdue        changing → waiting, CHANGE_LIMIT_S after what is shown was to go

The last is for whoever is shown: a picture that is to end does not go on because the next
one's keyframe does not get through. What is to be the same camera, only larger, has no hurry.
"""

from collections.abc import Sequence
from typing import Protocol

from media.sfu.munger import Munger, Segment
from media.sfu.pacer import PicturePacer
from media.sfu.receive_stream import ReceiveStream
from media.sfu.redundancy import Redundancy
from media.sfu.repair import Padding, Repair
from media.sfu.sizes import Size
from media.transport.peer import Peer
from media.wire.media_packet import MediaPacket
from media.wire.sdp import Kind

CHANGE_LIMIT_S = 0.75


class Feed(Protocol):
    """What a slot can show: an encoding."""

    intake: ReceiveStream

    @property
    def keyframe_at(self) -> float:
        """When its last keyframe began to come."""

    @property
    def smaller(self) -> "Feed | None":
        """The next smaller size of the same camera."""

    @property
    def size(self) -> Size:
        """Which of its camera's sizes it is."""

    def add_waiting(self, out: "DownTrack", *, now: float, is_urgent: bool) -> None:
        """Start a slot at the next packet it can start with."""

    def remove_waiting(self, out: "DownTrack") -> None:
        """Forget a slot that waited."""

    def remove(self, out: "DownTrack") -> None:
        """Forget a slot that showed this feed."""

    def want_keyframe(self, *, now: float, is_urgent: bool = False) -> None:
        """Ask for a keyframe, as soon as one may be asked for."""


class SlotSender(Protocol):
    """What sends packets to the subscribers of slots."""

    def send_all(
        self, outs: Sequence["DownTrack"], packets: Sequence[MediaPacket], *, now: float
    ) -> None:
        """Send packets of what slots show."""


class DownTrack:
    """One slot. `shown` is what it shows, `awaited` what it waits for."""

    def __init__(self, slot: str, kind: Kind, peer: Peer, rewriter: Munger) -> None:
        self.slot = slot
        self.kind = kind
        self.peer = peer
        self.rewriter = rewriter
        self.pacer: PicturePacer[Held] | None = None  # of a picture
        self.repair: Repair | None = None  # where it was agreed on
        self.padding: Padding | None = None  # what padding for its line goes by
        self.redundancy: Redundancy | None = None  # of a sound, where it was agreed on
        self.fanout: SlotSender | None = None  # of a peer behind another port than all others
        self._shown: Feed | None = None
        self._awaited: Feed | None = None
        self._changing_since = 0.0
        self.is_held = False  # nothing goes of what is shown: the line has no room for it

    @property
    def _is_growing(self) -> bool:
        """Whether what it waits for is what it shows, only larger."""
        awaited, shown = self._awaited, self._shown
        return awaited is not None and shown is not None and awaited.smaller is shown

    @property
    def shown(self) -> Feed | None:
        """What it shows."""
        return self._shown

    @property
    def awaited(self) -> Feed | None:
        """What it waits for."""
        return self._awaited

    def show(
        self,
        feed: Feed | None,
        *,
        now: float,
        is_urgent: bool = False,
        has_room: bool = True,
    ) -> None:
        """Change to a feed: video on its next keyframe, sound at once; None empties the slot.

        Args:
            is_urgent: the keyframe is asked for at once.
            has_room: else nothing more goes of what is shown until then.
        """
        self.is_held = not has_room and self._shown is not None and feed is not self._shown
        if feed is self._shown and feed is not None:
            self._stop_waiting()
            return
        if feed is None or self.kind == "audio":
            self.clear()
        if feed is None or feed is self._awaited:
            return
        if self._awaited is None or self._is_growing:
            self._changing_since = now
        self._stop_waiting()
        self._awaited = feed
        feed.add_waiting(self, now=now, is_urgent=is_urgent)

    def began(self, feed: Feed, first: MediaPacket, *, now: float) -> None:
        """Note that the awaited feed starts with this packet."""
        if self._shown is not None:
            self._shown.remove(self)
        self._shown, self._awaited = feed, None
        self.is_held = False
        intake = feed.intake
        late_s = intake.reception.late_s(first.timestamp, now=now)
        self.rewriter.switch(intake.cache, first, now=now, late_s=late_s, codec=intake.codec)

    def interrupted(self, feed: Feed) -> bool:
        """Note that what is shown begins anew; return whether the slot waits for that."""
        self.lost(feed)
        if self._awaited is not None:
            return False
        self._awaited = feed
        return True

    def lost(self, feed: Feed) -> None:
        """Note that a feed has ended."""
        if self._shown is feed:
            self._shown = None
            self.rewriter.stop()
        if self._awaited is feed:
            self._awaited = None

    def overdue(self, *, now: float) -> bool:
        """End what should have been replaced by now; return whether that was the case."""
        if self._shown is None or now - self._changing_since <= CHANGE_LIMIT_S:
            return False
        if self._is_growing:
            return False
        self._end_shown()
        return True

    def clear(self) -> None:
        """Show nothing from now on."""
        self._stop_waiting()
        self._end_shown()

    def _end_shown(self) -> None:
        if self._shown is not None:
            self._shown.remove(self)
            self._shown = None
        self.rewriter.stop()

    def _stop_waiting(self) -> None:
        if self._awaited is not None:
            self._awaited.remove_waiting(self)
            self._awaited = None


# A packet that waits, whose slot it is, and what the slot showed when it came.
Held = tuple[DownTrack, MediaPacket, Segment | None]
