"""Reads a socket by the C (media/native/hearing.c), which hears viewers' calm reports by itself."""

import errno
import os
from collections.abc import Callable

from media.native.ear import Ear
from media.native.library import Pointer, ffi
from media.transport.address import Address
from media.transport.answer_source import Ancillary
from media.transport.dtls import PacketBuffer, SrtpContext, unprotect_rtcp_address
from media.transport.sockaddr import sockaddr, told

_MAX_KNOWN = 4096
_NOTHING: Ancillary = ()


class Hearing:
    """One socket's. `begin` a turn, and `receive` until BlockingIOError."""

    def __init__(
        self,
        native: Pointer,
        fileno: int,
        buffer: PacketBuffer,
        now_s: Callable[[], float],
    ) -> None:
        self._native = native
        self._fileno = fileno
        self._buffer = buffer  # the C has a pointer of it
        self._memory = ffi.cast("uint8_t *", buffer.address)
        self._now_s = now_s
        self._fields = ffi.new(
            "hearing *", {"unprotect": ffi.cast("void *", unprotect_rtcp_address())}
        )
        self._name = ffi.buffer(self._fields.address)
        self._control = ffi.buffer(self._fields.control)
        self._ears: set[Ear] = set()  # the C has pointers of them
        self._known: dict[bytes, Address] = {}

    def add(self, ear: Ear, address: Address, keys: SrtpContext) -> None:
        """Hear a peer's calm reports from an address, until it is removed."""
        self.remove(ear)
        ear.lead(
            sockaddr(address),
            keys.receive_address,
            index_from_end=keys.index_from_end,
            keys=keys,
        )
        self._ears.add(ear)
        self._native.ear_on(self._fields, ear.pointer)

    def remove(self, ear: Ear) -> None:
        """Give Python all that comes from a peer."""
        if ear in self._ears:
            self._native.ear_off(self._fields, ear.pointer)
            self._ears.remove(ear)

    def begin(self, most: int) -> None:
        """Read so many datagrams at most until the next `begin`."""
        self._fields.left = most

    def receive(self, _buffer: memoryview) -> tuple[int, Address]:
        """Return the next datagram that is for Python: its size in the buffer, and its source.

        It is always read into the buffer that this was made with.

        Raises:
            BlockingIOError: there is none, or no more is to be read.
            OSError: an error of an earlier sending.
        """
        size = self._native.hear(
            self._fields, self._fileno, self._memory, self._buffer.size, self._now_s()
        )
        if size < 0:
            if size == -errno.EAGAIN:
                raise BlockingIOError
            raise OSError(-size, os.strerror(-size))
        name = self._name[0 : self._fields.address_size]
        known = self._known.get(name)
        return size, self._named(name) if known is None else known

    @property
    def ancillary(self) -> Ancillary:
        """What was told with the last datagram: by which of our addresses it came."""
        size = self._fields.control_size
        return ((0, 0, self._control[0:size]),) if size else _NOTHING

    def _named(self, name: bytes) -> Address:
        """Return an address as sockets name it."""
        if len(self._known) >= _MAX_KNOWN:
            self._known.clear()
        self._known[name] = address = told(name)
        return address
