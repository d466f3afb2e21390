"""An address as the kernel takes and tells it: sockaddr_in, or sockaddr_in6."""

import socket
import struct

from media.transport.address import Address

_v4 = struct.Struct("!2xH4s")
_v6 = struct.Struct("!2xHI16s")
_short = struct.Struct("=H")
_scope = struct.Struct("=I")


def sockaddr(address: Address) -> bytes:
    """Return an address for the kernel."""
    host, _, _ = address[0].partition("%")
    port = struct.pack("!H", address[1])
    if ":" not in host:
        family = _short.pack(socket.AF_INET)
        return family + port + socket.inet_pton(socket.AF_INET, host) + bytes(8)
    flow, scope = address[2:] if len(address) == 4 else (0, 0)
    family = _short.pack(socket.AF_INET6)
    name = struct.pack("!I", flow) + socket.inet_pton(socket.AF_INET6, host)
    return family + port + name + _scope.pack(scope)


def told(name: bytes) -> Address:
    """Return an address of the kernel's as Python's sockets name it."""
    if _short.unpack_from(name) == (socket.AF_INET,):
        port, host = _v4.unpack_from(name)
        return socket.inet_ntop(socket.AF_INET, host), port
    port, flow, host = _v6.unpack_from(name)
    (scope,) = _scope.unpack_from(name, _v6.size)
    return socket.inet_ntop(socket.AF_INET6, host), port, flow, scope
