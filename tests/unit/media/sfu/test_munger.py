"""One outgoing stream out of several: continuous, and byte for byte what a plain reader says."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.sfu.munger import FIRST_SEQUENCE_NUMBER, Munger
from media.sfu.packet_cache import PacketCache
from media.wire import rtp, vp8
from media.wire.media_packet import from_rtp
from media.wire.reception import Reception

SSRC, PAYLOAD_TYPE = 0xABCDEF, 96


def packet(number, *, timestamp=None, picture_id=5, tl0=None, is_key=True, is_marked=True):
    data = bytes([0x10 if is_key else 0x11]) + b"vp8 data"
    (payload,) = vp8.packetize(data, picture_id=picture_id, tl0picidx=tl0)
    raw = rtp.build(
        payload_type=101,
        sequence_number=number & 0xFFFF,
        timestamp=(number * 3000 if timestamp is None else timestamp) & 0xFFFFFFFF,
        ssrc=77,
        payload=payload,
        is_marked=is_marked,
    )
    return from_rtp(rtp.parse(raw), "VP8")


class Out:
    """A rewriter and what it wrote."""

    def __init__(self):
        self.rewriter = Munger(ssrc=SSRC, payload_type=PAYLOAD_TYPE, clock_rate=90_000)
        self.now = 100.0
        self.view = memoryview(bytearray(2000))

    def switch(self, cache, first):
        self.rewriter.switch(cache, first, now=self.now)

    def send(self, kept):
        size = self.rewriter.write(kept, self.view, 7, now=self.now)
        self.now += 1 / 30
        return rtp.parse(bytes(self.view[7 : 7 + size])) if size else None


def reference(kept, segment):
    """Return what a plain implementation would send: parsed, changed, built anew."""
    payload = bytearray(kept.payload)
    read = vp8.parse(payload)
    number = (read.picture_id + segment.picture_id_offset) % 2**15
    payload[read.picture_id_at : read.picture_id_at + 2] = (0x8000 | number).to_bytes(2)
    if read.tl0picidx is not None:
        payload[read.tl0picidx_at] = (read.tl0picidx + segment.tl0picidx_offset) % 256
    return rtp.build(
        payload_type=PAYLOAD_TYPE,
        sequence_number=(kept.sequence_number + segment.sequence_offset) % 2**16,
        timestamp=(kept.timestamp + segment.timestamp_offset) % 2**32,
        ssrc=SSRC,
        payload=bytes(payload),
        is_marked=kept.is_marked,
    )


@given(
    st.integers(0, 0xFFFF),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**15 - 1),
    st.one_of(st.none(), st.integers(0, 255)),
    st.lists(st.integers(1, 40), min_size=1, max_size=60),
    st.booleans(),
)
def test_the_fast_path_writes_what_the_reference_builds(start, ts, picture, tl0, steps, marked):
    out, number = Out(), start
    first = packet(start, timestamp=ts, picture_id=picture, tl0=tl0)
    out.switch(PacketCache(64), first)
    for step in (0, *steps):
        number += step
        kept = packet(
            number,
            timestamp=ts + (number - start) * 3000,
            picture_id=picture + number - start,
            tl0=None if tl0 is None else (tl0 + number - start) % 256,
            is_marked=marked,
        )
        size = out.rewriter.write(kept, out.view, 3, now=out.now)
        assert bytes(out.view[3 : 3 + size]) == reference(kept, out.rewriter.segment)


def test_the_first_packet_begins_low_so_that_the_rollover_counter_is_known():
    out = Out()
    out.switch(PacketCache(64), packet(65_000))
    assert out.send(packet(65_000)).sequence_number == FIRST_SEQUENCE_NUMBER


def test_a_switch_is_a_step_of_one_in_every_counter():
    out = Out()
    out.switch(PacketCache(64), packet(65_535, picture_id=32_766, tl0=255))
    before = [out.send(packet(65_535 + n, picture_id=32_766 + n, tl0=(255 + n) % 256))
              for n in range(3)][-1]  # fmt: skip
    first = packet(9, timestamp=123, picture_id=40, tl0=7)
    out.switch(PacketCache(64), first)
    after = out.send(first)
    assert after.sequence_number == before.sequence_number + 1
    assert 2000 < after.timestamp - before.timestamp < 4000
    read_before, read_after = vp8.parse(before.payload), vp8.parse(after.payload)
    assert read_after.picture_id == read_before.picture_id + 1
    assert read_after.tl0picidx == (read_before.tl0picidx + 1) % 256
    assert after.ssrc == before.ssrc == SSRC


def test_gaps_stay_gaps_and_late_packets_find_their_place():
    out = Out()
    out.switch(PacketCache(64), packet(10))
    sent = [out.send(packet(n)).sequence_number for n in (10, 11, 14, 12)]
    assert sent == [1000, 1001, 1004, 1002]


def test_a_packet_from_before_the_segment_is_refused():
    out = Out()
    out.switch(PacketCache(64), packet(100))
    assert out.send(packet(100)) is not None
    assert out.send(packet(99)) is None


def test_nothing_is_sent_from_an_empty_slot():
    out = Out()
    out.switch(PacketCache(64), packet(1))
    assert out.send(packet(1)) is not None
    out.rewriter.stop()
    assert out.send(packet(2)) is None


def test_a_lost_packet_is_found_in_the_stream_that_sent_it():
    out, old, new = Out(), PacketCache(64), PacketCache(64)
    out.switch(old, packet(500))
    out.send(packet(500))
    out.send(packet(501))
    out.switch(new, packet(7))
    out.send(packet(7))
    origins = [out.rewriter.origin(n) for n in (1000, 1001, 1002, 1003)]
    assert [(o[0].source is old, o[1]) for o in origins[:2]] == [(True, 500), (True, 501)]
    assert (origins[2][0].source is new, origins[2][1]) == (True, 7)
    assert origins[3] is None


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-5, 6)), max_size=120), st.data())
def test_no_number_ever_carries_two_payloads(moves, data):
    """Whatever is sent late, twice or after switches: one number, one packet."""
    out, caches = Out(), [PacketCache(1024) for _ in range(4)]
    at = [data.draw(st.integers(0, 0xFFFF)) for _ in range(4)]
    sent, shown = {}, None
    for source, step in moves:
        number = (at[source] + step) & 0xFFFF
        if step > 0:
            at[source] = number
        kept = packet(number, timestamp=number * 11, picture_id=number)
        caches[source].store(kept)
        if shown != source:
            out.switch(caches[source], kept)
            shown = source
        written = out.send(kept)
        if written is not None:
            payload = (source, number)
            assert sent.setdefault(written.sequence_number, payload) == payload


@pytest.mark.parametrize("clock_rate", [48_000, 90_000])
def test_the_timestamp_of_now_runs_with_the_clock(clock_rate):
    rewriter = Munger(ssrc=1, payload_type=2, clock_rate=clock_rate)
    kept = packet(1)
    rewriter.switch(PacketCache(64), kept, now=10.0)
    rewriter.write(kept, memoryview(bytearray(100)), 0, now=10.0)
    begin = rewriter.extrapolated_timestamp(10.0)
    assert rewriter.extrapolated_timestamp(11.0) - begin == clock_rate


def test_a_source_of_another_codec_goes_on_under_its_own_payload_type():
    munger = Munger(ssrc=1, payload_type={"VP8": 96, "H264": 102}, clock_rate=90_000)
    view, caches = memoryview(bytearray(2000)), [PacketCache(64), PacketCache(64)]
    written = []
    padded = replace(packet(501), padding=1)
    plan = ((0, "VP8", packet(500)), (1, "H264", packet(7)), (0, "VP8", padded))
    for index, codec, kept in plan:
        munger.switch(caches[index], kept, now=10.0, codec=codec)
        written.append(bytes(view[: munger.write(kept, view, 0, now=10.0)]))
    read = [rtp.parse(one) for one in written]
    assert [one.payload_type for one in read] == [96, 102, 96]
    assert [one.sequence_number for one in read] == [FIRST_SEQUENCE_NUMBER + n for n in range(3)]
    for one, (_, _, kept) in zip(written, plan, strict=True):
        segment, number = munger.origin(rtp.parse(one).sequence_number)
        assert number == kept.sequence_number
        size = munger.write_again(kept, segment, view, 0, now=9.0)
        assert bytes(view[:size]) == one, "byte for byte, under the type it was sent with"


def test_a_source_of_a_codec_that_was_not_agreed_on_is_not_forwarded():
    munger = Munger(ssrc=1, payload_type={"VP8": 96}, clock_rate=90_000)
    view, kept = memoryview(bytearray(2000)), packet(500)
    munger.switch(PacketCache(64), kept, now=10.0)
    assert munger.write(kept, view, 0, now=10.0)
    munger.switch(PacketCache(64), kept, now=10.0, codec="H264")
    assert munger.write(kept, view, 0, now=10.0) == 0


class Camera:
    """A source of 25 pictures a second, whose keyframes come later than its other pictures."""

    def __init__(self, *, phase_s, offset):
        self.cache, self.reception = PacketCache(64), Reception(77, 90_000)
        self.phase_s, self.offset, self.number = phase_s, offset, 100

    def picture(self, index, *, is_key, late_s):
        """Return the picture's packet, and when it comes."""
        self.number += 1
        made_s = index / 25 + self.phase_s
        kept = packet(
            self.number, timestamp=int(made_s * 90_000) + self.offset, picture_id=0, is_key=is_key
        )
        self.reception.received(kept.sequence_number, kept.timestamp, now=made_s + 0.03 + late_s)
        return kept, made_s + 0.03 + late_s


