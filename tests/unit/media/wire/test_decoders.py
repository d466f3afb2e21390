"""Every decoder: a value or our own error, whatever the bytes; and what was built is read back."""

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.errors import MalformedPacket, MalformedSdp
from media.wire import rtcp, rtp, sdp, stun, vp8
from media.wire.ice_credentials import Credentials

OFFERS = sorted((Path(__file__).parents[3] / "data" / "sdp").glob("*.sdp"))
VALID = {
    "rtp": rtp.build(
        payload_type=96,
        sequence_number=65535,
        timestamp=1,
        ssrc=2,
        payload=b"\x90\x80\x80\x01\x10abc",
        extensions={4: b"1", 3: b"\0\1"},
    ),
    "rtcp": rtcp.build_receiver_report(rtcp.ReceiverReport(1, (rtcp.ReportBlock(2, 3, 4, 5, 6),)))
    + rtcp.build_cname(1, "name")
    + rtcp.build_nack(rtcp.Nack(1, 2, (65534, 3)))
    + rtcp.build_remb(rtcp.Remb(1, 1_000_000, (2, 3))),
    "stun": stun.build_request(
        transaction_id=bytes(12),
        own=Credentials("b", ""),
        other=Credentials("a", "secret"),
        priority=1,
        tie_breaker=2,
        is_controlling=True,
    ),
}
DECODERS = {"rtp": rtp.parse, "rtcp": rtcp.parse, "stun": stun.parse}


@pytest.mark.parametrize("name", DECODERS)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_a_value_or_our_error(name, data):
    try:
        found = DECODERS[name](data)
    except MalformedPacket as exc:
        assert exc.reason
    else:
        assert found is not None


@pytest.mark.parametrize("name", DECODERS)
@given(data=st.data())
def test_a_spoiled_packet_is_a_value_or_our_error(name, data):
    packet = bytearray(VALID[name])
    for _ in range(data.draw(st.integers(1, 4))):
        packet[data.draw(st.integers(0, len(packet) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(packet[: data.draw(st.integers(0, len(packet)))])
    try:
        found = DECODERS[name](cut)
    except MalformedPacket as exc:
        assert str(exc)
    else:
        assert found is not None


MANY = {
    "rtp-one-byte": (rtp, struct.pack("!BBHIIHH", 0x90, 96, 1, 1, 7, 0xBEDE, 60) + b"\x10\0" * 120),
    "rtp-two-byte": (rtp, struct.pack("!BBHIIHH", 0x90, 96, 1, 1, 7, 0x1000, 60) + b"\1\0" * 120),
    "rtp-long": (rtp, struct.pack("!BBHIIHH", 0x90, 96, 1, 1, 7, 0xBEDE, 65) + bytes(260)),
    "stun": (stun, struct.pack("!HHI", 1, 400, 0x2112A442) + bytes(12) + b"\x80\x22\0\0" * 100),
}


@pytest.mark.parametrize("name", MANY)
def test_more_parts_than_anybody_sends_are_not_read_one_by_one(name):
    decoder, data = MANY[name]
    with pytest.raises(MalformedPacket) as caught:
        decoder.parse(data)
    assert "more than" in caught.value.reason or "bytes of extensions" in caught.value.reason


@given(st.binary(max_size=60))
def test_any_payload_is_a_descriptor_or_our_error(payload):
    try:
        found = vp8.parse(payload)
    except MalformedPacket:
        assert len(payload) < 8
    else:
        assert 1 <= found.size < len(payload)


@given(st.text(max_size=300))
def test_any_text_is_a_description_or_our_error(text):
    with pytest.raises(MalformedSdp):
        sdp.parse(text)


@pytest.mark.parametrize("path", OFFERS, ids=lambda p: p.stem)
@given(data=st.data())
def test_a_spoiled_offer_is_a_description_or_our_error(path, data):
    lines = path.read_text().splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    lines[at] = data.draw(
        st.sampled_from([lines[at][:5], lines[at] + " 99999999999", "a=", "", "m=video x y z"])
    )
    try:
        found = sdp.parse("\r\n".join(lines))
    except MalformedSdp as exc:
        assert exc.reason.endswith(".")
    else:
        assert found.media


@pytest.mark.parametrize("path", OFFERS, ids=lambda p: p.stem)
def test_a_browsers_offer_is_read(path):
    offer = sdp.parse(path.read_text())
    assert offer.bundle == tuple(media.mid for media in offer.media)
    assert all(media.ice.ufrag and media.fingerprints for media in offer.media)
    assert {media.kind for media in offer.media} == {"audio", "video"}


def test_what_is_written_is_read_back():
    offer = sdp.parse(OFFERS[0].read_text())
    again = sdp.parse(sdp.render(offer))
    assert [m.codecs for m in again.media] == [m.codecs for m in offer.media]
    assert [m.extensions for m in again.media] == [m.extensions for m in offer.media]
    assert [m.candidates for m in again.media] == [m.candidates for m in offer.media]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "A session description begins with the line v=0."),
        ("v=0\r\ns=-\r\n", "The description has no m= line, so there is nothing to send or play."),
        ("v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 300\r\n", "'300' is not a valid payload type."),
        ("v=0\r\nnonsense\r\n", "Every line of a session description has the form letter=value."),
    ],
)
def test_what_is_wrong_with_a_description_is_said(text, sentence):
    with pytest.raises(MalformedSdp) as caught:
        sdp.parse(text)
    assert caught.value.reason == sentence


