"""WHIP and WHEP from the client's side, over HTTPS that trusts one authority only.

One connection carries a nonce and the request that uses it. h11 speaks HTTP, asyncio
moves the bytes: a general HTTP client would cost a point ten times the memory.
"""

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import h11
import structlog
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from contracts.point_proof import PointProof, header, signed_bytes
from contracts.tokens import from_b64url
from media.errors import RelayRefused, RelayUnreachable
from media.transport.tunnel import Tunnel
from media.wire import sdp_fragment
from runtime import tls, x509_door
from runtime.connecting import Address, Resolve, connect_first, resolve
from runtime.errors import UnreadableX509

_log = structlog.get_logger()

MAX_BODY_BYTES = 256 * 1024
JSON_TYPE = "application/json"
NAME_ASKED_EACH = 8
_READ_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class WhipReply:
    """An answer with its headers in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Session:
    """A session the relay has opened for us."""

    url_path: str
    etag: str
    answer: str


class PointIdentity:
    """The point's certificate and key; signs requests with them."""

    def __init__(self, certificate_file: Path, key_file: Path) -> None:
        """Read both.

        Raises:
            OSError: a file cannot be read.
            UnreadableX509, ValueError: a file holds something else.
        """
        self._files = certificate_file, key_file
        self._read_at_ns = certificate_file.stat().st_mtime_ns
        self._der, self._key = _read_pair(certificate_file, key_file)

    def authorization(self, *, nonce: bytes, method: str, path: str, body: bytes) -> str:
        """Return the header that proves the request is ours."""
        self._take_renewed()
        message = signed_bytes(nonce=nonce, method=method, path=path, body=body)
        signature = self._key.sign(message, ec.ECDSA(SHA256()))
        return header(PointProof(self._der, nonce, signature))

    def _take_renewed(self) -> None:
        """Read both again where the agent beside us has renewed them since."""
        try:
            written_at_ns = self._files[0].stat().st_mtime_ns
            if written_at_ns == self._read_at_ns:
                return
            self._der, self._key = _read_pair(*self._files)
            self._read_at_ns = written_at_ns
        except (OSError, ValueError, UnreadableX509) as exc:
            _log.warning("renewed_certificate_unreadable", error=str(exc))


