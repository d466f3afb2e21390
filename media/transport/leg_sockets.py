"""A leg's sockets: one for each address or family it may leave by, the best first.

Where the kernel chooses the way, each other interface that leads out has a socket of its own
besides: it is proven by checks before the first is needed no more. Such interfaces come and
go; what is numbered keeps its number.
"""

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import Callable, Sequence

import structlog

from contracts.hosts import Endpoint
from media.transport.interfaces import WayOut
from media.transport.tunnel import Tunnel
from media.transport.udp import DatagramHandler, UdpEndpoint
from media.wire.sdp import Candidate, host_priority

BUFFER_BYTES = 1024 * 1024
RESOLVE_LIMIT_S = 1.0
MAX_SOCKETS = 8
_ANY_PORT = 9
_log = structlog.get_logger()


class LegSockets:
    """Bound sockets, numbered from 0. Addresses on their far side are in their one form."""

    def __init__(self, hosts: Sequence[str], *, receive_buffer: memoryview) -> None:
        """Bind; what this machine has not got (a family, an interface that is away) is left out.

        All of them read into `receive_buffer`, one datagram at a time.

        Raises:
            OSError: it has none of them.
        """
        self._endpoints: list[UdpEndpoint | Tunnel] = []
        self._hosts: list[str] = []
        self._receive_buffer = receive_buffer
        self._by_interface: dict[tuple[str, int], tuple[int, int]] = {}
        has_v4 = any(_version(host) == 4 for host in hosts)
        refusal: OSError | None = None
        for host in hosts:
            try:
                endpoint = UdpEndpoint(
                    host,
                    0,
                    buffer_bytes=BUFFER_BYTES,
                    is_v6_only=has_v4,
                    receive_buffer=receive_buffer,
                )
            except OSError as exc:
                _log.debug("leg_socket_left_out", host=host, error=str(exc))
                refusal = exc
                continue
            self._endpoints.append(endpoint)
            self._hosts.append(host)
        self._is_for_both = not has_v4
        if refusal is not None and not self._endpoints:
            raise refusal

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._endpoints)

    def reaches(self, source: int, address: Endpoint) -> bool:
        """Return whether a socket is of the address' family."""
        version = _version(self._hosts[source])
        return version == _version(address[0]) or (version == 6 and self._is_for_both)

    def follow(self, ways: Sequence[WayOut]) -> tuple[list[int], list[int]]:
        """Have a socket for each interface but the one that the kernel prefers.

        Returns:
            the numbers of those that are new, and of those that were bound anew, to an
            interface that went and came back.
        """
        new, again = [], []
        for version, any_host in ((4, "0.0.0.0"), (6, "::")):  # noqa: S104 - of an interface
            if any_host not in self._hosts:
                continue
            for way in [way for way in ways if way.version == version][1:]:
                key = (way.interface, version)
                index = _index_of(way.interface)
                number, bound_to = self._by_interface.get(key, (len(self._endpoints), 0))
                if index == bound_to or index == 0 or number >= MAX_SOCKETS:
                    continue
                endpoint = self._on_interface(way.interface, any_host)
                if endpoint is None:
                    continue
                self._by_interface[key] = (number, index)
                if number < len(self._endpoints):
                    self._endpoints[number].close()
                    self._endpoints[number] = endpoint
                    again.append(number)
                else:
                    self._endpoints.append(endpoint)
                    self._hosts.append(any_host)
                    new.append(number)
        return new, again

    def _on_interface(self, interface: str, host: str) -> UdpEndpoint | None:
        try:
            return UdpEndpoint(
                host,
                0,
                buffer_bytes=BUFFER_BYTES,
                is_v6_only=not self._is_for_both,
                receive_buffer=self._receive_buffer,
                interface=interface,
            )
        except OSError as exc:
            _log.debug("leg_socket_left_out", host=host, interface=interface, error=str(exc))
            return None

    def way(self, source: int, address: Endpoint) -> str:
        """Return the address of ours that a socket sends from now; empty: it has none."""
        if (
            source >= len(self._endpoints)
            or not ipaddress.ip_address(self._hosts[source]).is_unspecified
        ):
            return ""
        with contextlib.suppress(OSError):
            family = socket.AF_INET6 if _version(address[0]) == 6 else socket.AF_INET
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                for (interface, _), (number, _) in self._by_interface.items():
                    if number == source:
                        name = interface.encode()
                        probe.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, name)
                probe.connect(address)
                return str(probe.getsockname()[0])
        return ""

    def add(self, tunnel: Tunnel, number: int | None) -> int:
        """Take a way over TLS in, in the place of an older one; return its number.

        Raises:
            OSError: there are too many ways already.
        """
        if number is not None:
            self._endpoints[number].close()
            self._endpoints[number] = tunnel
            return number
        if len(self._endpoints) >= MAX_SOCKETS:
            raise OSError("there are too many ways")
        self._endpoints.append(tunnel)
        self._hosts.append("127.0.0.1")  # no address of ours is told or looked at
        return len(self._endpoints) - 1

    def begin(self, number: int, reader: DatagramHandler, on_drained: Callable[[], None]) -> None:
        """Begin to read one of them."""
        self._endpoints[number].start(reader, on_drained)

    def start(
        self, reader: Callable[[int], DatagramHandler], on_drained: Callable[[], None]
    ) -> None:
        """Begin to read all of them."""
        for index, endpoint in enumerate(self._endpoints):
            endpoint.start(reader(index), on_drained)

    def send(self, source: int, datagram: bytes, address: Endpoint) -> None:
        """Send from one of them; from one that is closed nothing is sent."""
        if source >= len(self._endpoints):
            return
        host, port = address
        if self._is_for_both and ":" not in host:
            host = f"::ffff:{host}"
        self._endpoints[source].send(datagram, (host, port))

    async def candidates(self, relay_host: str) -> tuple[Candidate, ...]:
        """Return our host candidates towards a relay; those that are not known are left out.

        To be asked before any interface is followed: the relay learns of those by checks.
        """
        found = []
        for index, (host, endpoint) in enumerate(zip(self._hosts, self._endpoints, strict=True)):
            is_wildcard = ipaddress.ip_address(host).is_unspecified
            address = await _own_address(relay_host, _version(host)) if is_wildcard else host
            if address:
                found.append(
                    Candidate(address, endpoint.port, host_priority(index), str(index + 1))
                )
        return tuple(found)

    def close(self) -> None:
        """Give the ports back; may be called again."""
        while self._endpoints:
            self._endpoints.pop().close()


def _version(host: str) -> int:
    return ipaddress.ip_address(host).version


async def _own_address(towards: str, version: int) -> str:
    """Return the address the kernel would send from, empty: none; nothing is sent for that."""
    family = socket.AF_INET6 if version == 6 else socket.AF_INET
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(RESOLVE_LIMIT_S):
            resolved = await asyncio.get_running_loop().getaddrinfo(
                towards, _ANY_PORT, family=family, type=socket.SOCK_DGRAM
            )
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect(resolved[0][4])
            return str(probe.getsockname()[0]).partition("%")[0]
    return ""


def _index_of(interface: str) -> int:
    try:
        return socket.if_nametoindex(interface)
    except OSError:
        return 0