@given(
    st.integers(0, 127),
    st.integers(0, 0xFFFF),
    st.integers(0, 2**32 - 1),
    st.binary(min_size=1, max_size=40),
    st.dictionaries(st.integers(1, 14), st.binary(min_size=1, max_size=16), max_size=4),
    st.booleans(),
)
def test_rtp_is_read_back(payload_type, number, timestamp, payload, extensions, is_marked):
    packet = rtp.build(
        payload_type=payload_type,
        sequence_number=number,
        timestamp=timestamp,
        ssrc=timestamp ^ 0xFFFF,
        payload=payload,
        is_marked=is_marked,
        extensions=extensions,
    )
    found = rtp.parse(packet)
    assert (found.payload_type, found.sequence_number, found.timestamp, found.is_marked) == (
        payload_type,
        number,
        timestamp,
        is_marked,
    )
    assert bytes(found.payload) == payload
    assert dict(found.extensions) == extensions


def test_padding_is_not_payload():
    packet = bytearray(
        rtp.build(payload_type=96, sequence_number=1, timestamp=1, ssrc=1, payload=b"ab\0\0\3")
    )
    packet[0] |= 0x20
    assert bytes(rtp.parse(packet).payload) == b"ab"


@given(st.sets(st.integers(0, 0xFFFF), min_size=1, max_size=40))
def test_every_missing_number_is_in_the_nack(missing):
    nack = rtcp.Nack(1, 2, tuple(sorted(missing)))
    assert rtcp.parse(rtcp.build_nack(nack)) == [nack]


@given(st.integers(0, 2**40))
def test_remb_keeps_eighteen_bits(bitrate_bps):
    (found,) = rtcp.parse(rtcp.build_remb(rtcp.Remb(1, bitrate_bps, (7,))))
    assert found.bitrate_bps <= bitrate_bps
    assert bitrate_bps - found.bitrate_bps <= bitrate_bps >> 17


def test_the_round_trip_is_what_was_neither_there_nor_here():
    sent = rtcp.ntp_time(1_800_000_000.0)
    block = rtcp.ReportBlock(1, 0, 0, 0, 0, lsr=rtcp.middle32(sent), dlsr=65536)
    later = rtcp.ntp_time(1_800_000_001.25)
    assert rtcp.round_trip_s(block, now_ntp=later) == pytest.approx(0.25, abs=1e-3)
    assert rtcp.round_trip_s(rtcp.ReportBlock(1, 0, 0, 0, 0), now_ntp=later) is None


@pytest.mark.parametrize("address", [("192.0.2.7", 50_000), ("2001:db8::7", 1)])
def test_a_check_is_answered_with_where_it_came_from(address):
    response = stun.build_response(transaction_id=b"t" * 12, mapped=address, password="p")
    found = stun.parse(response)
    assert stun.mapped_address(found) == address
    assert stun.is_signed_by(found, "p")
    assert not stun.is_signed_by(found, "q")


def test_a_check_without_integrity_is_signed_by_nobody():
    bare = b"\0\1\0\0" + stun.MAGIC_COOKIE.to_bytes(4) + bytes(12)
    assert not stun.is_signed_by(stun.parse(bare), "")


def test_a_frame_is_cut_into_even_packets():
    payloads = list(vp8.packetize(b"\x10" + bytes(3000), picture_id=40_000, max_payload_size=1100))
    read = [vp8.parse(payload) for payload in payloads]
    assert [r.is_frame_start for r in read] == [True, False, False]
    assert [r.is_keyframe for r in read] == [True, False, False]
    assert {r.picture_id for r in read} == {40_000 % 2**15}
    assert len({len(p) for p in payloads[:-1]}) == 1
    joined = b"".join(p[r.size :] for p, r in zip(payloads, read, strict=True))
    assert joined == b"\x10" + bytes(3000)


def test_a_nack_gives_each_number_once_and_not_without_end():
    fci = struct.pack("!HH", 10, 0b1) * 3
    body = struct.pack("!BBHII", 0x81, rtcp.RTPFB, 2 + 3, 1, 7) + fci
    assert rtcp.parse(body) == [rtcp.Nack(1, 7, (10, 11))]
    (cut,) = rtcp.parse(rtcp.build_nack(rtcp.Nack(1, 7, tuple(range(8_534)))))
    assert cut.missing == tuple(range(255)) and cut.unread == 502 - 15


def test_a_compound_of_packets_without_end_is_refused():
    pli = rtcp.build_pli(rtcp.Pli(1, 2))
    assert len(rtcp.parse(pli * rtcp.MAX_PACKETS)) == rtcp.MAX_PACKETS
    with pytest.raises(MalformedPacket):
        rtcp.parse(pli * (rtcp.MAX_PACKETS + 1))