def _read_pair(certificate_file: Path, key_file: Path) -> tuple[bytes, ec.EllipticCurvePrivateKey]:
    certificate = x509_door.certificate_from_pem(certificate_file.read_bytes())
    key = load_pem_private_key(key_file.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{key_file} holds no elliptic-curve key")
    if x509_door.public_key(certificate) != key.public_key():
        raise ValueError(f"{certificate_file} is not over the key in {key_file}")
    return certificate.public_bytes(Encoding.DER), key


class WhipClient:
    """Requests to one relay. Safe to use by several tasks: each request has its connection.

    Args:
        url: the relay's, https only.
        now: the corrected time, by which certificates are judged.
    """

    def __init__(
        self,
        url: str,
        *,
        ca_file: Path,
        identity: PointIdentity,
        now: Callable[[], datetime],
        timeout_s: float = 3.0,
    ) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._port = parts.port or 443
        self._identity = identity
        self._now = now
        self._timeout_s = timeout_s
        # A point's own clock may be years off; `_check_dates` judges by the corrected one.
        self._context = tls.client_context(ca_file, is_time_checked=False)
        self._stood_for: Sequence[tuple[int, Address]] = ()
        self._asked = 0

    async def open(self, path: str, offer: str) -> Session:
        """POST an offer, e.g. to /whip/MEETING.

        Raises:
            RelayRefused: the relay answered something else than 201.
            RelayUnreachable: there was no answer in time.
        """
        reply = await self._proved("POST", path, offer.encode(), "application/sdp")
        if reply.status != 201:
            raise _refusal(reply)
        location = urlsplit(reply.headers.get("location", "")).path
        return Session(
            location, reply.headers.get("etag", ""), reply.body.decode("utf-8", "replace")
        )

    async def ask(self, path: str, body: bytes, content_type: str) -> bytes:
        """POST what is no offer; return what was made by it.

        Raises:
            RelayRefused: the relay answered something else than 201.
            RelayUnreachable: there was no answer in time.
        """
        reply = await self._proved("POST", path, body, content_type)
        if reply.status != 201:
            raise _refusal(reply)
        return reply.body

    async def restart(self, session: Session, fragment: str) -> str:
        """PATCH an ICE restart; return the relay's fragment.

        Raises:
            RelayRefused: the relay does not know the session any more, or will not.
            RelayUnreachable: there was no answer in time.
        """
        headers = {"if-match": "*", "content-type": sdp_fragment.CONTENT_TYPE}
        reply = await self._known("PATCH", session, fragment.encode(), headers)
        if reply.status != 200:
            raise _refusal(reply)
        return reply.body.decode("utf-8", "replace")

    async def close(self, session: Session) -> None:
        """DELETE the session; an answer that it is gone already is as good.

        Raises:
            RelayRefused: the relay will not.
            RelayUnreachable: there was no answer in time.
        """
        reply = await self._known("DELETE", session, b"", {})
        if reply.status not in (200, 204, 404, 410):
            raise _refusal(reply)

    async def tell(self, session: Session, leaf: str, body: bytes) -> None:
        """PUT what a session is about, as JSON, e.g. `hand`.

        Raises:
            RelayRefused: the relay will not, or is older than that.
            RelayUnreachable: there was no answer in time.
        """
        path = f"{session.url_path}/{leaf}"
        async with self._connection() as connection:
            reply = await connection.request("PUT", path, body, {"content-type": JSON_TYPE})
        if reply.status not in (200, 204):
            raise _refusal(reply)

    async def tunnel(self, session: Session) -> Tunnel:
        """Open a way for a session's media over TLS.

        Raises:
            RelayUnreachable: there was none in time, or the relay has none.
        """
        return Tunnel(*await self.stream(f"{session.url_path}/media"))

    async def stream(self, path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Have a connection that is no HTTP any more; it is the caller's to end.

        Raises:
            RelayUnreachable: there was none in time, or the relay has none.
        """
        try:
            async with asyncio.timeout(self._timeout_s):
                connection = self._new_connection()
                await connection.__aenter__()
                try:
                    return await connection.switched(path)
                except BaseException:
                    await connection.__aexit__(None, None, None)
                    raise
        except (OSError, TimeoutError, EOFError, ValueError) as exc:
            raise RelayUnreachable(self._host, self._port, str(exc) or type(exc).__name__) from exc

    async def _proved(self, method: str, path: str, body: bytes, content_type: str) -> WhipReply:
        """Send a request with the point's proof, over a nonce fetched just before."""
        async with self._connection() as connection:
            nonce = _nonce_of(await connection.request("POST", "/nonce", b"", {}))
            proof = self._identity.authorization(nonce=nonce, method=method, path=path, body=body)
            headers = {"content-type": content_type, "authorization": proof}
            return await connection.request(method, path, body, headers)

    async def _known(
        self, method: str, session: Session, body: bytes, headers: dict[str, str]
    ) -> WhipReply:
        """Send a request about a session: its address is the right to it."""
        async with self._connection() as connection:
            return await connection.request(method, session.url_path, body, headers)

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator["_RelayConnection"]:
        made = self._new_connection()
        try:
            async with asyncio.timeout(self._timeout_s), made as connection:
                yield connection
        except (OSError, TimeoutError, h11.RemoteProtocolError, ValueError) as exc:
            # ssl.SSLError is an OSError; json's and base64's errors are ValueErrors.
            has_waited = isinstance(exc, TimeoutError)
            is_away = not (made.is_reached or isinstance(exc, ConnectionRefusedError))
            raise RelayUnreachable(
                self._host,
                self._port,
                str(exc) or type(exc).__name__,
                is_silent=is_away and has_waited,
                has_no_way=is_away and not has_waited,
            ) from exc

    def _new_connection(self) -> "_RelayConnection":
        return _RelayConnection(
            self._host,
            self._port,
            self._context,
            self._now,
            timeout_s=self._timeout_s,
            resolve=self._addresses,
        )

    def _addresses(self, host: str, port: int) -> Sequence[tuple[int, Address]]:
        """Return what the name stood for before: while a line is away, asking again takes long."""
        self._asked += 1
        if not self._stood_for or self._asked % NAME_ASKED_EACH == 0:
            self._stood_for = resolve(host, port)
        return self._stood_for


class _RelayConnection:
    def __init__(
        self,
        host: str,
        port: int,
        context: ssl.SSLContext,
        now: Callable[[], datetime],
        *,
        timeout_s: float,
        resolve: Resolve,
    ) -> None:
        self.is_reached = False
        self._host, self._port, self._context, self._now = host, port, context, now
        self._timeout_s, self._resolve = timeout_s, resolve
        self._http = h11.Connection(h11.CLIENT)

    async def __aenter__(self) -> Self:
        channel = await asyncio.to_thread(
            connect_first,
            self._host,
            self._port,
            timeout_s=self._timeout_s,
            resolve=self._resolve,
        )
        self.is_reached = True
        self._reader, self._writer = await asyncio.open_connection(
            sock=channel, ssl=self._context, server_hostname=self._host
        )
        try:
            _check_dates(self._writer, self._now())
        except BaseException:
            self._writer.transport.abort()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.transport.abort()

    async def request(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> WhipReply:
        """Send one request and read its whole answer."""
        if self._http.our_state is h11.DONE:
            self._http.start_next_cycle()
        host = f"[{self._host}]" if ":" in self._host else self._host
        fields = {"host": f"{host}:{self._port}", "content-length": str(len(body))}
        start = h11.Request(method=method, target=path, headers=list((fields | headers).items()))
        data = self._http.send(start) or b""
        data += self._http.send(h11.Data(data=body)) or b""
        data += self._http.send(h11.EndOfMessage()) or b""
        self._writer.write(data)
        await self._writer.drain()
        return await self._answer()

    async def switched(self, path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Ask for media in place of HTTP.

        Raises:
            EOFError, ValueError: the other side does not.
        """
        host = f"[{self._host}]" if ":" in self._host else self._host
        self._writer.write(
            f"GET {path} HTTP/1.1\r\nhost: {host}:{self._port}\r\n"
            "connection: upgrade\r\nupgrade: diemcau-media\r\n\r\n".encode()
        )
        head = await self._reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101 "):
            raise ValueError(head[:60].decode("ascii", "replace"))
        return self._reader, self._writer

    async def _answer(self) -> WhipReply:
        status, headers, body = 0, {}, b""
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                self._http.receive_data(await self._reader.read(_READ_BYTES))
            elif isinstance(event, h11.Response):
                status = event.status_code
                headers = {name.decode(): value.decode() for name, value in event.headers}
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > MAX_BODY_BYTES:
                    raise ValueError(f"the answer is longer than {MAX_BODY_BYTES} bytes")
            elif isinstance(event, h11.EndOfMessage):
                return WhipReply(status, headers, body)
            elif isinstance(event, h11.ConnectionClosed):
                raise ConnectionResetError("the relay closed the connection")


def _check_dates(writer: asyncio.StreamWriter, now: datetime) -> None:
    """Judge the certificate's dates by the corrected clock.

    Raises:
        ValueError: it is not valid at this time.
    """
    certificate = writer.get_extra_info("peercert")
    begin = ssl.cert_time_to_seconds(str(certificate["notBefore"]))
    end = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    if not begin <= now.timestamp() <= end:
        until = datetime.fromtimestamp(end, UTC)
        raise ValueError(f"the relay's certificate is not valid now (valid until {until})")


def _nonce_of(reply: WhipReply) -> bytes:
    if reply.status != 200:
        raise _refusal(reply)
    value = json.loads(reply.body)
    if not isinstance(value, dict) or not isinstance(value.get("nonce"), str):
        raise ValueError("the relay's nonce cannot be read")
    return from_b64url(value["nonce"])


def _refusal(reply: WhipReply) -> RelayRefused:
    try:
        error = json.loads(reply.body)["error"]
        words = str(error["code"]), str(error["message_en"]), str(error["message_vi"])
    except (ValueError, KeyError, TypeError):
        words = "", reply.body[:200].decode("utf-8", "replace"), ""
    return RelayRefused(reply.status, *words)
