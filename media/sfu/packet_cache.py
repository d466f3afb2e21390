"""The recent packets of one publisher's stream, once for all its subscribers."""

from media.wire.media_packet import MediaPacket

VIDEO_PACKETS = 1024  # about 190 kB per second of 1.5 Mbit/s, 6 s of it
SOUND_PACKETS = 1024


class PacketCache:
    """A ring by sequence number; the size is a power of two."""

    def __init__(self, size: int = VIDEO_PACKETS) -> None:
        self._mask = size - 1
        self._ring: list[MediaPacket | None] = [None] * size
        self._last = 0

    def store(self, packet: MediaPacket) -> None:
        """Keep a packet in place of the one that had its slot."""
        self._ring[packet.sequence_number & self._mask] = packet
        self._last = packet.sequence_number

    def recent(self, back: int) -> MediaPacket | None:
        """Return the packet so many before the one that came last; None: it never came."""
        return self.find((self._last - back) & 0xFFFF)

    def find(self, sequence_number: int) -> MediaPacket | None:
        """Return the packet of this number, None where it is gone or never came."""
        packet = self._ring[sequence_number & self._mask]
        if packet is not None and packet.sequence_number == sequence_number:
            return packet
        return None
