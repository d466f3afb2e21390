"""One outgoing stream made of several incoming ones, one after another.

The receiver sees a single SSRC whose numbers go on without a step when the source
changes. Between two changes every number is the incoming one plus a constant, so
gaps and late packets keep their places. States:

    empty      nothing is forwarded; the next source begins where the last ended
    on a segment    a source is forwarded with the constants fixed at its first packet

Its timestamps are those of one clock, however often the source changes: a segment begins at the
moment at which its first packet would have come had it been as quick as its source's quickest. Else
each change would add how late a keyframe was, and a player follows the sum of them with its buffer.

A packet from before its segment's first is refused: its number may have been used
for another payload, and no (key, SSRC, index) ever carries two. That counts for the header
too (AES-GCM authenticates it): what is sent again has the transport-wide number it had.
A source of a codec that was not agreed on with the receiver is not forwarded.
"""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, replace

from media.native.slot import NativeSlot, Progress, new_slot, plain_progress
from media.sfu.packet_cache import PacketCache
from media.sfu.send_log import MASK, SendLog
from media.wire.media_packet import MediaPacket
from media.wire.reception import Reception
from media.wire.rtp import HAS_PADDING
from media.wire.rtp_header import HeaderLayout
from media.wire.seqnum import difference16
from media.wire.video_codec import BASE, CODECS, CodecName

FIRST_SEQUENCE_NUMBER = 1000  # below 2**15, so that SRTP's rollover counter starts at 0
KEPT_SEGMENTS = 4
FAR_S = 0.15  # beyond what a keyframe is late by; an hour of a clock that errs by 50 ppm
_NUMBERS = 1024  # as many as a cache has packets
_NUMBERS_MASK = _NUMBERS - 1


@dataclass(slots=True)
class Segment:
    """The constants of one source. `first` and `last` are extended outgoing numbers.

    `last` is known once it has ended.
    """

    source: PacketCache
    header: HeaderLayout
    first: int
    last: int
    sequence_offset: int
    timestamp_offset: int
    picture_id_offset: int
    tl0picidx_offset: int


