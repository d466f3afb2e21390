"""What a slot and a log of sent packets have in common with the C (burst.h).

Both are the same fields for Python, whether the C reads them too or nobody does.
"""

from array import array
from typing import Any, Protocol

from media.native.library import Pointer, ffi, library

_EVERY_SIZE = 0x7FFFFFFF


class Log(Protocol):
    """What changes in a log with every packet."""

    next_number: int


class Progress(Protocol):
    """What changes in a slot with every packet."""

    highest: int
    timestamp: int
    timestamp_at: float
    picture_id: int
    tl0picidx: int
    packets: int
    octets: int


class _PlainLog:
    __slots__ = ("next_number",)
    next_number: int


class _PlainProgress:
    __slots__ = (
        "highest", "octets", "packets", "picture_id", "timestamp", "timestamp_at", "tl0picidx",
    )  # fmt: skip

    def __init__(self) -> None:
        self.highest = self.timestamp = self.picture_id = self.tl0picidx = 0
        self.packets = self.octets = 0
        self.timestamp_at = 0.0


def new_log(numbers: "array[int]", sent_at: "array[float]", sizes: "array[int]", mask: int) -> Log:
    """Return a log's fields. Whoever has them keeps the rings, and never lets them grow."""
    if library() is None:
        return _PlainLog()
    log: Log = ffi.new(
        "send_log *",
        {
            "numbers": ffi.cast("int64_t *", numbers.buffer_info()[0]),
            "sent_at": ffi.cast("double *", sent_at.buffer_info()[0]),
            "sizes": ffi.cast("uint16_t *", sizes.buffer_info()[0]),
            "mask": mask,
        },
    )
    return log


class NativeSlot:
    """A slot that the C sends to.

    Args:
        transport_numbers: by outgoing number, a ring whose size is a power of two; empty
            where packets have none. Kept by the caller, as the log's rings are.
    """

    def __init__(self, log: Log, transport_numbers: "array[int]") -> None:
        self.fields: Pointer = ffi.new("slot *")
        self.fields.log = log
        self.fields.transport_numbers = ffi.cast("uint16_t *", transport_numbers.buffer_info()[0])
        self.fields.numbers_mask = len(transport_numbers) - 1
        # What it was last routed by, for whoever routes it to compare, and kept alive by it.
        self.address: Any = None
        self.keys: Any = None
        self.source: Any = None

    def begin(
        self,
        *,
        first: int,
        offsets: tuple[int, int, int, int],
        headers: tuple[bytes, bytes],
        number_at: int,
        largest: int,
    ) -> None:
        """Send a segment from now on.

        Args:
            offsets: of the number, the timestamp, the picture's id and its TL0PICIDX.
            headers: with the extensions and without, all that changes left 0.
            number_at: where the transport-wide number stands in the first; 0: nowhere.
        """
        slot = self.fields
        slot.first = first
        slot.sequence_offset, slot.timestamp_offset = offsets[:2]
        slot.picture_id_offset, slot.tl0picidx_offset = offsets[2:]
        for header, content in ((slot.full, headers[0]), (slot.bare, headers[1])):
            header.bytes[0 : len(content)] = content
            header.size, header.number_at = len(content), 0
        slot.full.number_at = number_at
        slot.largest = min(largest, _EVERY_SIZE)
        slot.is_on = True

    def end(self) -> None:
        """Send nothing more."""
        self.fields.is_on = False

    def route(self, srtp: Pointer, address: bytes, control: bytes, *, is_narrow: bool) -> None:
        """Send to an address under a key.

        Args:
            address: as the kernel takes it (sockaddr).
            control: from where it leaves (cmsghdr), if the kernel is not to choose.
            is_narrow: the path takes no trains.
        """
        slot = self.fields
        slot.srtp = ffi.cast("void *", srtp)
        slot.address[0 : len(address)] = address
        slot.control[0 : len(control)] = control
        slot.address_size, slot.control_size = len(address), len(control)
        slot.is_narrow = is_narrow


def new_slot(log: Log, transport_numbers: "array[int]") -> NativeSlot | None:
    """Return a slot that the C sends to; None: there is no C."""
    return NativeSlot(log, transport_numbers) if library() is not None else None


def plain_progress() -> Progress:
    """Return a slot's fields where there is no C."""
    return _PlainProgress()
