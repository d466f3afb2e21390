"""What the relay reads of strangers: STUN, SDP, RTP, RTCP, VP8, H.264, and WHIP's bodies."""

from media.errors import MediaError
from media.sfu.codec_choice import CodecChoice
from media.wire import (
    h264,
    media_packet,
    red,
    rtcp,
    rtp,
    sdp,
    sdp_answer,
    sdp_fragment,
    stun,
    twcc,
    vp8,
)
from media.wire.ice_credentials import Credentials
from media.wire.sdp_answer import Rates, Transport
from media.wire.video_codec import announced_size
from tests.fuzz.target import Target

SDP = (
    b"v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
    b"m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sendonly\r\n"
    b"a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=setup:actpass\r\n"
    b"a=fingerprint:sha-256 " + b":".join([b"AB"] * 32) + b"\r\na=rtcp-mux\r\n"
    b"a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack pli\r\na=rtpmap:97 rtx/90000\r\n"
    b"a=fmtp:97 apt=96\r\na=ssrc:1 cname:x\r\n"
    b"a=candidate:1 1 udp 2130706431 10.77.0.1 10000 typ host\r\n"
)
RTP = bytes.fromhex("90e0123400001c2011223344bede000110aa0000") + b"\x90\x80\x81\x02" + b"\x10" * 40
_BLOCK = rtcp.ReportBlock(1, 3, 12, 4711, 90, 1, 2)
RTCP = b"".join(
    (
        rtcp.build_sender_report(rtcp.SenderReport(1, 2**40, 90_000, 17, 4_000, (_BLOCK,))),
        rtcp.build_receiver_report(rtcp.ReceiverReport(1, (_BLOCK, _BLOCK))),
        rtcp.build_cname(1, "xa-mau-a"),
        rtcp.build_nack(rtcp.Nack(1, 2, (4, 5, 9, 400))),
        rtcp.build_pli(rtcp.Pli(1, 2)),
        rtcp.build_remb(rtcp.Remb(1, 600_000, (2, 3))),
        bytes.fromhex("81cb000100000001"),  # BYE
    )
)
TRANSPORT_CC = bytes.fromhex("000a000c00000301 2003 b000 c940 04080100 0204ff38")  # twelve packets
RED = bytes.fromhex("ef1e0004 ef0f0003 6f") + b"\x10" * 16  # two before it
STUN = stun.build_response(transaction_id=bytes(12), mapped=("10.77.0.1", 10_000), password="p")
# The parameter sets of a picture of 640 by 360, together.
H264 = bytes.fromhex("7800186742c01eda0280bfe584000003000400000300ca3c58ba80000468ce0fc8")
FRAGMENT = b"a=ice-ufrag:anew\r\na=ice-pwd:anewanewanewanewanewanew\r\nm=audio 9 RTP/AVP 0\r\n"
_SLOTS: dict[sdp.Kind, tuple[str, ...]] = {
    "video": ("stage", "speaker"),
    "audio": ("sound-0", "sound-1", "sound-2"),
}
_OWN = Transport(
    Credentials("u" * 12, "p" * 32),
    sdp.Fingerprint("sha-256", ":".join(["AA"] * 32)),
    sdp_answer.host_candidates(["192.0.2.10"], 10_000),
)


def _published(data: bytes) -> object:
    """Answer an offer as WHIP does, and read the answer back."""
    offer = sdp.parse(data.decode("utf-8", "replace"))
    sdp_answer.check(offer)
    codec = CodecChoice().for_publisher(sdp_answer.sent_video(offer), [])
    lines = sdp_answer.publish_lines(offer, codec)
    return sdp.parse(sdp.render(sdp_answer.publish_answer(offer, lines, _OWN, Rates())))


def _played(data: bytes) -> object:
    """Answer an offer as WHEP does, and read the answer back."""
    offer = sdp.parse(data.decode("utf-8", "replace"))
    sdp_answer.check(offer)
    lines = sdp_answer.play_lines(offer, _SLOTS, range(1, 99))
    return sdp.parse(sdp.render(sdp_answer.play_answer(offer, lines, _OWN, "cname")))


def _h264(data: bytes) -> object:
    """Do with a payload what relay and player do."""
    packet = rtp.RtpPacket(102, True, 1, 2, 3, data, {})
    media_packet.from_rtp(packet, "H264")
    announced_size(data, "H264")
    stream = h264.stream_part(data) if data else b""
    h264.largest_picture(stream)
    return len(stream)


def _vp8(data: bytes) -> object:
    packet = rtp.RtpPacket(96, True, 1, 2, 3, data, {})
    media_packet.from_rtp(packet, "VP8")
    announced_size(data, "VP8")
    return vp8.parse(data)


def _red(data: bytes) -> object:
    packets = red.opened(rtp.RtpPacket(63, False, 1, 2, 3, data, {}))
    assert packets[-1].sequence_number == 1
    return [rtp.rebuilt(packet) for packet in packets]


WIRE = (
    Target("rtp", RTP, rtp.parse, MediaError),
    Target("rtcp", RTCP, rtcp.parse, MediaError),
    Target("transport-cc", TRANSPORT_CC, twcc.read, MediaError),
    Target("stun", STUN, stun.parse, MediaError),
    Target("red", RED, _red, MediaError),
    Target("vp8", b"\x90\x80\x81\x02" + b"\x11" * 20, _vp8, MediaError),
    Target("h264", H264, _h264, MediaError),
    Target("sdp", SDP, lambda data: sdp.parse(data.decode("utf-8", "replace")), MediaError),
    Target("whip", SDP, _published, MediaError),
    Target("whep", SDP.replace(b"sendonly", b"recvonly"), _played, MediaError),
    Target("whip fragment", FRAGMENT,
           lambda data: sdp_fragment.parse(data.decode("utf-8", "replace")), MediaError),
)  # fmt: skip
