"""The door to jeepney: ModemManager's objects, asked over one D-Bus connection.

jeepney reads and writes messages; the connection is our own, so that a bus which hangs or says too
much costs no socket and no memory. Loaded only where there is a modem.
"""

import asyncio
import struct
from collections.abc import Mapping
from pathlib import Path

from jeepney import DBusAddress, HeaderFields, Message, MessageType, Parser, new_method_call
from jeepney.auth import BEGIN, AuthenticationError, Authenticator
from jeepney.bus_messages import message_bus

from monitoring.errors import CollectorError

SERVICE, PATH = "org.freedesktop.ModemManager1", "/org/freedesktop/ModemManager1"
SIGNAL = f"{SERVICE}.Modem.Signal"
SIGNAL_EVERY_S = 60
MAX_BYTES = 256 * 1024
"""All that is read of one connection; a modem with all its interfaces says about 10,000."""
Interfaces = Mapping[str, Mapping[str, object]]
"""By name of a D-Bus interface its properties."""
_NOBODY = {
    "org.freedesktop.DBus.Error.ServiceUnknown",
    "org.freedesktop.DBus.Error.NameHasNoOwner",
    "org.freedesktop.DBus.Error.AccessDenied",
}
_UNREADABLE = (
    struct.error, ValueError, LookupError, TypeError, AttributeError, AssertionError,
    RecursionError, AuthenticationError,
)  # fmt: skip


async def managed_objects(bus: Path) -> Mapping[str, Interfaces] | None:
    """Return all of ModemManager's objects; None: there is none, or it does not tell us.

    Where it does not look at the signal yet it is asked to. It may refuse, and the signal stays
    unknown.

    Raises:
        CollectorError: what was said is no D-Bus, of another form, or too much.
    """
    try:
        reader, writer = await asyncio.open_unix_connection(bus)
    except OSError:
        return None  # the socket outlives its daemon
    try:
        return await _asked(_BusConnection(reader, writer))
    except (OSError, EOFError) as exc:
        raise CollectorError(f"D-Bus ended: {exc}") from exc
    except _UNREADABLE as exc:
        raise CollectorError(f"D-Bus cannot be read: {exc!r}"[:200]) from exc
    finally:
        writer.transport.abort()


async def _asked(connection: "_BusConnection") -> Mapping[str, Interfaces] | None:
    await connection.begin()
    manager = DBusAddress(PATH, SERVICE, "org.freedesktop.DBus.ObjectManager")
    reply = await connection.ask(new_method_call(manager, "GetManagedObjects"))
    if reply.header.message_type is not MessageType.method_return:
        name = reply.header.fields.get(HeaderFields.error_name)
        if name in _NOBODY:
            return None
        raise CollectorError(f"ModemManager: {name}"[:200])
    if reply.header.fields.get(HeaderFields.signature) != "a{oa{sa{sv}}}":
        raise CollectorError("ModemManager says what are no objects")
    objects = {path: _plain(one) for path, one in reply.body[0].items()}
    for path, one in objects.items():
        if one.get(SIGNAL, {}).get("Rate") == 0:
            signal = DBusAddress(path, SERVICE, SIGNAL)
            await connection.ask(new_method_call(signal, "Setup", "u", (SIGNAL_EVERY_S,)))
    return objects


def _plain(said: Mapping[str, Mapping[str, tuple[str, object]]]) -> Interfaces:
    """Return properties without their variants' types."""
    return {
        name: {key: _value(value) for key, (_, value) in properties.items()}
        for name, properties in said.items()
    }


def _value(value: object) -> object:
    """Return a dictionary of variants as one of values, all else as it is."""
    if not isinstance(value, dict):
        return value
    return {
        key: one[1] if isinstance(one, tuple) and len(one) == 2 else one
        for key, one in value.items()
    }


class _BusConnection:
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
        await self.ask(message_bus.Hello())

    async def ask(self, message: Message) -> Message:
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
