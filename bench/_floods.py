"""What one hostile peer of a call does, as datagrams at a rate: the acts of `bench.hostile`.

Every act has a session of its own: a sign-in that is valid, and the bad intent alone.
"""

import secrets
import socket
import struct
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from itertools import count, cycle

from bench._load import VP8, Client
from media.wire import rtcp, rtp, sdp, stun

Join = Callable[..., Awaitable[sdp.SessionDescription]]

STREAMS = 30_000
FLOOD_BPS, NACK_BPS = 50_000_000, 1_000_000
_NUMBERS = 8_534  # as many as a datagram holds
_KEYFRAME = b"\x10\x10\x02\0\x9d\x01\x2a"


@dataclass(frozen=True, slots=True)
class Act:
    """Datagrams of one hostile peer, and how many of them a second."""

    name: str
    client: Client
    per_s: float
    send: Callable[[], None]


def packet(number: int, ssrc: int, payload: bytes) -> bytes:
    """Return a packet of a picture."""
    return rtp.build(
        payload_type=VP8.payload_type,
        sequence_number=number & 0xFFFF,
        timestamp=number * 100 & 0xFFFFFFFF,
        ssrc=ssrc,
        payload=payload,
        is_marked=True,
    )


def keyframe(width: int, height: int) -> bytes:
    """Return what a keyframe of a size begins with."""
    return _KEYFRAME + struct.pack("<HH", width, height)


async def nacks(join: Join) -> Act:
    """Ask for 8,534 numbers with every datagram, at 1 Mbit/s."""
    client = Client("recvonly")
    ssrc = _video_of(await join(client, "nacks"))
    entries = b"".join(
        struct.pack("!HH", (1000 + index * 17 % 983) & 0xFFFF, 0xFFFF)
        for index in range(_NUMBERS // 17)
    )
    compound = rtcp.build_feedback(rtcp.Feedback(rtcp.RTPFB, rtcp.FMT_NACK, 1, ssrc, entries))
    return Act(
        "8,534 numbers a NACK, 1 Mbit/s",
        client,
        NACK_BPS / 8 / len(compound),
        lambda: _send_rtcp(client, compound),
    )


async def streams(join: Join) -> Act:
    """Send media of 30,000 SSRCs."""
    client = Client("sendonly")
    await join(client, "streams")
    assert client.srtp is not None
    protect = client.srtp.protect
    ready = [protect(packet(1, ssrc, b"\0x")) for ssrc in range(1, STREAMS + 1)]
    packets: Iterator[bytes] = iter(ready * 20)
    return Act(
        "30,000 SSRCs, 5,000 packets/s", client, 5000.0, lambda: client.send_raw(next(packets))
    )


async def flood(join: Join, subject: str, watched_by: str) -> Act:
    """Publish 50 Mbit/s; `staged` is in a slot of every player."""

    def made(number: int, ssrc: int) -> bytes:
        return _picture(number, ssrc, b"\0", bytes_each=1188)

    name = f"50 Mbit/s that {watched_by}"
    return await _published(join, subject, name, FLOOD_BPS / 8 / 1200, made)


async def crumbs(join: Join) -> Act:
    """Publish packets of two bytes on the stage."""

    def made(number: int, ssrc: int) -> bytes:
        return _picture(number, ssrc, b"\0x")

    return await _published(join, "staged", "packets of 2 bytes all watch, 5,000/s", 5000.0, made)


async def unseen_crumbs(join: Join) -> Act:
    """Publish small packets that nobody watches, with as many header extensions as fit."""
    elements = struct.pack("!HH", 0x1000, 300) + b"\1\0" * 600

    def made(number: int, ssrc: int) -> bytes:
        plain = packet(number, ssrc, b"")
        return bytes((plain[0] | 0x10,)) + plain[1:] + elements + b"\0x"

    return await _published(join, "unseen", "600 extensions in each packet, 4,000/s", 4000.0, made)


async def flips(join: Join) -> Act:
    """Begin the picture anew with every packet: by two SSRCs in turn."""

    def made(number: int, ssrc: int) -> bytes:
        return packet(number, 5 + number % 2, keyframe(640, 360))

    return await _published(join, "staged", "another SSRC with each packet, 2,000/s", 2000.0, made)


async def leaps(join: Join) -> Act:
    """Begin the picture anew with every packet: by numbers that leap."""

    def made(number: int, ssrc: int) -> bytes:
        return packet(number * 2500, 5, keyframe(640, 360))

    return await _published(join, "staged", "numbers that leap, 2,000/s", 2000.0, made)


async def sizes(join: Join) -> Act:
    """Send keyframes that are too large and fitting in turn."""

    def made(number: int, ssrc: int) -> bytes:
        size = (16_000, 16_000) if number % 2 else (320 + number % 64, 180)
        return packet(number, 5, keyframe(*size))

    return await _published(join, "staged", "another size with each frame, 2,000/s", 2000.0, made)


async def checks(join: Join) -> Act:
    """Send checks that are right."""
    client = Client("recvonly")
    await join(client, "checks")
    return Act("right checks, 3,000/s", client, 3000.0, client.check)


async def forged_checks(join: Join) -> Act:
    """Send checks of a session that is there, signed by a wrong password."""
    client = Client("recvonly")
    answer = await join(client, "forged")
    other = answer.media[0].ice
    wrong = stun.build_request(
        transaction_id=secrets.token_bytes(12),
        own=client.ice,
        other=type(other)(other.ufrag, "x" * 24),
        priority=1,
        tie_breaker=1,
        is_controlling=True,
        is_nominating=True,
    )
    return Act("right names, wrong checks, 3,000/s", client, 3000.0, lambda: client.send_raw(wrong))


async def long_checks(join: Join) -> Act:
    """Send checks of nobody, with as many attributes as fit."""
    client = Client("recvonly")
    await join(client, "long")
    size = struct.pack("!HHI", 1, 1880, stun.MAGIC_COOKIE)
    wrong = size + secrets.token_bytes(12) + b"\x80\x22\0\0" * 470
    return Act("470 attributes a check, 3,000/s", client, 3000.0, lambda: client.send_raw(wrong))


async def replays(join: Join) -> Act:
    """Send one encrypted packet for ever."""
    client = Client("sendonly")
    await join(client, "replays")
    assert client.srtp is not None
    once = client.srtp.protect(packet(1, client.ssrcs["video"], b"\0".ljust(1000, b"x")))
    return Act("one packet again, 5,000/s", client, 5000.0, lambda: client.send_raw(once))


async def handshakes(join: Join) -> Act:
    """Begin handshakes from 500 ports, and tear at one's own."""
    client = Client("recvonly")
    answer = await join(client, "handshakes")
    place = answer.media[0].candidates[0]
    ports = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(500)]
    for port in ports:
        port.setblocking(False)
        port.connect((place.host, place.port))
    hello = b"\x16\xfe\xff" + bytes(8) + struct.pack("!H", 120) + b"\x01" + secrets.token_bytes(119)
    turns = cycle(range(1, 501))

    def send() -> None:
        turn = next(turns)
        if turn % 10 == 0:
            client.send_raw(hello)
            return
        try:
            ports[turn - 1].send(hello)
        except OSError:
            return

    return Act("handshakes from 500 ports, 5,000/s", client, 5000.0, send)


