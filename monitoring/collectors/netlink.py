"""One question to the kernel over netlink(7), which needs no right, and its answer's parts.

Lists are read whole; what comes is the kernel's, and is checked all the same.
"""

import socket
import struct
from collections.abc import Iterator

from monitoring.errors import CollectorError

ANSWER_TIMEOUT_S = 1.0
MAX_LISTED = 4096
_BUFFER = 65_536
_HEADER = struct.Struct("=IHHII")  # linux/netlink.h, nlmsghdr
_ATTRIBUTE = struct.Struct("=HH")
_ERRNO = struct.Struct("=i")
_ERROR, _DONE = 2, 3
REQUEST, REQUEST_DUMP = 0x01, 0x301
_ATTRIBUTE_KIND = 0x3FFF


class KernelRefused(CollectorError):
    """The kernel answers with an error; `errno`: which."""

    def __init__(self, errno: int) -> None:
        self.errno = errno
        super().__init__(f"the kernel does not answer over netlink: error {errno}")


def answers(protocol: int, kind: int, asked: bytes, *, flags: int) -> Iterator[tuple[int, bytes]]:
    """Give the parts of the answer to one question: what kind, and its content.

    A list ends by itself; of one that is none the caller takes the first.

    Raises:
        KernelRefused: it answers with an error.
        CollectorError: it does not answer.
    """
    listed = 0
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol) as channel:
            channel.settimeout(ANSWER_TIMEOUT_S)
            header = _HEADER.pack(_HEADER.size + len(asked), kind, flags, 1, 0)
            channel.sendto(header + asked, (0, 0))
            while True:
                for what, part in messages(channel.recv(_BUFFER)):
                    if what == _DONE or listed >= MAX_LISTED:
                        return
                    if what == _ERROR:
                        raise KernelRefused(_errno(part))
                    listed += 1
                    yield what, part
    except OSError as exc:
        raise CollectorError(f"netlink: {exc.strerror or exc}") from exc


def messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Give the messages of one datagram: what kind, and its content."""
    place = 0
    while place + _HEADER.size <= len(data):
        length, kind, *_ = _HEADER.unpack_from(data, place)
        if length < _HEADER.size:
            return
        yield kind, data[place + _HEADER.size : place + length]
        place += (length + 3) & ~3


def attributes(data: bytes) -> dict[int, bytes]:
    """Return the attributes of a message by their kinds; of a kind that comes twice the last."""
    found: dict[int, bytes] = {}
    place = 0
    while place + _ATTRIBUTE.size <= len(data):
        length, kind = _ATTRIBUTE.unpack_from(data, place)
        if length < _ATTRIBUTE.size:
            break
        found[kind & _ATTRIBUTE_KIND] = data[place + _ATTRIBUTE.size : place + length]
        place += (length + 3) & ~3
    return found


def _errno(part: bytes) -> int:
    return -_ERRNO.unpack_from(part)[0] if len(part) >= _ERRNO.size else 0