class Munger:
    """Rewriting for one slot of one subscriber.

    Args:
        payload_type: of every codec, or of each that was agreed on.
    """

    def __init__(
        self,
        *,
        ssrc: int,
        payload_type: int | Mapping[CodecName, int],
        clock_rate: int,
        extensions: Mapping[int, bytes] | None = None,
        numbered: int | None = None,
        log: SendLog | None = None,
    ) -> None:
        """Begin empty.

        Args:
            numbered: the header extension that carries the transport-wide number, which
                `log` gives: the same for all of a subscriber's slots.
        """
        self.ssrc = ssrc
        types = payload_type
        if isinstance(types, int):
            types = dict.fromkeys(CODECS, types)
        self._layouts = {
            codec: HeaderLayout(
                ssrc=ssrc, payload_type=number, extensions=extensions or {}, numbered=numbered
            )
            for codec, number in types.items()
        }
        self.header = next(iter(self._layouts.values()))
        self.log = log or SendLog()
        self.transport_numbers = array("H", [0]) * (_NUMBERS if numbered is not None else 0)
        self.clock_rate = clock_rate
        self.segment: Segment | None = None
        self._began_at: float | None = None  # when its clock said 0
        self.slot = new_slot(self.log.shared, self.transport_numbers)
        # How far the stream is; the C that sends bursts goes on with it.
        self._progress: Progress = self.slot.fields if self.slot else plain_progress()
        self._progress.highest = FIRST_SEQUENCE_NUMBER - 1
        self._old: list[Segment] = []

    @property
    def packets(self) -> int:
        """How many packets were sent."""
        return self._progress.packets

    @property
    def octets(self) -> int:
        """How many bytes of payload were sent."""
        return self._progress.octets

    def switch(
        self,
        source: PacketCache,
        first: MediaPacket,
        *,
        now: float,
        late_s: float = 0.0,
        codec: CodecName = BASE,
    ) -> None:
        """Begin a segment with the source's packet `first`.

        Args:
            late_s: by how much it came later than the source's quickest.
        """
        self.stop()
        header = self._layouts.get(codec)
        if header is None:
            return
        self.header = header
        before = self._progress
        timestamp = before.timestamp + self._step(now, now - late_s)
        number = before.highest + 1
        self.segment = Segment(
            source=source,
            header=header,
            first=number,
            last=number - 1,
            sequence_offset=number - first.sequence_number,
            timestamp_offset=timestamp - first.timestamp,
            picture_id_offset=before.picture_id + 1 - first.picture_id,
            tl0picidx_offset=before.tl0picidx + 1 - first.tl0picidx,
        )
        if self.slot is not None:
            self._begin(self.slot, self.segment)

    def _step(self, now: float, moment: float) -> int:
        """Return how far the timestamps go on to a segment that begins as of a moment.

        By the clock, but where what was sent is far from it: its source's timestamps have leapt,
        or have run by a clock of their own for an hour. Then the clock is set by them.
        """
        before, rate = self._progress, self.clock_rate
        passed = max(int((now - before.timestamp_at) * rate), 1) if before.timestamp_at else 1
        if self._began_at is not None:
            by_clock = int((moment - self._began_at) * rate)
            step = (by_clock - before.timestamp + 2**31) % 2**32 - 2**31
            if abs(step - passed) <= FAR_S * rate:
                return max(step, 1)
        self._began_at = moment - (before.timestamp + passed) / rate
        return passed

    def _begin(self, slot: NativeSlot, segment: Segment) -> None:
        header = segment.header
        slot.begin(
            first=segment.first,
            offsets=(
                segment.sequence_offset,
                segment.timestamp_offset,
                segment.picture_id_offset,
                segment.tl0picidx_offset,
            ),
            headers=(header.blank(), header.bare.blank()),
            number_at=header.number_at,
            largest=header.largest,
        )

    def go_on_by(self, header: HeaderLayout) -> None:
        """Go on with what is sent under another header of this stream, without a step."""
        segment = self.segment
        if segment is None or segment.header is header:
            return
        self.stop()
        highest = self._progress.highest
        self.segment = replace(segment, header=header, first=highest + 1, last=highest)
        if self.slot is not None:
            self._begin(self.slot, self.segment)

    def stop(self) -> None:
        """End the segment; what it sent can still be asked for again."""
        if self.segment is not None:
            self.segment.last = self._progress.highest
            self._old = [*self._old[1 - KEPT_SEGMENTS :], self.segment]
            self.segment = None
        if self.slot is not None:
            self.slot.end()

    def write(self, packet: MediaPacket, view: memoryview, at: int, *, now: float) -> int:
        """Write the packet as this slot sends it; return its size, 0 where it is refused."""
        segment = self.segment
        if segment is None:
            return 0
        progress = self._progress
        number = packet.sequence_number + segment.sequence_offset
        step = ((number - progress.highest + 0x8000) & 0xFFFF) - 0x8000
        number = progress.highest + step
        if step > 0:
            progress.highest = number
            if packet.picture_id_at:
                progress.picture_id = packet.picture_id + segment.picture_id_offset
            if packet.tl0picidx_at:
                progress.tl0picidx = packet.tl0picidx + segment.tl0picidx_offset
            progress.timestamp = packet.timestamp + segment.timestamp_offset
            progress.timestamp_at = now
        elif number < segment.first:
            return 0
        layout = segment.header
        if packet.sent_bytes > layout.largest:
            layout = layout.bare
        transport_number = 0
        if layout.is_numbered:
            log = self.log
            transport_number = log.shared.next_number
            log.shared.next_number = transport_number + 1
            entry = transport_number & MASK
            log.numbers[entry] = transport_number
            log.sent_at[entry] = now
            log.sizes[entry] = layout.size + packet.sent_bytes
            transport_number &= 0xFFFF
            self.transport_numbers[number & _NUMBERS_MASK] = transport_number
        size = _write(segment, packet, number, layout, transport_number, view, at)
        progress.packets += 1
        progress.octets += len(packet.payload)
        return size

    def write_again(
        self, packet: MediaPacket, segment: Segment, view: memoryview, at: int, *, now: float
    ) -> int:
        """Write a packet that was sent before, byte for byte the same; return its size.

        0: it was sent so long ago that its transport-wide number is forgotten.
        """
        number = packet.sequence_number + segment.sequence_offset
        layout = segment.header
        if packet.sent_bytes > layout.largest:
            layout = layout.bare
        transport_number = 0
        if layout.is_numbered:
            highest = self._progress.highest
            number = highest + difference16(number & 0xFFFF, highest & 0xFFFF)
            if highest - number >= _NUMBERS:
                return 0
            transport_number = self.transport_numbers[number & _NUMBERS_MASK]
            self.log.sent_again(transport_number, now=now)
        return _write(segment, packet, number, layout, transport_number, view, at)

    def write_by(
        self,
        layout: HeaderLayout,
        packet: MediaPacket,
        segment: Segment,
        view: memoryview,
        at: int,
        *,
        number: int,
        transport_number: int,
    ) -> None:
        """Write a packet that was sent before under the header of another stream."""
        _write(segment, packet, number, layout, transport_number, view, at)

    def origin(self, sequence_number: int) -> tuple[Segment, int] | None:
        """Return the segment that sent a number, and the number its source gave it."""
        highest = self._progress.highest
        number = highest + difference16(sequence_number, highest & 0xFFFF)
        segments = self._old if self.segment is None else [*self._old, self.segment]
        for segment in reversed(segments):
            last = highest if segment is self.segment else segment.last
            if segment.first <= number <= last:
                return segment, (number - segment.sequence_offset) & 0xFFFF
        return None

    def outgoing_timestamp(self, timestamp: int) -> int | None:
        """Return what a timestamp of the present source is on the way out."""
        if self.segment is None:
            return None
        return (timestamp + self.segment.timestamp_offset) & 0xFFFFFFFF

    def timestamp_at(self, now: float, reception: Reception | None) -> int:
        """Return the outgoing timestamp of a moment: by the source's own report, if there is one.

        So sound and picture of one source keep the relation that whoever captured them gave
        them, however long each was on its way.
        """
        told = reception.timestamp_at(now) if reception else None
        timestamp = None if told is None else self.outgoing_timestamp(told)
        return self.extrapolated_timestamp(now) if timestamp is None else timestamp

    def extrapolated_timestamp(self, now: float) -> int:
        """Return the outgoing timestamp of this moment, by the last packet's arrival."""
        last = self._progress
        return (last.timestamp + int((now - last.timestamp_at) * self.clock_rate)) & 0xFFFFFFFF


