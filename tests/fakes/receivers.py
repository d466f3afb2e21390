"""Who is told: a mail server that may be down, a webhook that takes what comes, one that hangs."""

import asyncio
import email.policy
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


@dataclass
class Mailbox:
    """A real SMTP server, and what it was handed."""

    port: int
    letters: list[EmailMessage] = field(default_factory=list)
    refuses: str = ""
    goodbye: str = "221 Bye"
    takes_not: dict[str, str] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    is_silent: bool = False
    _server: asyncio.Server | None = None

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Take a letter, or refuse it."""
        if self.refuses:
            return self.refuses
        content = envelope.content
        assert isinstance(content, bytes)
        letter = message_from_bytes(content, policy=email.policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 taken"

    async def handle_RCPT(
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Take a recipient, or refuse this one."""
        if address in self.takes_not:
            return self.takes_not[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_QUIT(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:
        """Take leave, by the book or not."""
        return self.goodbye

    async def open(self) -> None:
        """Listen."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connected, "127.0.0.1", self.port)

    def _connected(self) -> asyncio.Protocol:
        """Speak SMTP; with a certificate STARTTLS, and nobody's password is right."""
        if self.is_silent:
            return asyncio.Protocol()
        loop = asyncio.get_running_loop()
        if self.tls is None:
            return SMTP(self, enable_SMTPUTF8=False, loop=loop)
        return SMTP(
            self,
            enable_SMTPUTF8=False,
            loop=loop,
            tls_context=self.tls,
            authenticator=lambda *_: AuthResult(success=False, handled=False),
        )

    async def close(self) -> None:
        """Be down."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    @property
    def subjects(self) -> list[str]:
        """What was handed over, in its order."""
        return [str(one["Subject"]) for one in self.letters]


@dataclass
class Hook:
    """A webhook: every request as it came. One that hangs takes and never answers."""

    port: int
    hangs: bool
    requests: list[bytes] = field(default_factory=list)


@asynccontextmanager
async def mailbox() -> AsyncIterator[Mailbox]:
    """Give a mail server that is there until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    box = Mailbox(port)
    await box.open()
    try:
        yield box
    finally:
        await box.close()


@asynccontextmanager
async def hook(*, hangs: bool = False) -> AsyncIterator[Hook]:
    """Give a webhook; one that hangs drips a byte now and then, so that no read times out."""
    found = Hook(0, hangs)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                int(one.split(b":")[1]) for one in head.lower().split(b"\r\n")
                if one.startswith(b"content-length")
            )  # fmt: skip
            found.requests.append(await reader.readexactly(length))
            if hangs:
                writer.write(b"HTTP/1.1 200 OK\r\nX-A: ")
                while True:
                    writer.write(b"a")
                    await writer.drain()
                    await asyncio.sleep(0.5)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
