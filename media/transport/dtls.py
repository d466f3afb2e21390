"""DTLS and SRTP: the only file that touches what is private to aiortc and pylibsrtp.

    DtlsCertificate()                  once per process: key, certificate, TLS context
    DtlsSession(...)                   one peer. Give it the DTLS datagrams (`feed`), it gives
                                       its own to `send`; `await handshake()`; then `srtp`
    SrtpContext                        encrypts and decrypts in place, in a PacketBuffer

The transport below (ICE, sockets) belongs to the caller: a session neither knows
addresses nor reads sockets, so the relay's shared port, a point's uplinks and a test
use it alike. SRTP never passes through aiortc (media/transport/demultiplexing.py).
"""

import asyncio
import socket
from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeAlias

import pylibsrtp
from aiortc import rtcdtlstransport as aiortc_dtls
from OpenSSL import SSL
from pylibsrtp._binding import ffi, lib

from media.errors import HandshakeFailed, MalformedPacket, PacketNotProtected
from media.wire.rtp import MAX_RTP_SIZE
from media.wire.sdp import Fingerprint
from runtime import x509_door

DTLS_MTU = 1180  # below 1,200 with room for tunnels: PPPoE, VPN and 4G cut larger flights
TAG_SIZE = 16
_DTLS_RECORD_HEADER = 13
_MAX_QUEUED = 64
_SRTP_OK = 0

DtlsRole = Literal["client", "server"]
_Handle: TypeAlias = Any  # srtp_t*, which cffi has no type for


def _profiles() -> list[Any]:
    preferred = aiortc_dtls.SRTP_AEAD_AES_128_GCM
    known = aiortc_dtls.SRTP_PROFILES
    return [p for p in known if p is preferred] + [p for p in known if p is not preferred]


class _Certificate(aiortc_dtls.RTCCertificate):
    """aiortc's certificate with one TLS context for all sessions."""

    _context: SSL.Context | None = None

    def _create_ssl_context(self, srtp_profiles: list[Any]) -> SSL.Context:
        if self._context is None:
            self._context = super()._create_ssl_context(srtp_profiles)
            # Without it OpenSSL asks the BIO for the MTU, which a memory BIO cannot know.
            self._context.set_options(SSL.OP_NO_QUERY_MTU)
        return self._context


class DtlsCertificate:
    """This process' own certificate; made once, used by all its sessions."""

    def __init__(self) -> None:
        self._inner = _Certificate.generateCertificate()

    @property
    def fingerprint(self) -> Fingerprint:
        """The SHA-256 fingerprint for a session description."""
        for found in self._inner.getFingerprints():
            if found.algorithm == "sha-256":
                return Fingerprint(found.algorithm, found.value)
        raise HandshakeFailed("aiortc offers no SHA-256 fingerprint")


def _nowhere(_datagram: bytes) -> None:
    return


class _Ice:
    """What aiortc's DTLS asks of an ICE transport."""

    role = "controlled"
    state = "completed"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send_datagram = send
        self.received: asyncio.Queue[bytes | None] = asyncio.Queue(_MAX_QUEUED)

    async def _recv(self) -> bytes:
        data = await self.received.get()
        if data is None:
            raise ConnectionError
        return data

    async def _send(self, data: bytes) -> None:
        self._send_datagram(data)

    async def stop(self) -> None:
        self.received.put_nowait(None)

    def detach(self) -> None:
        """Hold whoever sends no more: what comes yet goes nowhere."""
        self._send_datagram = _nowhere


class _Transport(aiortc_dtls.RTCDtlsTransport):
    """aiortc's DTLS with flights in datagrams that every path carries."""

    def __init__(self, ice: _Ice, certificate: _Certificate, role: DtlsRole) -> None:
        super().__init__(ice, [certificate])  # type: ignore[arg-type]  # all that it asks of it
        self._ice = ice
        self._srtp_profiles = _profiles()
        self._set_role(role)

    async def _do_handshake(self) -> None:
        if self._ssl is not None:
            self._ssl.set_ciphertext_mtu(DTLS_MTU)
        await super()._do_handshake()

    async def _write_ssl(self) -> None:
        pending = bytearray()
        while self._ssl is not None:
            try:
                pending += self._ssl.bio_read(65536)
            except SSL.Error:
                break
        for datagram in _datagrams(bytes(pending)):
            await self._ice._send(datagram)

    def srtp_context(self) -> "SrtpContext":
        profile = self._ssl.get_selected_srtp_profile() if self._ssl is not None else b""
        is_gcm = b"GCM" in profile
        return SrtpContext(self._rx_srtp._srtp, self._tx_srtp._srtp, is_gcm=is_gcm)


