"""What a browser that plays says of what comes: arrivals, what is missing, a report a second.

As Chromium does: transport-wide feedback every 50 to 100 ms, a packet of the picture asked for
again now and then, REMB only where no transport-wide numbers were agreed on.
"""

import random
from collections.abc import Iterator

from media.wire import rtcp, sdp
from media.wire.twcc import ArrivalLog

TOLD_EVERY_S = 0.075
LINE_BPS = 20_000_000
NUMBERS_ID = 3
NUMBERS = {NUMBERS_ID: sdp.TRANSPORT_CC}
_OWN_SSRC = 1
_ASKS_EACH, _ASKED_BACK = 10, 20  # reports, packets: a good line
_FIRST_ELEMENT = 16  # behind RTP's header and that of its extensions


class Feedback:
    """One player's. `is_numbered`: the server agreed on transport-wide numbers."""

    def __init__(self) -> None:
        self.is_numbered = False
        self._log = ArrivalLog()
        self._streams: dict[bytes, int] = {}  # and the last number of each
        self._picture: bytes | None = None
        self._reports = random.randrange(_ASKS_EACH)
        self.is_asking = True  # for packets to be sent again
        self.numbered = self.counted = 0  # packets that should have come, and that did

    def begin_counting(self) -> None:
        """Count from now on what is missing: as long as nothing is sent again."""
        self.numbered = self.counted = 0

    def came(self, view: memoryview, *, now: float) -> None:
        """Note a packet that came."""
        stream = bytes(view[8:12])
        number = int.from_bytes(view[2:4])
        step = (number - self._streams.get(stream, number - 1)) & 0xFFFF
        self.counted += 1
        if step < 0x8000:  # else it was overtaken
            self.numbered += step
            self._streams[stream] = number
        if view[1] & 0x7F == 96:
            self._picture = stream
        if self.is_numbered and view[0] & 0x10:
            at, end = _FIRST_ELEMENT, _FIRST_ELEMENT + 4 * (view[14] << 8 | view[15])
            while at < end and view[at]:
                if view[at] >> 4 == NUMBERS_ID:
                    self._log.received(view[at + 1] << 8 | view[at + 2], now=now)
                    return
                at += (view[at] & 0x0F) + 2

    def told(self) -> bytes | None:
        """Return the feedback on what came since the last."""
        return self._log.feedback(ssrc=_OWN_SSRC, media_ssrc=2)

    def report(self) -> bytes:
        """Return a report on every stream, and a request for one packet again."""
        blocks = tuple(
            self._block(stream, number)
            for stream, number in sorted(
                self._streams.items(), key=lambda known: known[0] != self._picture
            )  # Janus takes a whole compound to be about the first
        )
        compound = rtcp.build_receiver_report(rtcp.ReceiverReport(_OWN_SSRC, blocks))
        compound += rtcp.build_cname(_OWN_SSRC, "player")
        if not self.is_numbered:
            compound += rtcp.build_remb(
                rtcp.Remb(_OWN_SSRC, LINE_BPS, tuple(b.ssrc for b in blocks))
            )
        self._reports += 1
        if self.is_asking and self._picture is not None and self._reports % _ASKS_EACH == 0:
            number = (self._streams[self._picture] - _ASKED_BACK) & 0xFFFF
            picture = int.from_bytes(self._picture)
            compound += rtcp.build_nack(rtcp.Nack(_OWN_SSRC, picture, (number,)))
        return compound

    def _block(self, stream: bytes, number: int) -> rtcp.ReportBlock:
        """Return what is reported of a stream: no loss, which is another peer's to tell."""
        return rtcp.ReportBlock(int.from_bytes(stream), 0, 0, number, 0)


def due(count: int, every_s: float, elapsed_s: float, done: int) -> Iterator[int]:
    """Return whose turn it is: each once in an interval, spread evenly."""
    return iter(range(done, int(elapsed_s / every_s * count)))
