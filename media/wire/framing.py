"""Datagrams on a stream: two bytes of length before each (RFC 4571, section 2)."""

from media.errors import MalformedPacket

MIN_FRAME, MAX_FRAME = 8, 2048  # no datagram of ours is shorter than an empty RTCP packet


def framed(datagram: bytes | memoryview) -> bytes:
    """Return a datagram as it goes on a stream."""
    return len(datagram).to_bytes(2) + bytes(datagram)


class Frames:
    """Takes a stream apart, in whatever pieces it comes."""

    def __init__(self) -> None:
        self._kept = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Return the datagrams that are whole now.

        Raises:
            MalformedPacket: one would be longer or shorter than any datagram of ours.
        """
        self._kept += data
        found, at = [], 0
        while len(self._kept) - at >= 2:
            size = int.from_bytes(self._kept[at : at + 2])
            if not MIN_FRAME <= size <= MAX_FRAME:
                raise MalformedPacket("framing", f"{size} bytes")
            if len(self._kept) - at - 2 < size:
                break
            found.append(self._kept[at + 2 : at + 2 + size])
            at += 2 + size
        self._kept = self._kept[at:]
        return found