@given(
    st.lists(st.integers(3, 12), min_size=20, max_size=60),
    st.integers(0, 2**32 - 1),
    st.floats(0, 0.039),
    st.data(),
)
@settings(deadline=None, max_examples=30)
def test_timestamps_are_those_of_one_clock_however_often_the_source_changes(
    spans, offset, phase_s, data
):
    munger = Munger(ssrc=SSRC, payload_type=PAYLOAD_TYPE, clock_rate=90_000)
    cameras = (Camera(phase_s=0, offset=offset), Camera(phase_s=phase_s, offset=offset // 3))
    view, index, sent = memoryview(bytearray(2000)), 25, []
    for camera in cameras:  # both come for a while before anybody is changed to
        for earlier in range(index):
            camera.picture(earlier, is_key=False, late_s=0.001 * (earlier % 3))
    for turn, span in enumerate(spans):
        camera = cameras[turn % 2]
        for step in range(span):
            late_s = data.draw(st.floats(0.01, 0.04)) if step == 0 else 0.001 * (step % 3)
            kept, now = camera.picture(index, is_key=step == 0, late_s=late_s)
            if step == 0:
                late_s = camera.reception.late_s(kept.timestamp, now=now)
                munger.switch(camera.cache, kept, now=now, late_s=late_s)
            size = munger.write(kept, view, 0, now=now)
            quickest_s = now - camera.reception.late_s(kept.timestamp, now=now)
            sent.append((quickest_s, rtp.parse(bytes(view[:size])).timestamp))
            index += 1
    (began_s, first), *others = sent
    for at_s, timestamp in others:
        by_clock = ((timestamp - first + 2**31) % 2**32 - 2**31) / 90_000
        assert by_clock == pytest.approx(at_s - began_s, abs=0.04), "never a sum of what was late"
    steps = [(b - a) % 2**32 for (_, a), (_, b) in zip(sent, others, strict=False)]
    assert all(0 < step < 90_000 for step in steps), "and they only go on"


@pytest.mark.parametrize("drifted_s", [-0.4, -0.1, 0.1, 0.4])
def test_a_source_whose_clock_has_drifted_for_long_leaves_no_gap_behind(drifted_s):
    out = Out()
    out.switch(PacketCache(64), packet(1, timestamp=0))
    out.send(packet(1, timestamp=0))
    out.now += 3600 - 1 / 30
    last = out.send(packet(2, timestamp=int((3600 + drifted_s) * 90_000))).timestamp
    out.switch(PacketCache(64), packet(9, timestamp=5))
    step_s = (out.send(packet(9, timestamp=5)).timestamp - last) / 90_000
    assert 0 < step_s <= 1 / 30 + 0.15


def test_where_a_sources_timestamps_leap_the_stream_goes_on_from_there():
    out = Out()
    out.switch(PacketCache(64), packet(1, timestamp=0))
    before = out.send(packet(1, timestamp=0)).timestamp
    leapt = out.send(packet(2, timestamp=90_000 * 3600)).timestamp
    assert leapt - before == 90_000 * 3600
    out.switch(PacketCache(64), packet(9, timestamp=500))
    after = out.send(packet(9, timestamp=500)).timestamp
    assert 0 < after - leapt < 90_000
    out.now += 60.0
    out.switch(PacketCache(64), packet(3, timestamp=7))
    assert out.send(packet(3, timestamp=7)).timestamp - after == pytest.approx(
        60 * 90_000, rel=0.01
    )
