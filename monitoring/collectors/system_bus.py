"""The door to jeepney: one D-Bus connection, one question at a time.

jeepney reads and writes messages; the connection is our own, so that a bus which hangs or says too
much costs no socket and no memory. Loaded only where there is somebody to ask.
"""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageFlag,
    MessageType,
    Parser,
    new_method_call,
)
from jeepney.auth import BEGIN, AuthenticationError, Authenticator
from jeepney.bus_messages import message_bus

from monitoring.errors import CollectorError

MAX_BYTES = 256 * 1024
"""All that is read of one connection; a modem with all its interfaces says about 10,000."""
_NOBODY = {
    "org.freedesktop.DBus.Error.ServiceUnknown",
    "org.freedesktop.DBus.Error.NameHasNoOwner",
    "org.freedesktop.DBus.Error.AccessDenied",
}
_UNREADABLE = (
    struct.error, ValueError, LookupError, TypeError, AttributeError, AssertionError,
    RecursionError, AuthenticationError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Called:
    """What is called: an object of a service, by one of its interfaces."""

    service: str
    path: str
    interface: str


@dataclass(frozen=True, slots=True)
class BusReply:
    """What came back; `error`: its name where it is one."""

    signature: str = ""
    body: tuple[object, ...] = ()
    error: str = ""

    @property
    def is_nobody(self) -> bool:
        """Whether nobody is there, or tells us nothing."""
        return self.error in _NOBODY


@asynccontextmanager
async def connected(bus: Path) -> AsyncIterator["BusConnection | None"]:
    """Give a connection to a bus; None: nobody listens there.

    Raises:
        CollectorError: what was said meanwhile is no D-Bus, of another form, or too much.
    """
    try:
        reader, writer = await asyncio.open_unix_connection(bus)
    except OSError:
        yield None  # the socket outlives its daemon
        return
    try:
        connection = BusConnection(reader, writer)
        await connection.begin()
        yield connection
    except (OSError, EOFError) as exc:
        raise CollectorError(f"D-Bus ended: {exc}") from exc
    except _UNREADABLE as exc:
        raise CollectorError(f"D-Bus cannot be read: {exc!r}"[:200]) from exc
    finally:
        writer.transport.abort()


class BusConnection:
    """One connection, one question at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._parser = Parser()
        self._serial = 0
        self._read_bytes = 0

    async def begin(self) -> None:
        """Say who we are, as a first message must."""
        words = Authenticator()
        for said in words:
            self._writer.write(said)
            words.feed(await self._read())
        self._writer.write(BEGIN)
        await self._ask(message_bus.Hello())

    async def call(
        self, called: Called, method: str, signature: str = "", body: tuple[object, ...] = ()
    ) -> BusReply:
        """Return what a method answers. A service that is not there is not started for it."""
        place = DBusAddress(called.path, called.service, called.interface)
        message = new_method_call(place, method, signature or None, body)
        message.header.flags |= MessageFlag.no_auto_start
        reply = await self._ask(message)
        fields = reply.header.fields
        if reply.header.message_type is not MessageType.method_return:
            return BusReply(error=str(fields.get(HeaderFields.error_name) or "error"))
        return BusReply(str(fields.get(HeaderFields.signature) or ""), tuple(reply.body))

    async def _ask(self, message: Message) -> Message:
        """Return the answer to a call, also where it is an error; signals are passed over."""
        self._serial += 1
        self._writer.write(message.serialise(self._serial))
        while True:
            found = self._parser.get_next_message()
            if found is None:
                self._parser.add_data(await self._read())
            elif found.header.fields.get(HeaderFields.reply_serial) == self._serial:
                return found

    async def _read(self) -> bytes:
        said = await self._reader.read(4096)
        self._read_bytes += len(said)
        if not said:
            raise EOFError("nobody is there any more")
        if self._read_bytes > MAX_BYTES:
            raise CollectorError("D-Bus says too much")
        return said
