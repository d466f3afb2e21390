"""A source: one who publishes, by the name that plans know.

The name is a point's id, or on a point "stage", "own" ... It has at most one video and one sound
track at a time; a new track of a kind replaces the old one.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from media.sfu.counters import SfuCounters
from media.sfu.encoding import Encoding, MediaSink, Upstream
from media.sfu.fanout import Fanout
from media.sfu.ingress import IngressLimit
from media.sfu.loudness import Loudness
from media.sfu.up_track import UpTrack
from media.wire.sdp import Kind
from media.wire.video_codec import OWN_CODECS, CodecName


class SourceListener(Protocol):
    """Who joins sources to slots, and is told of them: the router."""

    loudness: Loudness

    def notice(self) -> None:
        """Look which sources fell silent or came back."""

    def replan(self) -> None:
        """Show in every slot what the plan says now."""


class Source:
    """One who publishes."""

    def __init__(self, name: str, router: SourceListener, fanout: Fanout) -> None:
        self.name = name
        self.sinks: list[MediaSink] = []
        self._router = router
        self._fanout = fanout
        self._tracks: dict[Kind, UpTrack] = {}

    def inject_track(
        self,
        kind: Kind,
        *,
        on_keyframe_wanted: Callable[[], None],
        on_missing: Callable[[Sequence[int]], None] = lambda missing: None,
    ) -> UpTrack:
        """Return a new track, which this process sends; one of the same kind is closed."""
        upstream = Upstream(
            want_keyframe=lambda ssrc: on_keyframe_wanted(),
            send_again=lambda ssrc, missing: on_missing(missing),
        )
        return self.add_track(kind, upstream)

    def add_track(
        self,
        kind: Kind,
        upstream: Upstream,
        *,
        limits: Sequence[IngressLimit | None] = (None,),
        codecs: Mapping[int, CodecName] = OWN_CODECS,
        is_paused: bool = False,
    ) -> UpTrack:
        """Return a new track of this source; one of the same kind is closed.

        Args:
            limits: of what may be sent, one for each encoding; a source in this process
                has none.
            codecs: by payload type.
            is_paused: its pictures come once they are asked for.
        """
        if (old := self._tracks.get(kind)) is not None:
            old.close()
        track = UpTrack(
            self.name,
            kind,
            self._fanout,
            upstream,
            on_closed=self._closed,
            on_revived=self._router.notice,
            limits=limits,
            sinks=self.sinks,
            codecs=codecs,
            is_paused=is_paused,
        )
        self._tracks[kind] = track
        return track

    def sounded(self, level: int, *, now: float) -> None:
        """Note how loud a packet of its sound says it is."""
        self._router.loudness.heard(self.name, level, now=now)

    def _closed(self, track: UpTrack) -> None:
        if self._tracks.get(track.kind) is track:
            del self._tracks[track.kind]
        self._router.replan()

    def track(self, kind: Kind, *, now: float) -> UpTrack | None:
        """Return the track of a kind if packets of it come."""
        track = self._tracks.get(kind)
        return track if track is not None and track.is_alive(now=now) else None

    @property
    def counters(self) -> SfuCounters:
        """What is counted of all sources together."""
        return self._fanout.counters

    @property
    def tracks(self) -> list[UpTrack]:
        """The tracks there are, alive or not."""
        return list(self._tracks.values())

    def alive(self, *, now: float) -> frozenset[Encoding]:
        """Return the encodings that can be shown."""
        return frozenset(one for track in self.tracks for one in track.alive(now=now))
