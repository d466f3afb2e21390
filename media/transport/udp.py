"""One UDP socket read to exhaustion at each wake-up, and trains of packets in one call.

asyncio's DatagramProtocol takes one packet per turn of the loop; reading with
recvfrom_into until EAGAIN takes about seven times as many packets a second.
"""

import asyncio
import errno
import ipaddress
import socket
from collections.abc import Callable
from functools import partial

import structlog

from media.transport.address import Address
from media.transport.answer_source import ANCILLARY_BYTES, LOOK_EVERY_S, Ancillary, AnswerSources
from media.transport.hearing import Hearing
from media.transport.ways import Ways
from runtime import listening
from runtime.guard import FAILURES

# A datagram lies in `buffer[:size]` and only until the call returns.
DatagramHandler = Callable[[memoryview, int, Address], None]

UDP_SEGMENT = 103  # linux/udp.h
SOL_UDP = 17
MAX_DATAGRAM = 2048
MAX_READS_PER_WAKEUP = 512
MAX_TRAIN_SEGMENTS = 60  # the kernel takes 64
MAX_TRAIN_BYTES = 60_000

_NO_SEGMENTATION = {errno.EIO, errno.ENOPROTOOPT, errno.EOPNOTSUPP}
# Of one destination: its path takes no packets of this size in one piece (udp_send_skb).
_NOT_THIS_WAY = {errno.EINVAL, errno.EMSGSIZE}
_MAX_NARROW = 256
_log = structlog.get_logger()


