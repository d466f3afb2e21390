"""The fast path: packets of a track to the slots that show it.

For each slot: the packets are written into one reused buffer, encrypted there, and
sent as trains of equal size, one system call per slot and burst where the kernel can.
Where the C was compiled it does that for all slots in one call (media/transport/burst.py), and
who is sent to how is asked only where a way has changed (audience.py). `send` is what the C
does, and does it where there is none.
"""

import asyncio
import time
from collections.abc import Sequence

from media.errors import PacketNotProtected
from media.native.library import library
from media.native.slot import NativeSlot
from media.sfu.audience import Audience
from media.sfu.counters import SfuCounters
from media.sfu.down_track import DownTrack, Held
from media.sfu.downlink import Downlink
from media.sfu.pacer import TRAIN_PACKETS, TRAIN_S, PicturePacer
from media.transport.burst import Bursts, twice
from media.transport.dtls import TAG_SIZE, PacketBuffer
from media.transport.udp import MAX_TRAIN_BYTES, MAX_TRAIN_SEGMENTS, UdpEndpoint
from media.wire.media_packet import MediaPacket
from media.wire.rtp import HEADER_SIZE, MAX_RTP_SIZE
from runtime.guard import guarded

_BUFFER_SIZE = 128 * 1024
_FULL = _BUFFER_SIZE - 2 * (MAX_RTP_SIZE + TAG_SIZE)


