"""What is sent again in a stream of its own: nothing under a number twice, and as it was."""

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from media.sfu.down_track import DownTrack
from media.sfu.downlink import Downlink
from media.sfu.encoding import Encoding, Upstream
from media.sfu.fanout import Fanout
from media.sfu.munger import Munger
from media.sfu.repair import MOST_PADDING, Repair
from media.wire import rtp, rtx, vp8
from tests.unit.media.sfu.test_many_viewers import Endpoint, Srtp

NUMBERED = 5
SSRC, REPAIR_SSRC = 1, 2
LARGEST = rtp.MAX_RTP_SIZE - rtp.HEADER_SIZE


class Line:
    """One viewer of a picture, with a stream that repairs it."""

    def __init__(self, *, is_numbered=True):
        self.now = 100.0
        self.endpoint = Endpoint()
        self.fanout = Fanout(self.endpoint, is_native=False)
        self.line = Downlink()
        numbered = NUMBERED if is_numbered else None
        log = self.line.estimate.log
        rewriter = Munger(ssrc=SSRC, payload_type=96, clock_rate=90_000, numbered=numbered, log=log)
        peer = SimpleNamespace(may_send=True, srtp=Srtp(), address="viewer")
        self.out = DownTrack("stage", "video", peer, rewriter)
        self.out.repair = Repair(
            rewriter, ssrc=REPAIR_SSRC, payload_types={96: 97}, numbered=numbered, log=log
        )
        self.camera = Encoding(
            "cam",
            "video",
            self.fanout,
            Upstream(lambda ssrc: None, lambda ssrc, numbers: None),
            on_revived=lambda: None,
        )
        self.out.show(self.camera, now=self.now)
        self.number = 0

    def frame(self, *, size=4000, is_key=False, largest=1100, skipped=()):
        """Send a frame on, without the packets of it that did not reach the relay."""
        data = bytes([0x10 if is_key else 0x11]) + bytes(size)
        payloads = list(vp8.packetize(data, picture_id=1, max_payload_size=largest))
        packets = []
        for index, payload in enumerate(payloads):
            is_last = index == len(payloads) - 1
            stamp = int(self.now * 90_000) & 0xFFFFFFFF
            packets.append(rtp.RtpPacket(96, is_last, self.number, stamp, 7, payload, {}))
            self.number += 1
        for index, packet in enumerate(packets):
            if index not in skipped:
                self.take(packet)
        return packets

    def take(self, packet):
        """Let a packet reach the relay."""
        self.camera.receive(packet, now=self.now)
        self.camera.flush(now=self.now)

    def missing(self, *numbers):
        """Say that the viewer misses numbers; return what it is sent."""
        before = len(self.sent())
        self.now += 1.0
        self.fanout.send_again(self.out, numbers, self.line, now=self.now)
        return self.sent()[before:]

    def sent(self):
        """Return what was sent."""
        return [rtp.parse(data) for _, data in self.endpoint.sent.get("viewer", ())]


def test_what_is_sent_again_has_its_number_before_it_and_is_restored_as_it_was():
    line = Line()
    line.frame(is_key=True)
    first = line.sent()
    again = line.missing(first[1].sequence_number, first[3].sequence_number)
    assert [(p.ssrc, p.payload_type) for p in again] == [(REPAIR_SSRC, 97)] * 2
    for packet, was in zip(again, (first[1], first[3]), strict=True):
        data = rtx.restored(packet, ssrc=SSRC, payload_types={97: 96})
        back = rtp.parse(data)
        assert (back.ssrc, back.payload_type, back.sequence_number) == (
            SSRC,
            96,
            was.sequence_number,
        )
        assert bytes(back.payload) == bytes(was.payload)
        assert (back.timestamp, back.is_marked) == (was.timestamp, was.is_marked)
    numbers = [int.from_bytes(p.extensions[NUMBERED]) for p in line.sent()]
    assert numbers == list(range(1, len(numbers) + 1)), "each is reported on by itself"


def test_what_was_padded_is_sent_again_as_it_came():
    line = Line()
    sizes = (700, 700, 701)  # as browsers divide a picture
    picture = [bytes((0x10, 0x10)) + bytes([n]) * (size - 2) for n, size in enumerate(sizes)]
    for number, payload in enumerate(picture):
        packet = rtp.RtpPacket(96, number == 2, number, 90_000, 7, payload, {})
        line.camera.receive(packet, now=line.now)
    line.camera.flush(now=line.now)
    first = line.sent()
    assert len({len(data) for _, data in line.endpoint.sent["viewer"]}) == 1, "one train"
    again = line.missing(*(packet.sequence_number for packet in first))
    for packet, payload in zip(again, picture, strict=True):
        back = rtp.parse(rtx.restored(packet, ssrc=SSRC, payload_types={97: 96}))
        assert bytes(back.payload) == payload


def test_what_is_too_large_for_another_header_is_repeated_as_it_was():
    line = Line()
    line.frame(is_key=True, size=3 * (LARGEST - 4) - 1, largest=LARGEST)
    first = line.sent()[0]
    assert len(first.payload) + rtx.NUMBER_SIZE + rtp.HEADER_SIZE > rtp.MAX_RTP_SIZE
    (again,) = line.missing(first.sequence_number)
    assert again == first


def test_what_the_relay_itself_misses_is_sent_when_it_comes():
    line = Line()
    packets = line.frame(is_key=True, skipped=(2,))
    missed = 1000 + packets[2].sequence_number
    assert line.missing(missed) == []
    line.take(packets[2])
    assert line.sent()[-1].sequence_number == missed
    (again,) = line.missing(missed)
    assert rtx.restored(again, ssrc=SSRC, payload_types={97: 96})[2:4] == missed.to_bytes(2)


@given(
    st.lists(
        st.one_of(
            st.integers(1, 3000).map(lambda size: ("frame", size)),
            st.lists(st.integers(0, 40), max_size=4).map(lambda back: ("missing", back)),
            st.integers(0, 2000).map(lambda size: ("padding", size)),
            st.integers(0, 2000).map(lambda size: ("filler", size)),
        ),
        max_size=25,
    ),
    st.booleans(),
)
def test_no_number_of_either_stream_carries_two_things(steps, is_numbered):
    line = Line(is_numbered=is_numbered)
    line.frame(is_key=True)
    view = memoryview(bytearray(2000))
    for kind, given_ in steps:
        line.now += 0.3
        if kind == "frame":
            line.frame(size=given_)
        elif kind == "filler":
            size = line.out.repair.write_filler(given_, view, now=line.now)
            assert size or not is_numbered
            if size:
                line.endpoint.send(view[:size], "viewer")
        elif kind == "missing":
            line.missing(*(line.out.rewriter.segment.last - back for back in given_))
        else:
            size = line.out.repair.write_padding(given_, view, now=line.now)
            assert (size > 0) is is_numbered
            if size:
                line.endpoint.send(view[:size], "viewer")
    carried = {}
    for _, data in line.endpoint.sent["viewer"]:
        packet = rtp.parse(data)
        assert carried.setdefault((packet.ssrc, packet.sequence_number), data) == data
        if packet.ssrc == REPAIR_SSRC and not packet.payload:
            assert 1 <= data[-1] <= MOST_PADDING
            assert rtx.restored(packet, ssrc=SSRC, payload_types={97: 96}) is None