def _datagrams(records: bytes) -> list[bytes]:
    """Return DTLS records packed into datagrams of at most DTLS_MTU bytes."""
    datagrams: list[bytes] = []
    at = 0
    while at < len(records):
        end = at + _DTLS_RECORD_HEADER + int.from_bytes(records[at + 11 : at + 13])
        record = records[at:end]
        if datagrams and len(datagrams[-1]) + len(record) <= DTLS_MTU:
            datagrams[-1] += record
        else:
            datagrams.append(record)
        at = end
    return datagrams


class PacketBuffer:
    """Memory that libsrtp works on in place. `view` is it as Python sees it."""

    def __init__(self, size: int = 2048) -> None:
        self.memory = ffi.new("unsigned char[]", size)
        self.view = memoryview(ffi.buffer(self.memory)).cast("B")
        self.size = size

    @property
    def address(self) -> int:
        """Where it lies, as long as this object lives."""
        return int(ffi.cast("uintptr_t", self.memory))


def protect_address() -> int:
    """Return where libsrtp's srtp_protect lies, for C that calls it with a context."""
    return int(ffi.cast("uintptr_t", ffi.addressof(lib, "srtp_protect")))


def unprotect_rtcp_address() -> int:
    """Return where libsrtp's srtp_unprotect_rtcp lies, for C that calls it with a context."""
    return int(ffi.cast("uintptr_t", ffi.addressof(lib, "srtp_unprotect_rtcp")))


class SrtpContext:
    """The keys of one peer, both ways. Not for several threads at once."""

    def __init__(self, receive: _Handle, transmit: _Handle, *, is_gcm: bool) -> None:
        # Where the index of an SRTCP packet begins, from its end (RFC 3711 3.4, RFC 7714 9.2).
        self.index_from_end = 4 if is_gcm else 14
        # The holders are kept: libsrtp's memory is freed with them.
        self._receive_holder, self._transmit_holder = receive, transmit
        self._receive, self._transmit = receive[0], transmit[0]
        self._length = ffi.new("int *")

    @property
    def transmit_address(self) -> int:
        """Where libsrtp's context for what is sent lies, as long as this object lives."""
        return int(ffi.cast("uintptr_t", self._transmit))

    @property
    def receive_address(self) -> int:
        """Where libsrtp's context for what is received lies, as long as this object lives."""
        return int(ffi.cast("uintptr_t", self._receive))

    def unprotect(self, buffer: PacketBuffer, size: int) -> int:
        """Decrypt an SRTP packet in place; return its size.

        Raises:
            MalformedPacket: it is not the peer's, or was received before.
        """
        self._length[0] = size
        status = lib.srtp_unprotect(self._receive, buffer.memory, self._length)
        if status != _SRTP_OK:
            raise MalformedPacket("SRTP", pylibsrtp.ERRORS[status])
        return int(self._length[0])

    def forget(self, ssrc: int) -> None:
        """Forget a stream of the peer's: one that is never sent again under this key."""
        lib.srtp_remove_stream(self._receive, socket.htonl(ssrc))

    def rtcp_index(self, buffer: PacketBuffer, size: int) -> int:
        """Return the index of an SRTCP packet that is still encrypted."""
        start = max(0, size - self.index_from_end)
        return int.from_bytes(buffer.view[start : start + 4]) & 0x7FFFFFFF

    def unprotect_rtcp(self, buffer: PacketBuffer, size: int) -> int:
        """Decrypt an SRTCP packet in place; return its size.

        Raises:
            MalformedPacket: it is not the peer's, or was received before.
        """
        self._length[0] = size
        status = lib.srtp_unprotect_rtcp(self._receive, buffer.memory, self._length)
        if status != _SRTP_OK:
            raise MalformedPacket("SRTCP", pylibsrtp.ERRORS[status])
        return int(self._length[0])

    def protect_at(self, buffer: PacketBuffer, start: int, size: int) -> int:
        """Encrypt the RTP packet at `start` in place; return its new size.

        The buffer needs 16 bytes more after it, and `size` is at most MAX_RTP_SIZE.

        Raises:
            PacketNotProtected: libsrtp would not, e.g. as the packet is too old.
        """
        self._length[0] = size
        status = lib.srtp_protect(self._transmit, buffer.memory + start, self._length)
        if status != _SRTP_OK:
            raise PacketNotProtected(status)
        return int(self._length[0])

    def protect(self, packet: bytes) -> bytes:
        """Return one RTP packet encrypted; for callers that count no microseconds.

        Raises:
            PacketNotProtected: it is longer than MAX_RTP_SIZE or libsrtp would not.
        """
        if len(packet) > MAX_RTP_SIZE:
            raise PacketNotProtected(-1)
        scratch = ffi.new("unsigned char[]", len(packet) + 148)
        ffi.memmove(scratch, packet, len(packet))
        self._length[0] = len(packet)
        status = lib.srtp_protect(self._transmit, scratch, self._length)
        if status != _SRTP_OK:
            raise PacketNotProtected(status)
        return bytes(ffi.buffer(scratch, self._length[0]))

    def protect_rtcp(self, packet: bytes) -> bytes:
        """Return a compound RTCP packet encrypted.

        Raises:
            PacketNotProtected: libsrtp would not.
        """
        scratch = ffi.new("unsigned char[]", len(packet) + 148)
        ffi.memmove(scratch, packet, len(packet))
        self._length[0] = len(packet)
        status = lib.srtp_protect_rtcp(self._transmit, scratch, self._length)
        if status != _SRTP_OK:
            raise PacketNotProtected(status)
        return bytes(ffi.buffer(scratch, self._length[0]))


