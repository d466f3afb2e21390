"""A burst of packets to many slots in one call of the C (media/native)."""

import os
import struct
from collections.abc import Sequence

from media.native.library import Pointer, ffi
from media.native.slot import NativeSlot
from media.transport.address import Address
from media.transport.answer_source import Ancillary
from media.transport.dtls import SrtpContext, protect_address
from media.transport.sockaddr import sockaddr
from media.transport.udp import UdpEndpoint
from media.wire.media_packet import MediaPacket

_MEMORY_BYTES = 128 * 1024
_control_head = struct.Struct("@Nii")


class Bursts:
    """Sends through one socket: `route` slots, then `send` what they all get."""

    def __init__(self, endpoint: UdpEndpoint, native: Pointer) -> None:
        self._endpoint = endpoint
        self._native = native
        self._protect = ffi.cast("void *", protect_address())
        self._slots = ffi.new("slot *[]", 64)
        self._packets = ffi.new("packet *[]", 64)
        self._memory = ffi.new("uint8_t[]", _MEMORY_BYTES)
        self._result = ffi.new("outcome *")

    def route(self, slot: NativeSlot, srtp: SrtpContext, address: Address) -> None:
        """Send a slot to an address under a peer's keys, until some way has changed.

        The slot keeps the keys, of which the C has a pointer: who sends to slots holds them.
        """
        source = self._endpoint.source_of(address)
        is_narrow = self._endpoint.is_narrow(address)
        is_same = slot.address is address and slot.keys is srtp and slot.source is source
        if is_same and slot.fields.is_narrow == is_narrow:
            return
        # Kept with the slot, since the C has no more than pointers.
        slot.address, slot.keys, slot.source = address, srtp, source
        slot.route(
            srtp.transmit_address,
            sockaddr(address),
            _control(source),
            is_narrow=is_narrow,
        )

    def send(
        self, slots: Sequence[NativeSlot], packets: Sequence[MediaPacket], *, now: float
    ) -> int:
        """Send packets in their order to every slot; return how many libsrtp would not take."""
        if len(slots) > len(self._slots):
            self._slots = ffi.new("slot *[]", 2 * len(slots))
        self._slots[0 : len(slots)] = [slot.fields for slot in slots]
        return self.send_to(self._slots, slots, packets, now=now)

    def send_to(
        self,
        pointers: Pointer,
        slots: Sequence[NativeSlot],
        packets: Sequence[MediaPacket],
        *,
        now: float,
    ) -> int:
        """Send as `send` does, to slots whose pointers are at hand, in these pointers' order."""
        if len(packets) > len(self._packets):
            self._packets = ffi.new("packet *[]", 2 * len(packets))
        self._packets[0 : len(packets)] = [one.filled or _filled(one) for one in packets]
        result = self._result
        self._native.send_burst(
            self._endpoint.fileno, self._protect, pointers, len(slots),
            self._packets, len(packets), now, self._memory, _MEMORY_BYTES, result,
        )  # fmt: skip
        self._endpoint.sent_by(
            calls=result.calls,
            packets=result.sent,
            octets=result.sent_bytes,
            dropped=result.dropped,
        )
        if result.refused:
            self._note_refusals(slots)
        return int(result.unprotected)

    def _note_refusals(self, slots: Sequence[NativeSlot]) -> None:
        for slot in slots:
            error, slot.fields.refusal = slot.fields.refusal, 0
            if error:
                self._endpoint.refused_train(OSError(error, os.strerror(error)), slot.address)


def twice(slots: Sequence[NativeSlot]) -> Pointer:
    """Return the slots' pointers, twice over: so any may be the first and all follow."""
    return ffi.new("slot *[]", [slot.fields for slot in (*slots, *slots)])


def _filled(packet: MediaPacket) -> Pointer:
    """Return a packet as the C takes it, and keep it there for whoever it is sent to later."""
    place = packet.filled = ffi.new("packet *")
    place.payload = ffi.from_buffer("uint8_t[]", packet.payload)  # lives as long as the packet
    place.size = len(packet.payload)
    place.timestamp = packet.timestamp
    place.sequence_number = packet.sequence_number
    place.is_marked = packet.is_marked
    place.picture_id, place.picture_id_at = packet.picture_id, packet.picture_id_at
    place.has_long_picture_id = packet.has_long_picture_id
    place.tl0picidx, place.tl0picidx_at = packet.tl0picidx, packet.tl0picidx_at
    place.padding = packet.padding
    return place


def _control(source: Ancillary) -> bytes:
    """Return ancillary data as the kernel takes it (cmsg(3)), one piece of it after another."""
    control = b""
    for level, kind, data in source:
        piece = _control_head.pack(_control_head.size + len(data), level, kind) + data
        control += piece + bytes(-len(piece) % struct.calcsize("N"))
    return control
