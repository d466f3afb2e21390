"""One request to the provider: within a time, of a bounded size, following nobody on.

h11 speaks HTTP and asyncio moves the bytes, so that the limit of time is of the whole answer,
however slowly it drips.
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import h11

from controller.people.oidc.refused import ProviderRefusal, ProviderRefused

MAX_BODY_BYTES = 256 * 1024
_READ_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class ProviderReply:
    """What was answered."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class ProviderHttp:
    """Requests to a provider. `ca_file`: its authority; None: those of the machine."""

    ca_file: Path | None
    timeout_s: float

    async def ask(
        self, url: str, form: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> ProviderReply:
        """Return the answer to a GET, or to a POST of a form.

        Raises:
            ProviderRefused: there was no answer in time, it was too large, or no HTTPS of
                whom we trust.
        """
        try:
            async with asyncio.timeout(self.timeout_s):
                return await self._ask(url, form, headers or {})
        except TimeoutError as exc:
            raise _down(url, f"no answer within {self.timeout_s:g} s") from exc
        except (OSError, EOFError, ValueError, h11.ProtocolError) as exc:
            # ssl.SSLError is an OSError; a host name that is none is a ValueError.
            raise _down(url, str(exc)[:200] or type(exc).__name__) from exc

    async def _ask(self, url: str, form: bytes | None, headers: Mapping[str, str]) -> ProviderReply:
        address = urlsplit(url)
        if address.scheme != "https" or not address.hostname:
            raise ValueError("not an https:// address")
        context = ssl.create_default_context(cafile=self.ca_file)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        reader, writer = await asyncio.open_connection(
            address.hostname, address.port or 443, ssl=context, limit=_READ_BYTES
        )
        try:
            http = h11.Connection(h11.CLIENT)
            own = {"host": address.netloc, "connection": "close", "accept": "application/json"}
            if form is not None:
                own["content-type"] = "application/x-www-form-urlencoded"
                own["content-length"] = str(len(form))
            request = h11.Request(
                method="GET" if form is None else "POST",
                target=(address.path or "/") + (f"?{address.query}" if address.query else ""),
                headers=list((own | dict(headers)).items()),
            )
            data = http.send(request) or b""
            if form is not None:
                data += http.send(h11.Data(data=form)) or b""
            writer.write(data + (http.send(h11.EndOfMessage()) or b""))
            await writer.drain()
            return await _answer(http, reader)
        finally:
            writer.transport.abort()


async def _answer(http: h11.Connection, reader: asyncio.StreamReader) -> ProviderReply:
    status, body = 0, bytearray()
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(await reader.read(_READ_BYTES))
        elif isinstance(event, h11.Response):
            status = event.status_code
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > MAX_BODY_BYTES:
                raise ValueError(f"the answer is longer than {MAX_BODY_BYTES} bytes")
        elif isinstance(event, h11.EndOfMessage):
            return ProviderReply(status, bytes(body))
        elif not isinstance(event, h11.InformationalResponse):
            raise EOFError("the connection was closed")


def _down(url: str, why: str) -> ProviderRefused:
    return ProviderRefused(ProviderRefusal.DOWN, f"{url.partition('?')[0][:200]}: {why}")
