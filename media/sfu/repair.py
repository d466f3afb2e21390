"""What repairs one slot's stream (RFC 4588): its packets sent again, and padding.

Its numbers are its own, and every packet of it, also one of padding, has a new one: it says
nothing twice. Padding tells what the line carries; receivers report that it arrived, and pass it
over. Where much of it is wanted it is packets of a moment ago, whose headers are a smaller share.
"""

from collections.abc import Mapping

from media.sfu.munger import FIRST_SEQUENCE_NUMBER, Munger, Segment
from media.sfu.send_log import SendLog
from media.wire.media_packet import MediaPacket
from media.wire.rtp import HAS_PADDING, MAX_RTP_SIZE
from media.wire.rtp_header import HeaderLayout
from media.wire.rtx import NUMBER_SIZE

MOST_PADDING = 255  # RFC 3550, section 5.1: its last byte counts it
_FULL_BYTES = 400  # of less a recent packet would be too much
_RECENT = 64


class Padding:
    """A stream of nothing but padding, beside whatever else goes to a receiver.

    Args:
        layout: its header; of one without a transport-wide number nothing is learned.
        log: gives the number: the same for all that goes to this receiver.
    """

    def __init__(self, layout: HeaderLayout | None, log: SendLog) -> None:
        self._layout = layout
        self._log = log
        self._next = FIRST_SEQUENCE_NUMBER

    def _blank(self) -> HeaderLayout | None:
        return self._layout

    def _stamp(self, now: float) -> int:
        """Return the timestamp of what is sent now; nobody plays it."""
        del now
        return 0

    def write_filler(self, size: int, view: memoryview, *, now: float) -> int:
        """Write a packet of about so many bytes, whatever it carries; return its size."""
        return self.write_padding(size, view, now=now)

    def write_padding(self, size: int, view: memoryview, *, now: float) -> int:
        """Write a packet of nothing but padding; return its size, 0: nothing is numbered."""
        layout = self._blank()
        if layout is None or not layout.is_numbered:
            return 0
        size = max(1, min(size, MOST_PADDING))
        number = self._numbered(layout, size, now=now)
        layout.pack_into(
            view, 0, layout.first | HAS_PADDING, layout.unmarked, self._next & 0xFFFF,
            self._stamp(now), layout.tail, number,
        )  # fmt: skip
        end = layout.size + size
        view[layout.size : end - 1] = bytes(size - 1)
        view[end - 1] = size
        self._next += 1
        return end

    def _numbered(self, layout: HeaderLayout, size: int, *, now: float) -> int:
        if not layout.is_numbered:
            return 0
        number = self._log.next_number
        self._log.note(number, layout.size + size, now=now)
        return number & 0xFFFF


class Repair(Padding):
    """One stream beside a slot's own.

    Args:
        payload_types: its own, by those of the slot's stream.
        numbered, log: as the slot's stream has them.
    """

    def __init__(
        self,
        rewriter: Munger,
        *,
        ssrc: int,
        payload_types: Mapping[int, int],
        numbered: int | None,
        log: SendLog,
    ) -> None:
        super().__init__(None, log)
        self._rewriter = rewriter
        self._layouts = {
            theirs: HeaderLayout(ssrc=ssrc, payload_type=own, numbered=numbered)
            for theirs, own in payload_types.items()
        }
        self._back = 0

    def _blank(self) -> HeaderLayout | None:
        return self._layouts.get(self._rewriter.header.unmarked)

    def _stamp(self, now: float) -> int:
        return self._rewriter.extrapolated_timestamp(now)

    def write_again(
        self, packet: MediaPacket, segment: Segment, view: memoryview, *, now: float
    ) -> int:
        """Write a packet that was sent before; return its size, 0: there is no room, or codec."""
        layout = self._layouts.get(segment.header.unmarked)
        size = NUMBER_SIZE + packet.sent_bytes
        if layout is None or layout.bare.size + size > MAX_RTP_SIZE:
            return 0
        if size > layout.largest:
            layout = layout.bare
        number = packet.sequence_number + segment.sequence_offset
        self._rewriter.write_by(
            layout, packet, segment, view, NUMBER_SIZE, number=self._next,
            transport_number=self._numbered(layout, size, now=now),
        )  # fmt: skip
        # The number that it had stands between its new header and what it carries.
        view[: layout.size] = bytes(view[NUMBER_SIZE : NUMBER_SIZE + layout.size])
        view[layout.size : layout.size + NUMBER_SIZE] = (number & 0xFFFF).to_bytes(NUMBER_SIZE)
        self._next += 1
        return layout.size + size

    def write_filler(self, size: int, view: memoryview, *, now: float) -> int:
        """Write a packet of about so many bytes, whatever it carries; return its size."""
        if size >= _FULL_BYTES and (segment := self._rewriter.segment) is not None:
            self._back = self._back % _RECENT + 1
            packet = segment.source.recent(self._back)
            if packet is not None and (written := self.write_again(packet, segment, view, now=now)):
                return written
        return self.write_padding(size, view, now=now)