class Fanout:
    """The buffer and the socket that all slots of one worker are sent through."""

    def __init__(
        self,
        endpoint: UdpEndpoint,
        *,
        is_native: bool = True,
        counters: SfuCounters | None = None,
    ) -> None:
        self.counters = counters or SfuCounters()
        self.ways = endpoint.ways
        self._endpoint = endpoint
        self._buffer = PacketBuffer(_BUFFER_SIZE)
        self._has_held = asyncio.Event()
        self._pacing: dict[PicturePacer[Held], DownTrack] = {}
        self._probing: dict[Downlink, DownTrack] = {}
        native = library() if is_native else None
        self._bursts = Bursts(endpoint, native) if native is not None else None

    def send_round(self, audience: Audience, packets: Sequence[MediaPacket], *, now: float) -> None:
        """Send packets of one track to all that show it, by turns beginning with each."""
        if audience.changes != self.ways.changes:
            self._part(audience)
        others, slots, turn = audience.others, audience.native, audience.next_turn()
        if others:
            first = turn % len(others)
            self.send_all((*others[first:], *others[:first]), packets, now=now)
        if slots and self._bursts is not None:
            self.counters.unprotected_total += self._bursts.send_to(
                audience.pointers + turn % len(slots), slots, packets, now=now
            )

    def _part(self, audience: Audience) -> None:
        audience.changes = self.ways.changes
        slots: list[NativeSlot] = []
        others: list[DownTrack] = []
        for out in audience.outs:
            try:
                slot = None if self._is_elsewhere(out) else self._routed(out)
            except Exception as exc:  # noqa: BLE001 - one subscriber's failure is its own
                out.peer.fail(exc)
                continue
            if slot is None:
                others.append(out)
            else:
                slots.append(slot)
        audience.native, audience.others = slots, others
        audience.pointers = twice(slots) if slots else None

    def _is_elsewhere(self, out: DownTrack) -> bool:
        """Return whether a slot's packets go by another socket, or in another form."""
        is_other = out.fanout is not None and out.fanout is not self
        return is_other or (out.redundancy is not None and out.redundancy.is_on)

    def send_all(
        self, outs: Sequence[DownTrack], packets: Sequence[MediaPacket], *, now: float
    ) -> None:
        """Send packets of one track to every slot that shows it, in the slots' order."""
        slots: list[NativeSlot] = []
        for out in outs:
            try:
                if out.fanout is not None and out.fanout is not self:
                    out.fanout.send_all((out,), packets, now=now)
                    continue
                if out.redundancy is not None and out.redundancy.is_on:
                    self._send_train(out, out.redundancy.redundant(packets), now=now)
                    continue
                slot = self._routed(out)
                if slot is None:
                    self.send(out, packets, now=now)
                else:
                    slots.append(slot)
            except Exception as exc:  # noqa: BLE001 - one subscriber's failure is its own
                out.peer.fail(exc)
        if slots and self._bursts is not None:
            self.counters.unprotected_total += self._bursts.send(slots, packets, now=now)

    def _routed(self, out: DownTrack) -> NativeSlot | None:
        """Return the slot that the C sends to; None: it is not its work."""
        peer, slot = out.peer, out.rewriter.slot
        srtp, address = peer.srtp, peer.address
        if self._bursts is None or slot is None or srtp is None or address is None:
            return None
        if not peer.may_send or (out.pacer is not None and out.pacer.is_needed):
            return None
        self._bursts.route(slot, srtp, address)
        return slot

    def send(self, out: DownTrack, packets: Sequence[MediaPacket], *, now: float) -> None:
        """Send packets of the slot's track to its subscriber."""
        if not out.peer.may_send:
            return
        if out.pacer is not None and out.pacer.is_needed:
            self._hold(out, out.pacer, packets, now=now)
            return
        self._send_at_once(out, packets, now=now)

    def _send_at_once(self, out: DownTrack, packets: Sequence[MediaPacket], *, now: float) -> None:
        """Send in Python what the C sends where there is any."""
        srtp, address = out.peer.srtp, out.peer.address
        if srtp is None or address is None:
            return
        view, write, protect = self._buffer.view, out.rewriter.write, srtp.protect_at
        at = start = segment = count = 0
        for packet in packets:
            size = write(packet, view, at, now=now)
            if size == 0:
                continue
            try:
                size = protect(self._buffer, at, size)
            except PacketNotProtected:
                self.counters.unprotected_total += 1
                continue
            if count and (
                size > segment or count == MAX_TRAIN_SEGMENTS or at + size - start > MAX_TRAIN_BYTES
            ):
                self._endpoint.send_train(view[start:at], segment, address)
                start, count = at, 0
            at += size
            count += 1
            if count == 1:
                segment = size
            elif size < segment:  # only the last of a train may be shorter
                self._endpoint.send_train(view[start:at], segment, address)
                start, count = at, 0
            if at > _FULL:
                if count:
                    self._endpoint.send_train(view[start:at], segment, address)
                at = start = count = 0
        if count:
            self._endpoint.send_train(view[start:at], segment, address)

    def _hold(
        self,
        out: DownTrack,
        pacer: PicturePacer[Held],
        packets: Sequence[MediaPacket],
        *,
        now: float,
    ) -> None:
        """Give packets to the slot's pacer, and send what may go now."""
        segment = out.rewriter.segment
        for packet in packets if not out.is_held else ():
            pacer.hold((out, packet, segment), HEADER_SIZE + len(packet.payload), now=now)
        self._pacing[pacer] = out
        self._has_held.set()
        self._release(pacer, now=now)

    async def run(self) -> None:
        """Send what waits for its time, until cancelled."""
        while True:
            await self._has_held.wait()
            await asyncio.sleep(TRAIN_S)
            for pacer, out in list(self._pacing.items()):
                with guarded("peer", out.peer.put_away):
                    self._release(pacer, now=time.monotonic())
            for line, out in list(self._probing.items()):
                with guarded("peer", out.peer.put_away):
                    self._pad(out, line, now=time.monotonic())
            if not self._pacing and not self._probing:
                self._has_held.clear()

    def _release(self, pacer: PicturePacer[Held], *, now: float) -> None:
        due: dict[DownTrack, list[MediaPacket]] = {}
        for out, packet, segment in pacer.due(now=now):
            if out.rewriter.segment is segment and not out.is_held:  # not replaced meanwhile
                due.setdefault(out, []).append(packet)
        for out, packets in due.items():
            self._send_train(out, packets, now=now)
        if pacer.is_empty:
            self._pacing.pop(pacer, None)
            if not pacer.is_needed:
                self.ways.changed()

    def _send_train(self, out: DownTrack, packets: Sequence[MediaPacket], *, now: float) -> None:
        peer, slot = out.peer, out.rewriter.slot
        srtp, address = peer.srtp, peer.address
        if not peer.may_send or srtp is None or address is None:
            return
        if self._bursts is None or slot is None:
            self._send_at_once(out, packets, now=now)
            return
        self._bursts.route(slot, srtp, address)
        self.counters.unprotected_total += self._bursts.send((slot,), packets, now=now)

    def probe(self, out: DownTrack, line: Downlink) -> None:
        """Send padding beside a slot for as long as its line wants any."""
        if out.padding is not None:
            self._probing[line] = out
            self._has_held.set()

    def _pad(self, out: DownTrack, line: Downlink, *, now: float) -> None:
        srtp, address, padding = out.peer.srtp, out.peer.address, out.padding
        is_ended = line.probe.aim_bps is None or not out.peer.may_send
        if is_ended or srtp is None or address is None or padding is None:
            self._probing.pop(line, None)
            return
        due = line.padding_due(now=now)
        for _ in range(TRAIN_PACKETS):
            size = padding.write_filler(due, self._buffer.view, now=now) if due > 0 else 0
            if size == 0:
                return
            due -= size
            size = srtp.protect_at(self._buffer, 0, size)
            self._endpoint.send(self._buffer.view[:size], address)
            self.counters.padding_total += 1

    def send_again(
        self, out: DownTrack, missing: Sequence[int], line: Downlink, *, now: float
    ) -> None:
        """Answer a NACK from the cache of the stream that had each number, as the line allows."""
        srtp, address = out.peer.srtp, out.peer.address
        if not out.peer.may_send or srtp is None or address is None:
            return
        for number in missing:
            origin = out.rewriter.origin(number)
            packet = origin[0].source.find(origin[1]) if origin else None
            if origin is None or packet is None:
                continue
            if out.redundancy is not None and out.redundancy.is_of(origin[0]):
                continue
            if not line.sends_again(out.rewriter.ssrc, number, len(packet.payload), now=now):
                self.counters.retransmissions_refused_total += 1
                continue
            size = 0
            if out.repair is not None:
                size = out.repair.write_again(packet, origin[0], self._buffer.view, now=now)
            if size == 0:
                size = out.rewriter.write_again(packet, origin[0], self._buffer.view, 0, now=now)
            if size == 0:
                continue
            try:
                size = srtp.protect_at(self._buffer, 0, size)
            except PacketNotProtected:
                self.counters.unprotected_total += 1
                continue
            self._endpoint.send(self._buffer.view[:size], address)
            self.counters.retransmitted_total += 1