class UdpEndpoint:
    """A bound socket. `on_drained` is called after the datagrams of one wake-up."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        buffer_bytes: int = 8 * 1024 * 1024,
        is_v6_only: bool = False,
        receive_buffer: memoryview | None = None,
        interface: str = "",
    ) -> None:
        """Bind; to an interface, and no other is sent by or listened to.

        Raises:
            PortInUse: somebody else has the port.
        """
        self._buffer = receive_buffer or memoryview(bytearray(MAX_DATAGRAM))
        self._socket = _bound(host, port, buffer_bytes, is_v6_only=is_v6_only, interface=interface)
        self.ways = Ways()
        self._sources = AnswerSources(self._socket)
        self._sent_from = self._sources.of  # one look-up on the way of every packet
        self._ancillary: Ancillary = ()
        self._look: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._on_datagram: DatagramHandler | None = None
        self._on_drained: Callable[[], None] | None = None
        self.hearing: Hearing | None = None  # reads in the socket's place, into the same buffer
        self.has_segmentation = _can_segment(self._socket)
        self._narrow: dict[Address, None] = {}  # where trains are sent apart, oldest first
        self.dropped_total = 0
        self.sent_total = 0
        self.sent_bytes_total = 0
        self.calls_total = 0

    @property
    def port(self) -> int:
        """The port that was bound."""
        return int(self._socket.getsockname()[1])

    @property
    def send_buffer_bytes(self) -> int:
        """What the kernel granted; capped by net.core.wmem_max."""
        return self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) // 2

    def start(self, on_datagram: DatagramHandler, on_drained: Callable[[], None]) -> None:
        """Begin to read on the running loop."""
        self._on_datagram = on_datagram
        self._on_drained = on_drained
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket.fileno(), self._readable)
        self._look_again()

    def close(self) -> None:
        """Stop reading and close."""
        if self._look is not None:
            self._look.cancel()
        if self._loop is not None:
            self._loop.remove_reader(self._socket.fileno())
            self._loop = None
        self._socket.close()

    @property
    def fileno(self) -> int:
        """The socket's descriptor, for who sends by itself and then says so (`sent_by`)."""
        return self._socket.fileno()

    def source_of(self, address: Address) -> Ancillary:
        """Return what makes the kernel send to an address from where it asked."""
        return self._sent_from.get(address, ()) if self._sent_from else ()

    def is_narrow(self, address: Address) -> bool:
        """Return whether no trains go there."""
        return not self.has_segmentation or address in self._narrow

    def sent_by(self, *, calls: int, packets: int, octets: int, dropped: int) -> None:
        """Count what was sent through the descriptor."""
        self.calls_total += calls
        self.sent_total += packets
        self.sent_bytes_total += octets
        self.dropped_total += dropped

    def answer_from_here(self, peer: Address) -> None:
        """Send to a peer from the address that the datagram in hand was sent to."""
        if self._ancillary and self._sources.note(peer, self._ancillary):
            self.ways.changed()

    def forget(self, peer: Address) -> None:
        """Let the kernel choose again from where a peer is sent to."""
        self._sources.forget(peer)
        self.ways.changed()

    def _look_again(self) -> None:
        self._sources.look()
        if self._loop is not None:
            self._look = self._loop.call_later(LOOK_EVERY_S, self._look_again)

    def _receive_asked(self, buffer: memoryview) -> tuple[int, Address]:
        """Receive as recvfrom_into does, and keep to which of our addresses it came."""
        size, self._ancillary, _, address = self._socket.recvmsg_into((buffer,), ANCILLARY_BYTES)
        return size, address

    def _receiver(self) -> Callable[[memoryview], tuple[int, Address]]:
        """Return what receives as recvfrom_into does."""
        hearing, is_asked = self.hearing, self._sources.is_needed
        if hearing is None:
            return self._receive_asked if is_asked else self._socket.recvfrom_into
        hearing.begin(MAX_READS_PER_WAKEUP)
        return partial(self._receive_heard, hearing) if is_asked else hearing.receive

    def _receive_heard(self, hearing: Hearing, buffer: memoryview) -> tuple[int, Address]:
        found = hearing.receive(buffer)
        self._ancillary = hearing.ancillary
        return found

    def _readable(self) -> None:
        handle, buffer = self._on_datagram, self._buffer
        if handle is None or self._on_drained is None:
            return
        receive = self._receiver()
        try:
            for _ in range(MAX_READS_PER_WAKEUP):
                size, address = receive(buffer)
                try:  # costs nothing where nothing is raised; a guard's block would
                    handle(buffer, size, address)
                except Exception as exc:  # noqa: BLE001 - one datagram's failure is its own
                    FAILURES.note("datagram", exc, sender=str(address))
        except BlockingIOError:
            pass  # drained
        except OSError as exc:
            # An ICMP error of an earlier send surfaces here; the socket itself is well.
            _log.debug("udp_receive_failed", error=str(exc))
        try:
            self._on_drained()
        except Exception as exc:  # noqa: BLE001 - the next wake-up is another's
            FAILURES.note("datagrams", exc)

    def send(self, data: bytes | bytearray | memoryview, address: Address) -> None:
        """Send one datagram; what the kernel refuses is dropped and counted."""
        try:
            if self._sent_from and (source := self._sent_from.get(address)):
                self._socket.sendmsg((data,), source, 0, address)
            else:
                self._socket.sendto(data, address)
        except OSError:
            self.dropped_total += 1
            return
        self.calls_total += 1
        self.sent_total += 1
        self.sent_bytes_total += len(data)

    def send_train(self, data: memoryview, segment_size: int, address: Address) -> None:
        """Send datagrams of equal size (the last may be shorter) that lie one after another."""
        size = len(data)
        if size <= segment_size:
            self.send(data, address)
            return
        if not self.has_segmentation or address in self._narrow:
            self._send_apart(data, segment_size, address)
            return
        count = -(-size // segment_size)
        control = [(SOL_UDP, UDP_SEGMENT, segment_size.to_bytes(2, "little"))]
        if self._sent_from and (source := self._sent_from.get(address)):
            control += source
        try:
            self._socket.sendmsg((data,), control, 0, address)
        except OSError as exc:
            if not self.refused_train(exc, address):
                self.dropped_total += count
                return
            self._send_apart(data, segment_size, address)
            return
        self.calls_total += 1
        self.sent_total += count
        self.sent_bytes_total += size

    def refused_train(self, refusal: OSError, address: Address) -> bool:
        """Remember a train that was refused; return whether its packets may go apart."""
        if refusal.errno in _NO_SEGMENTATION:
            if self.has_segmentation:
                _log.warning("udp_segmentation_unavailable", error=str(refusal))
            self.has_segmentation = False
            self.ways.changed()
            return True
        if refusal.errno not in _NOT_THIS_WAY:
            return False
        _log.info("udp_segmentation_refused", to=str(address), error=str(refusal))
        if len(self._narrow) >= _MAX_NARROW:
            del self._narrow[next(iter(self._narrow))]
        self._narrow[address] = None
        self.ways.changed()
        return True

    def _send_apart(self, data: memoryview, segment_size: int, address: Address) -> None:
        for start in range(0, len(data), segment_size):
            self.send(data[start : start + segment_size], address)


def _bound(
    host: str, port: int, buffer_bytes: int, *, is_v6_only: bool, interface: str
) -> socket.socket:
    is_v6 = ipaddress.ip_address(host).version == 6
    bound = socket.socket(socket.AF_INET6 if is_v6 else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        bound.setblocking(False)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer_bytes)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
        if is_v6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, is_v6_only)
        if interface:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
    except OSError:
        bound.close()
        raise
    listening.bind(bound, host, port)
    return bound


def _can_segment(bound: socket.socket) -> bool:
    try:
        bound.getsockopt(SOL_UDP, UDP_SEGMENT)
    except OSError:
        return False
    return True
