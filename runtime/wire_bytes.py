"""Who is at the other end of a TCP connection, and what it has cost its line by the kernel."""

import socket
import struct

# linux/tcp.h, struct tcp_info: bytes and segments, and what was sent with what was sent again.
_RECEIVED = struct.Struct("=QII")
_RECEIVED_AT = 128
_SENT = struct.Struct("=Q")
_SENT_AT = 200
_INFO_BYTES = 256
_TCP_BYTES = 32
"""Of a segment: the header with its timestamps."""
_IP_BYTES = {socket.AF_INET: 20, socket.AF_INET6: 40}


def peer_of(connection: object) -> str:
    """Return the address at the other end; empty: nobody is there any more."""
    try:
        return connection.getpeername()[0] if isinstance(connection, socket.socket) else ""
    except OSError:
        return ""


def wire_bytes(connection: object) -> int:
    """Return how many bytes went over the line so far; 0: it is closed, or the kernel is too old.

    What a lower layer adds is left out.
    """
    if not isinstance(connection, socket.socket):
        return 0
    try:
        info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_BYTES)
    except (OSError, ValueError):
        return 0
    if len(info) < _SENT_AT + _SENT.size:
        return 0
    received, segments_out, segments_in = _RECEIVED.unpack_from(info, _RECEIVED_AT)
    (sent,) = _SENT.unpack_from(info, _SENT_AT)
    headers = _TCP_BYTES + _IP_BYTES.get(connection.family, 20)
    return int(received + sent + (segments_out + segments_in) * headers)
