"""Headers with extensions, as another reader finds them: aiortc's, behind libsrtp's decryption."""

import pytest
from aiortc.rtp import RtpPacket, unpack_header_extensions
from hypothesis import given
from hypothesis import strategies as st
from pylibsrtp import Policy, Session

from media.sfu.munger import Munger
from media.sfu.packet_cache import PacketCache
from media.sfu.send_log import SendLog
from media.wire.media_packet import MediaPacket
from media.wire.rtp import HEADER_SIZE, MAX_RTP_SIZE
from media.wire.rtp_header import HeaderLayout

KEY = bytes(range(30))
READABLE = 1356  # by pylibsrtp, whose buffer is smaller than a frame of the wire
extensions = st.dictionaries(st.integers(1, 14), st.binary(min_size=1, max_size=16), max_size=14)
packets = st.builds(
    MediaPacket,
    sequence_number=st.integers(0, 0xFFFF),
    timestamp=st.integers(0, 2**32 - 1),
    is_marked=st.booleans(),
    payload=st.binary(min_size=1, max_size=40)
    | st.integers(1300, MAX_RTP_SIZE - HEADER_SIZE).map(bytes),
)


def ciphers():
    return (
        Session(Policy(key=KEY, ssrc_type=Policy.SSRC_ANY_OUTBOUND)),
        Session(Policy(key=KEY, ssrc_type=Policy.SSRC_ANY_INBOUND)),
    )


@given(extensions, packets, st.integers(0, 2**32 - 1), st.integers(0, 127), st.integers(0, 9))
def test_another_reader_finds_what_was_written(extensions, packet, ssrc, payload_type, at):
    munger = Munger(ssrc=ssrc, payload_type=payload_type, clock_rate=90_000, extensions=extensions)
    munger.switch(PacketCache(8), packet, now=10.0)
    view = memoryview(bytearray(2000))
    size = munger.write(packet, view, at, now=10.0)
    written = bytes(view[at : at + size])
    protect, unprotect = ciphers()
    clear = written
    if size <= READABLE:
        clear = unprotect.unprotect(protect.protect(written))
    read = RtpPacket.parse(clear)
    assert (read.ssrc, read.payload_type, read.marker) == (ssrc, payload_type, packet.is_marked)
    assert (read.sequence_number, read.timestamp) == (1000, 1)
    assert read.payload == packet.payload
    assert munger.octets == len(packet.payload)
    found = {}
    if clear[0] & 0x10:
        words = int.from_bytes(clear[14:16])
        found = dict(unpack_header_extensions(0xBEDE, clear[16 : 16 + 4 * words]))
        assert clear[12:14] == b"\xbe\xde"
    has_room = munger.header.size + len(packet.payload) <= MAX_RTP_SIZE
    assert found == (extensions if has_room else {})
    assert size <= MAX_RTP_SIZE
    for number, place in munger.header.value_at.items() if has_room else ():
        assert clear[place : place + len(extensions[number])] == extensions[number]
    again = munger.write_again(packet, munger.segment, view, 1, now=10.0)
    assert bytes(view[1 : 1 + again]) == written


@given(
    st.dictionaries(st.integers(1, 7), st.binary(min_size=1, max_size=16), max_size=7),
    st.lists(packets, min_size=1, max_size=8),
    st.integers(8, 14),
    st.integers(0, 0xFFFF),
)
def test_a_numbered_header_counts_over_all_slots_and_is_sent_again_as_it_was(
    extensions, kept, number, start
):
    log = SendLog()
    log.next_number += start
    slots = [
        Munger(
            ssrc=ssrc,
            payload_type=96,
            clock_rate=90_000,
            extensions=extensions,
            numbered=number,
            log=log,
        )
        for ssrc in (5, 6)
    ]
    view = memoryview(bytearray(2000))
    expected = log.next_number
    for index, packet in enumerate(kept):
        munger = slots[index % 2]
        munger.switch(PacketCache(8), packet, now=10.0)
        size = munger.write(packet, view, 0, now=10.0 + index)
        written = bytes(view[:size])
        found = RtpPacket.parse(written)
        assert found.payload == packet.payload
        assert size <= MAX_RTP_SIZE
        if munger.header.size + len(packet.payload) <= MAX_RTP_SIZE:
            words = int.from_bytes(written[14:16])
            read = dict(unpack_header_extensions(0xBEDE, written[16 : 16 + 4 * words]))
            assert read == {**extensions, number: (expected & 0xFFFF).to_bytes(2)}
            entry = log.index(expected)
            assert (log.sizes[entry], log.sent_at[entry]) == (size, 10.0 + index)
            expected += 1
        assert log.next_number == expected
        again = munger.write_again(packet, munger.segment, view, 100, now=50.0)
        assert bytes(view[100 : 100 + again]) == written


def test_what_was_sent_too_long_ago_is_not_sent_again_under_another_number():
    munger = Munger(ssrc=5, payload_type=96, clock_rate=90_000, numbered=3)
    view = memoryview(bytearray(100))
    kept = [MediaPacket(n, n, False, b"x") for n in range(1025)]
    munger.switch(PacketCache(8), kept[0], now=1.0)
    for packet in kept:
        assert munger.write(packet, view, 0, now=1.0)
    assert munger.write_again(kept[0], munger.segment, view, 0, now=2.0) == 0
    assert munger.write_again(kept[1], munger.segment, view, 0, now=2.0) > 0


def test_no_extensions_cost_no_bytes():
    assert HeaderLayout(ssrc=1, payload_type=96).size == HEADER_SIZE
    assert HeaderLayout(ssrc=1, payload_type=96, extensions={4: b"0"}).size == HEADER_SIZE + 8


@pytest.mark.parametrize("extensions", [{0: b"x"}, {15: b"x"}, {1: b""}, {1: bytes(17)}])
def test_what_is_no_one_byte_extension_is_refused(extensions):
    with pytest.raises(ValueError, match="no one-byte extension"):
        HeaderLayout(ssrc=1, payload_type=96, extensions=extensions)
