"""A track: one video or one sound of a source, in one encoding or several."""

import time
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from media.errors import MalformedPacket
from media.sfu.encoding import Encoding, MediaSink, Upstream
from media.sfu.fanout import Fanout
from media.sfu.ingress import IngressLimit
from media.sfu.sizes import SENT
from media.wire import rtp
from media.wire.sdp import Kind
from media.wire.video_codec import OWN_CODECS, CodecName


class UpTrack:
    """What a source sends of a kind. It has an encoding for each of the limits, high first."""

    def __init__(
        self,
        source: str,
        kind: Kind,
        fanout: Fanout,
        upstream: Upstream,
        *,
        on_closed: Callable[["UpTrack"], None],
        on_revived: Callable[[], None],
        limits: Sequence[IngressLimit | None] = (None,),
        sinks: Sequence[MediaSink] = (),
        codecs: Mapping[int, CodecName] = OWN_CODECS,
        is_paused: bool = False,
    ) -> None:
        self.kind = kind
        self.malformed_total = 0
        self.encodings = tuple(
            Encoding(
                source,
                kind,
                fanout,
                upstream,
                on_revived=on_revived,
                size=size,
                limit=limit,
                sinks=sinks,
                codecs=codecs,
                is_paused=is_paused,
            )
            for size, limit in zip(SENT, limits, strict=False)
        )
        for larger, smaller in pairwise(self.encodings):
            larger.smaller = smaller
        self._upstream = upstream
        self._on_closed = on_closed
        self._is_closed = False

    def inject(self, packet: bytes, *, is_last: bool | None = None) -> None:
        """Forward one plain RTP packet of a source in this process, which has one encoding.

        Args:
            is_last: send what has gathered now; by default with a frame's marker, and
                at each packet of sound. A packet that cannot be read is counted only.
        """
        now = time.monotonic()
        encoding = self.encodings[0]
        try:
            parsed = rtp.parse(packet)
            encoding.receive(parsed, now=now)
        except MalformedPacket:
            self.malformed_total += 1
            return
        if is_last if is_last is not None else (parsed.is_marked or self.kind == "audio"):
            encoding.flush(now=now)

    def tick(self, *, now: float) -> None:
        """Ask for what is due, and hold nothing back; a failure ends the publisher alone."""
        try:
            for encoding in self.encodings:
                encoding.tick(now=now)
        except Exception as exc:  # noqa: BLE001 - one track's failure is its own
            self._upstream.fail(exc)

    def is_alive(self, *, now: float) -> bool:
        """Return whether it can be shown."""
        return bool(self.alive(now=now))

    def alive(self, *, now: float) -> tuple[Encoding, ...]:
        """Return the encodings that can be shown."""
        if self._is_closed:
            return ()
        return tuple(one for one in self.encodings if one.is_available(now=now))

    @property
    def is_closed(self) -> bool:
        """Whether it has ended."""
        return self._is_closed

    def close(self) -> None:
        """End the track: its slots are empty from now on."""
        if self._is_closed:
            return
        self._is_closed = True
        for encoding in self.encodings:
            encoding.close()
        self._on_closed(self)