def _write(
    segment: Segment,
    packet: MediaPacket,
    number: int,
    layout: HeaderLayout,
    transport_number: int,
    view: memoryview,
    at: int,
) -> int:
    payload = packet.payload
    payload_size = len(payload)
    if layout.is_numbered:
        layout.pack_into(
            view,
            at,
            layout.first,
            layout.marked if packet.is_marked else layout.unmarked,
            number & 0xFFFF,
            (packet.timestamp + segment.timestamp_offset) & 0xFFFFFFFF,
            layout.tail,
            transport_number,
        )
    else:
        layout.pack_into(
            view,
            at,
            layout.first,
            layout.marked if packet.is_marked else layout.unmarked,
            number & 0xFFFF,
            (packet.timestamp + segment.timestamp_offset) & 0xFFFFFFFF,
            layout.tail,
        )
    body = at + layout.size
    end = body + payload_size
    view[body:end] = payload
    if packet.padding:
        view[at] |= HAS_PADDING
        end += packet.padding
        view[end - 1] = packet.padding
    if packet.picture_id_at:
        picture_id = packet.picture_id + segment.picture_id_offset
        place = body + packet.picture_id_at
        if packet.has_long_picture_id:
            view[place] = 0x80 | (picture_id >> 8 & 0x7F)
            view[place + 1] = picture_id & 0xFF
        else:
            view[place] = picture_id & 0x7F
    if packet.tl0picidx_at:
        view[body + packet.tl0picidx_at] = (packet.tl0picidx + segment.tl0picidx_offset) & 0xFF
    return end - at
