"""The headers of one outgoing stream, with its header extensions (RFC 3550, 5.1; RFC 8285, 4.2).

What is the same in every packet is laid out once: SSRC and extensions are one piece, so that
they cost as much as the SSRC alone. Who writes many packets does it in place:

    layout.pack_into(view, at, layout.first, marked or unmarked, number, timestamp, layout.tail)
    payload_at = at + layout.size

A layout that is `numbered` has a transport-wide number as its last extension, and one value
more is packed: `..., layout.tail, transport_number)`.
"""

import struct
import sys
from collections.abc import Mapping

from media.wire.rtp import HEADER_SIZE, MAX_RTP_SIZE, ONE_BYTE_PROFILE

_NONE: Mapping[int, bytes] = {}
_NUMBER_SIZE = 2


class HeaderLayout:
    """What is written. `extensions` have ids 1 to 14 and values of 1 to 16 bytes.

    A payload larger than `largest` fits a frame of the wire only without them: it goes by
    `bare`, the same when it is sent again. `value_at` says where in a header each value
    stands, for those that change with the packet. `numbered` is the extension that the
    transport-wide number has.
    """

    __slots__ = (
        "_bare", "first", "is_numbered", "largest", "marked", "number_at", "pack_into", "size",
        "tail", "unmarked", "value_at",
    )  # fmt: skip

    def __init__(
        self,
        *,
        ssrc: int,
        payload_type: int,
        extensions: Mapping[int, bytes] = _NONE,
        numbered: int | None = None,
    ) -> None:
        self.value_at: dict[int, int] = {}
        self.is_numbered = numbered is not None
        if numbered is not None:
            extensions = {**extensions, numbered: bytes(_NUMBER_SIZE)}
        self.tail = ssrc.to_bytes(4) + (self._block(extensions) if extensions else b"")
        self.size = HEADER_SIZE - 4 + len(self.tail)
        self.first, self.unmarked, self.marked = 0x80, payload_type, payload_type | 0x80
        form = f"!BBHI{len(self.tail)}s"
        self.number_at = 0 if numbered is None else self.value_at[numbered]
        if numbered is not None:
            fixed = self.value_at[numbered] - HEADER_SIZE + 4
            form = f"!BBHI{fixed}sH{len(self.tail) - fixed - _NUMBER_SIZE}x"
            self.tail = self.tail[:fixed]
        self.pack_into = struct.Struct(form).pack_into
        self._bare: HeaderLayout | None = None  # no reference to itself: who drops it frees it
        self.largest = sys.maxsize
        if extensions:
            self.first = 0x90
            self._bare = HeaderLayout(ssrc=ssrc, payload_type=payload_type)
            self.largest = MAX_RTP_SIZE - self.size

    @property
    def bare(self) -> "HeaderLayout":
        """The same without extensions."""
        return self._bare or self

    def blank(self) -> bytes:
        """Return a header whose numbers and timestamp are 0."""
        written = bytearray(self.size)
        number = (0,) if self.is_numbered else ()
        self.pack_into(written, 0, self.first, self.unmarked, 0, 0, self.tail, *number)
        return bytes(written)

    def _block(self, extensions: Mapping[int, bytes]) -> bytes:
        block = bytearray()
        for number, value in extensions.items():
            if not (1 <= number <= 14 and 1 <= len(value) <= 16):
                raise ValueError(f"no one-byte extension: id {number}, {len(value)} bytes")
            block.append(number << 4 | len(value) - 1)
            self.value_at[number] = HEADER_SIZE + 4 + len(block)
            block += value
        block += bytes(-len(block) % 4)
        return struct.pack("!HH", ONE_BYTE_PROFILE, len(block) // 4) + block