class DtlsSession:
    """DTLS with one peer.

    Args:
        fingerprints: of the peer's certificate, from its session description.
        role: "client" begins the handshake.
        send: gives a datagram to the transport; called from this session's methods only.
    """

    def __init__(
        self,
        *,
        certificate: DtlsCertificate,
        fingerprints: Sequence[Fingerprint],
        role: DtlsRole,
        send: Callable[[bytes], None],
    ) -> None:
        self._ice = _Ice(send)
        self._transport = _Transport(self._ice, certificate._inner, role)
        self._remote = aiortc_dtls.RTCDtlsParameters(
            fingerprints=[
                aiortc_dtls.RTCDtlsFingerprint(algorithm=f.algorithm, value=f.value)
                for f in fingerprints
            ]
        )
        self.srtp: SrtpContext | None = None

    @property
    def is_closed(self) -> bool:
        """Whether the peer has said goodbye, or the session was closed here."""
        return self._transport.state in ("closed", "failed")

    def feed(self, datagram: bytes) -> None:
        """Take a DTLS datagram from the peer; beyond 64 unread ones it is dropped."""
        if not self._ice.received.full():
            self._ice.received.put_nowait(datagram)

    async def handshake(self, *, timeout_s: float = 15.0) -> SrtpContext:
        """Run the handshake; afterwards the session serves itself until it is closed.

        Raises:
            HandshakeFailed: the peer did not answer in time, or is not who it said.
        """
        try:
            async with asyncio.timeout(timeout_s):
                await self._transport.start(self._remote)
        except TimeoutError as exc:
            raise HandshakeFailed(f"no end after {timeout_s:g} s") from exc
        except BaseException as exc:
            # OpenSSL, aiortc and cryptography share no base of what they dislike a peer for.
            if not isinstance(exc, Exception) and not x509_door.is_panic(exc):
                raise
            raise HandshakeFailed(f"the peer cannot be read: {type(exc).__name__}: {exc}") from exc
        if self._transport.state != "connected":
            raise HandshakeFailed("the peer's keys do not match its fingerprint or profile")
        self.srtp = self._transport.srtp_context()
        return self.srtp

    def on_closed(self, callback: Callable[[], None]) -> None:
        """Have the callback called once the peer says goodbye."""

        def changed() -> None:
            if self._transport.state == "closed":
                callback()

        self._transport.on("statechange", changed)

    async def close(self) -> None:
        """Say goodbye to the peer, or give up a handshake that is going on."""
        if self.srtp is None and not self._ice.received.full():
            self._ice.received.put_nowait(None)
        await self._transport.stop()
        self._transport.remove_all_listeners()
        self._ice.detach()
