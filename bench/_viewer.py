"""A player that wants what a browser wants: what is missing again, and keyframes.

Of what it lacks it tells as Chromium does: a packet is asked for at once and again after a round
trip, a keyframe where that was in vain or none has come yet.
"""

import asyncio
import time

from bench._feedback import TOLD_EVERY_S, Feedback
from bench._load import VP8, Client
from media.errors import MalformedPacket
from media.transport.address import Address
from media.transport.dtls import DtlsRole, SrtpContext
from media.wire import rtcp, rtp, sdp, vp8

AGAIN_S = 0.1
IN_VAIN_S = 0.5
KEYFRAME_EVERY_S = 0.2
ASKED_AT_ONCE = 200
REPORT_S, CHECK_S = 1.0, 2.0


class Lacks:
    """What a picture lacks. Numbers are of 16 bits and go round."""

    def __init__(self) -> None:
        self.is_keyframe_awaited = True
        self._next: int | None = None
        self._missing: dict[int, tuple[float, float]] = {}  # since when, and asked for when
        self._keyframe_asked_s = float("-inf")

    def came(self, number: int, *, now: float) -> None:
        """Note a packet."""
        if self._next is not None and (step := (number - self._next) & 0xFFFF) < 0x8000:
            for skipped in range(min(step, ASKED_AT_ONCE)):
                self._missing[(self._next + skipped) & 0xFFFF] = (now, float("-inf"))
        elif self._next is not None:
            self._missing.pop(number, None)
            return
        self._next = (number + 1) & 0xFFFF

    def keyframe_came(self) -> None:
        """Note a keyframe: what was before it is of no use any more."""
        self.is_keyframe_awaited = False
        self._missing.clear()

    def again(self, *, now: float) -> tuple[int, ...]:
        """Return whose turn it is to be asked for; what does not come makes a keyframe awaited."""
        if any(now - since > IN_VAIN_S for since, _ in self._missing.values()):
            self._missing.clear()
            self.is_keyframe_awaited = True
        due = tuple(n for n, (_, asked) in self._missing.items() if now - asked >= AGAIN_S)
        for number in due[:ASKED_AT_ONCE]:
            self._missing[number] = (self._missing[number][0], now)
        return due[:ASKED_AT_ONCE]

    def wants_keyframe(self, *, now: float) -> bool:
        """Return whether to ask for a keyframe now."""
        if not self.is_keyframe_awaited or now - self._keyframe_asked_s < KEYFRAME_EVERY_S:
            return False
        self._keyframe_asked_s = now
        return True


class LossFeedback(Feedback):
    """Feedback whose reports tell of what was lost."""

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[bytes, tuple[int, int]] = {}  # the last number, and how many had come
        self._came: dict[bytes, int] = {}

    def came(self, view: memoryview, *, now: float) -> None:
        """Note a packet that came."""
        super().came(view, now=now)
        stream = bytes(view[8:12])
        self._came[stream] = self._came.get(stream, 0) + 1

    def _block(self, stream: bytes, number: int) -> rtcp.ReportBlock:
        came = self._came.get(stream, 0)
        last, had_come = self._told.get(stream, (number, came))
        self._told[stream] = (number, came)
        expected = (number - last) & 0xFFFF
        lost = max(0, expected - (came - had_come))
        share = min(255, 256 * lost // expected) if expected else 0
        return rtcp.ReportBlock(int.from_bytes(stream), share, 0, number, 0)


class Viewer(Client):
    """A player of one picture and one sound; `address` is where it is, if not here."""

    def __init__(self, address: str | None = None) -> None:
        super().__init__("recvonly", address=address)
        self.feedback = LossFeedback()
        self.feedback.is_asking = False
        self.lacks = Lacks()
        self.seen_s: float | None = None  # when the first keyframe came
        self._picture = 0
        self._early: list[bytes] = []  # what came before there were keys

    def _media(self, view: memoryview, size: int, address: Address) -> None:
        super()._media(view, size, address)
        if rtp.is_rtcp(view[:2]) or view[1] & 0x7F != VP8.payload_type:
            return
        now_s = time.monotonic()
        self._picture = int.from_bytes(view[8:12])
        self.lacks.came(int.from_bytes(view[2:4]), now=now_s)
        if self.srtp is None:
            self._early.append(bytes(view[:size]))
        elif self.lacks.is_keyframe_awaited:
            self._look(self.srtp, size, now=now_s)

    def _look(self, keys: SrtpContext, size: int, *, now: float) -> None:
        """See whether the packet in the buffer begins a keyframe."""
        try:
            packet = rtp.parse(self._buffer.view[: keys.unprotect(self._buffer, size)])
            is_keyframe = vp8.parse(packet.payload).is_keyframe
        except MalformedPacket:  # came twice, or is padding
            return
        if is_keyframe:
            self.lacks.keyframe_came()
            self.seen_s = self.seen_s or now

    async def connect(self, other: sdp.SessionDescription, role: DtlsRole) -> None:
        """Check and shake hands; raises HandshakeFailed or TimeoutError."""
        await super().connect(other, role)
        assert self.srtp is not None
        for packet in self._early:
            self._buffer.view[: len(packet)] = packet
            self._look(self.srtp, len(packet), now=time.monotonic())
        self._early.clear()

    def ask(self) -> None:
        """Ask for what is lacking."""
        now_s = time.monotonic()
        if self._picture and (numbers := self.lacks.again(now=now_s)):
            self.say(rtcp.build_nack(rtcp.Nack(1, self._picture, numbers)))
        if self._picture and self.lacks.wants_keyframe(now=now_s):
            self.say(rtcp.build_pli(rtcp.Pli(1, self._picture)))

    async def live(self, every_s: float = TOLD_EVERY_S) -> None:
        """Ask, and say what came, until this is cancelled."""
        told_s = reported_s = checked_s = time.monotonic()
        while True:
            await asyncio.sleep(every_s)
            now_s = time.monotonic()
            self.ask()
            if now_s - told_s >= TOLD_EVERY_S:
                told_s = now_s
                self.say(self.feedback.told())
            if now_s - reported_s >= REPORT_S:
                reported_s = now_s
                self.say(self.feedback.report())
            if now_s - checked_s >= CHECK_S:
                checked_s = now_s
                self.check()
