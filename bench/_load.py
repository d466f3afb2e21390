"""WebRTC clients made of packets: one publisher and many players, as cheap as Python allows.

The same clients stand before every peer of a bench. A player drains its socket without
decrypting, sends a check every two seconds, and the feedback that a browser sends.
"""

import asyncio
import contextlib
import random
import secrets
import socket
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from bench._delay import ANCILLARY_BYTES, Delays, record, stamp, stamped_s
from bench._feedback import NUMBERS, NUMBERS_ID, TOLD_EVERY_S, Feedback, due
from media.transport.address import Address
from media.transport.demultiplexing import demultiplexed
from media.transport.dtls import (
    DtlsCertificate,
    DtlsRole,
    DtlsSession,
    PacketBuffer,
    SrtpContext,
)
from media.wire import rtcp, rtp, sdp, stun, vp8
from media.wire.ice_credentials import fresh_credentials


def _machine_address() -> str:
    """Return an address that servers which ignore the loopback gather too."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def free_tcp_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


HOST = _machine_address()
FRAMES_PER_S = 30
FRAME_BYTES = 6240  # 1.5 Mbit/s
SOUND_BYTES = 120
SOUND_PER_S = 50
VP8 = sdp.Codec(96, "VP8", 90_000, feedback=("nack", "nack pli", "ccm fir", "transport-cc"))
OPUS = sdp.Codec(111, "opus", 48_000, 2, feedback=("transport-cc",))
CERTIFICATE = DtlsCertificate()
Kind = Literal["video", "audio"]


class Client:
    """One WebRTC session over one socket."""

    def __init__(
        self,
        direction: sdp.MediaDirection,
        *,
        videos: int = 1,
        sounds: int = 1,
        address: str | None = None,
    ) -> None:
        self.direction = direction
        self._address = address or HOST
        self.videos = videos
        self.sounds = sounds
        self.unwatched: frozenset[int] = frozenset()  # streams whose packets do not count
        self.gap_s = self._heard_at_s = 0.0
        self.ice = fresh_credentials(secrets.token_bytes)
        self.ssrcs: dict[Kind, int] = {"video": random.getrandbits(31), "audio": 7}
        self.received = 0
        self.feedback = Feedback()
        self._delays: Delays | None = None  # of one who measures them
        self._came_s = 0.0
        self._sent_number = 0
        self.keyframe_wanted = True
        self.keyframe_requests = 0
        self.srtp: SrtpContext | None = None
        self._dtls: DtlsSession | None = None
        self._buffer = PacketBuffer()
        self._take = demultiplexed(
            stun=self._stun, dtls=self._flight, media=self._media, other=self._stun
        )
        self._is_answered = asyncio.Event()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self._socket.setblocking(False)
        self._socket.bind((self._address, 0))

    def _section(self, kind: Kind, mid: str, setup: sdp.Setup) -> sdp.Media:
        port = self._socket.getsockname()[1]
        return sdp.Media(
            kind=kind,
            mid=mid,
            direction=self.direction,
            codecs=(VP8 if kind == "video" else OPUS,),
            extensions=NUMBERS,
            ice=self.ice,
            fingerprints=(CERTIFICATE.fingerprint,),
            setup=setup,
            candidates=(sdp.Candidate(self._address, port, 2130706431),),
            has_all_candidates=True,
            msid="s t" if self.direction == "sendonly" else "",
            ssrcs=(sdp.Ssrc(self.ssrcs[kind], "c"),) if self.direction == "sendonly" else (),
        )

    def offer(self) -> str:
        """Return an offer of its sounds and videos."""
        kinds: list[Kind] = [*["audio"] * self.sounds, *["video"] * self.videos]  # type: ignore[list-item]
        media = tuple(self._section(kind, str(i), "actpass") for i, kind in enumerate(kinds))
        return sdp.render(sdp.SessionDescription(media, tuple(m.mid for m in media), session_id=1))

    def answer(self, offer: sdp.SessionDescription) -> str:
        """Return an answer that takes everything."""
        media = tuple(
            replace(
                self._section("video" if m.kind == "video" else "audio", m.mid, "active"),
                extensions=NUMBERS if m.extension_id(sdp.TRANSPORT_CC) else {},
            )
            for m in offer.media
        )
        return sdp.render(sdp.SessionDescription(media, offer.bundle, session_id=1))

    def _sent(self, data: bytes) -> None:
        self._socket.send(data)

    async def connect(self, other: sdp.SessionDescription, role: DtlsRole) -> None:
        """Check and shake hands; raises HandshakeFailed or TimeoutError."""
        self._remote = remote = other.media[0]
        numbers = [media.extension_id(sdp.TRANSPORT_CC) for media in other.media]
        self.feedback.is_numbered = any(numbers)
        candidate = next(c for c in remote.candidates if c.host == HOST)
        self._socket.connect((candidate.host, candidate.port))
        self._dtls = DtlsSession(
            certificate=CERTIFICATE,
            fingerprints=remote.fingerprints,
            role=role,
            send=self._sent,
        )
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self._readable)
        async with asyncio.timeout(10):
            while not self._is_answered.is_set():
                self.check()
                await asyncio.wait({asyncio.create_task(self._is_answered.wait())}, timeout=0.2)
        self.srtp = await self._dtls.handshake(timeout_s=10)

    def measure(self, delays: Delays) -> None:
        """Measure how long packets are on their way from now on."""
        self._delays = delays
        stamp(self._socket)

    def _receive_stamped(self, view: memoryview) -> int:
        size, ancillary, _, _ = self._socket.recvmsg_into((view,), ANCILLARY_BYTES)
        self._came_s = stamped_s(ancillary)
        return size

    def _readable(self) -> None:
        receive = self._socket.recv_into if self._delays is None else self._receive_stamped
        view, take = self._buffer.view, self._take
        try:
            while True:
                take(view, receive(view), (HOST, 0))
        except (BlockingIOError, ConnectionRefusedError):
            return

    def _media(self, view: memoryview, size: int, _address: Address) -> None:
        if rtp.is_rtcp(view[:2]):
            self._rtcp(size)
            return
        now_s = time.monotonic()
        self.feedback.came(view, now=now_s)  # what does not count has come all the same
        if not self.unwatched or int.from_bytes(view[8:12]) not in self.unwatched:
            self.received += 1
            self.gap_s = max(self.gap_s, now_s - self._heard_at_s)
            self._heard_at_s = now_s
            if self._delays is not None:
                self._delayed(self._delays, view)

    def _delayed(self, delays: Delays, view: memoryview) -> None:
        kind, is_last = ("video", view[1] & 0x80) if view[1] & 0x7F == 96 else ("audio", 1)
        if is_last:
            delays.came(kind, bytes(view[8:12]), int.from_bytes(view[2:4]), now=self._came_s)

    def begin_gaps(self) -> None:
        """Measure the longest time without a packet that counts from now on."""
        self.gap_s, self._heard_at_s = 0.0, time.monotonic()

    def _flight(self, view: memoryview, size: int, _address: Address) -> None:
        if self._dtls is not None:
            self._dtls.feed(bytes(view[:size]))

    def _rtcp(self, size: int) -> None:
        if self.srtp is None or self.direction != "sendonly":
            return
        size = self.srtp.unprotect_rtcp(self._buffer, size)
        packets = rtcp.parse(self._buffer.view[:size])
        requests = sum(isinstance(packet, rtcp.Pli | rtcp.Fir) for packet in packets)
        self.keyframe_requests += requests
        self.keyframe_wanted |= requests > 0

    def _stun(self, view: memoryview, size: int, _address: Address) -> None:
        message = stun.parse(view[:size])
        if message.message_type == stun.BINDING_RESPONSE:
            self._is_answered.set()
        elif message.message_type == stun.BINDING_REQUEST:
            self._socket.send(
                stun.build_response(
                    transaction_id=message.transaction_id,
                    mapped=self._socket.getpeername(),
                    password=self.ice.password,
                )
            )

    def check(self) -> None:
        """Send a nominating check."""
        self._socket.send(
            stun.build_request(
                transaction_id=secrets.token_bytes(12),
                own=self.ice,
                other=self._remote.ice,
                priority=1,
                tie_breaker=1,
                is_controlling=True,
                is_nominating=True,
            )
        )

    def say(self, compound: bytes | None) -> None:
        """Send RTCP, if there is any."""
        if self.srtp is not None and compound is not None:
            self._socket.send(self.srtp.protect_rtcp(compound))

    def send_media(
        self, kind: Kind, number: int, timestamp: int, payload: bytes, last: bool
    ) -> None:
        """Send one packet, numbered where that was agreed on."""
        self._sent_number = (self._sent_number + 1) & 0xFFFF
        numbered = {NUMBERS_ID: self._sent_number.to_bytes(2)}
        packet = rtp.build(
            payload_type=(VP8 if kind == "video" else OPUS).payload_type,
            sequence_number=number & 0xFFFF,
            timestamp=timestamp & 0xFFFFFFFF,
            ssrc=self.ssrcs[kind],
            payload=payload,
            is_marked=last,
            extensions=numbered if self.feedback.is_numbered else rtp.NO_EXTENSIONS,
        )
        self.send_rtp(packet)

    def send_rtp(self, packet: bytes) -> None:
        """Encrypt and send one packet."""
        if self.srtp is not None:
            self._socket.send(self.srtp.protect(packet))

    def send_raw(self, datagram: bytes) -> None:
        """Send what is encrypted already; what the kernel has no room for is lost."""
        with contextlib.suppress(BlockingIOError):
            self._socket.send(datagram)

    async def close(self) -> None:
        """Say goodbye and close the socket."""
        if self._dtls is not None:
            await self._dtls.close()
        if self._socket.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
        self._socket.close()


class Source:
    """What a camera sends: frames in bursts of packets, and sound."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._numbers = {"video": 0, "audio": 0}
        self._frames = 0
        self.sent = 0
        self.record = record()

    def _send(self, kind: Kind, payload: bytes, timestamp: int, is_last: bool) -> None:
        self._numbers[kind] += 1
        self.record[kind].append((self._numbers[kind], time.monotonic()))
        self.client.send_media(kind, self._numbers[kind], timestamp, payload, is_last)
        self.sent += 1

    def send_frame(self) -> None:
        """Send one frame; a keyframe where one was asked for."""
        is_key, self.client.keyframe_wanted = self.client.keyframe_wanted, False
        # Of a keyframe: start code, 640x360; then bytes that nobody decodes.
        head = b"\x10\x02\0\x9d\x01\x2a\x80\x02\x68\x01" if is_key else b"\x11\x02\0"
        data = head + bytes(FRAME_BYTES - len(head))
        self._frames += 1
        payloads = list(vp8.packetize(data, picture_id=self._frames, max_payload_size=1060))
        for index, payload in enumerate(payloads):
            if index >= len(payloads) // 2:
                payload += b"\0"  # as browsers divide a picture: the last ones are a byte larger
            self._send("video", payload, self._frames * 3000, index == len(payloads) - 1)

    def send_sound(self) -> None:
        """Send 20 ms of sound."""
        self._send("audio", bytes(SOUND_BYTES), self._numbers["audio"] * 960, False)


