"""One viewer whose calm reports the C hears (burst.h): what it may hear, and what it heard."""

from typing import Any, Protocol

from media.native.gathered import Gathered
from media.native.library import Pointer, ffi, library
from media.native.slot import Log


class EarFields(Protocol):
    """What Python says and the C changes; burst.h says what each is."""

    is_on: bool
    sender: int
    most: int
    heard: int
    failed: int
    newest: int
    is_opened: bool
    is_newer: bool


class Ear:
    """Hears into a log and what is gathered of it."""

    def __init__(self, log: Log, so_far: Gathered) -> None:
        pointer: Pointer = ffi.new("ear *", {"newest": -1})
        pointer.log, pointer.so_far = log, so_far
        self.pointer = pointer
        self.fields: EarFields = pointer
        # The C has no more than pointers of these.
        self._kept: tuple[Any, ...] = (log, so_far)

    def lead(self, address: bytes, srtp: int, *, index_from_end: int, keys: object) -> None:
        """Hear what comes from an address under a key; not while it is on.

        Args:
            address: as the kernel tells it (sockaddr).
            srtp: where libsrtp's context is.
            keys: whose it is.
        """
        pointer = self.pointer
        pointer.address[0 : len(address)] = address
        pointer.address_size = len(address)
        pointer.srtp = ffi.cast("void *", srtp)
        pointer.index_from_end = index_from_end
        self._kept = (*self._kept[:2], keys)


def new_ear(log: Log, so_far: Gathered) -> Ear | None:
    """Return an ear; None: there is no C."""
    return Ear(log, so_far) if library() is not None else None