async def reports(join: Join) -> Act:
    """Send RTCP that is right in form and absurd in what it says."""
    client = Client("recvonly")
    ssrc = _video_of(await join(client, "reports"))
    told = cycle(absurd_reports(ssrc))
    return Act("absurd reports, 2,000/s", client, 2000.0, lambda: _send_rtcp(client, next(told)))


def absurd_reports(ssrc: int) -> list[bytes]:
    """Return compounds of a player about the stream that it is sent."""
    nobody = struct.pack("!I", 1)
    far = struct.pack("!HHIH", 0xFFFF, 400, 0xFFFFFF00, 0x2000 | 400) + bytes(400)
    pause = struct.pack("!IBBH", ssrc, 0x00, 0xFF, 0xFFFF)
    return [
        _rtcp(rtcp.SDES, 31, (nobody + b"\x01\xff" + b"x" * 255 + b"\0" * 3) * 4),
        _rtcp(207, 0, nobody + b"\xff\0\xff\xff" * 200),  # XR: blocks longer than they are
        _rtcp(rtcp.APP, 31, nobody + b"DCES" + struct.pack("!I", ssrc) * 200),
        _rtcp(rtcp.BYE, 3, struct.pack("!III", ssrc, ssrc + 1, 0)),
        _feedback(rtcp.RTPFB, rtcp.FMT_PAUSE, ssrc, pause),
        _feedback(rtcp.RTPFB, rtcp.FMT_PAUSE, ssrc, pause[:4] + b"\xf0" + pause[5:]),
        rtcp.build_remb(rtcp.Remb(1, 0, (ssrc,))),
        _feedback(rtcp.PSFB, 15, 0, b"REMB\x01\xff\xff\xff" + struct.pack("!I", ssrc)),
        rtcp.build_nack(rtcp.Nack(1, ssrc, tuple(range(0, 65_536, 17))[:250])),
        _feedback(rtcp.RTPFB, rtcp.FMT_TRANSPORT_CC, ssrc, far),
        _feedback(rtcp.PSFB, rtcp.FMT_FIR, 0, struct.pack("!IBBH", ssrc, 1, 0, 0) * 100),
        rtcp.build_pli(rtcp.Pli(1, ssrc)) * 32,
        rtcp.build_receiver_report(
            rtcp.ReceiverReport(
                1, (rtcp.ReportBlock(ssrc, 255, -8_388_608, 0xFFFFFFFF, 0xFFFFFFFF, 1, 0xFFFFFFFF),)
            )
        ),
    ]


async def _published(
    join: Join, subject: str, name: str, per_s: float, made: Callable[[int, int], bytes]
) -> Act:
    """Return the act of one who publishes what is made of a packet's number and the SSRC."""
    client = Client("sendonly")
    await join(client, subject)
    numbers, ssrc = count(1), client.ssrcs["video"]
    return Act(name, client, per_s, lambda: _send_rtp(client, made(next(numbers), ssrc)))


def _picture(number: int, ssrc: int, between: bytes, bytes_each: int = 0) -> bytes:
    """Return a packet of a picture whose every hundredth begins a keyframe."""
    payload = between if number % 100 else keyframe(640, 360)
    return packet(number, ssrc, payload.ljust(bytes_each, b"x"))


def _rtcp(kind: int, number: int, body: bytes) -> bytes:
    return struct.pack("!BBH", 0x80 | number, kind, len(body) // 4) + body


def _feedback(kind: int, fmt: int, ssrc: int, fci: bytes) -> bytes:
    return rtcp.build_feedback(rtcp.Feedback(kind, fmt, 1, ssrc, fci))


def _video_of(answer: sdp.SessionDescription) -> int:
    return next(m.ssrcs[0].ssrc for m in answer.media if m.kind == "video")


def _send_rtp(client: Client, plain: bytes) -> None:
    assert client.srtp is not None
    client.send_raw(client.srtp.protect(plain))


def _send_rtcp(client: Client, plain: bytes) -> None:
    assert client.srtp is not None
    client.send_raw(client.srtp.protect_rtcp(plain))