async def play(source: Source, players: list[Client], seconds: float) -> None:
    """Send in real time, and let players report as they do."""
    began = time.monotonic()
    frames = sounds = reports = told = 0
    while (elapsed := time.monotonic() - began) < seconds:
        if elapsed >= frames / FRAMES_PER_S:
            frames += 1
            source.send_frame()
        if elapsed >= sounds / SOUND_PER_S:
            sounds += 1
            source.send_sound()
        for index in due(len(players), TOLD_EVERY_S, elapsed, told):
            told = index + 1
            players[index % len(players)].say(players[index % len(players)].feedback.told())
        for index in due(len(players), 1.0, elapsed, reports):
            reports = index + 1
            player = players[index % len(players)]
            player.say(player.feedback.report())
            if index // len(players) % 2:
                player.check()
        following = min(frames / FRAMES_PER_S, sounds / SOUND_PER_S, elapsed + 0.005)
        await asyncio.sleep(max(0.0, following - (time.monotonic() - began)))


async def played(
    sources: Sequence[Source], players: list[Client], seconds: float, *, apart_s: float = 0.0
) -> None:
    """Send what all sources send, each so much after the one before; players report."""

    async def later(number: int, source: Source) -> None:
        await asyncio.sleep(number * apart_s)
        await play(source, [] if number else players, seconds)

    await asyncio.gather(*(later(number, source) for number, source in enumerate(sources)))
