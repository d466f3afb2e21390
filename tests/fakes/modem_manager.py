"""A service that speaks ModemManager's interface, for a bus of the test's own.

No ModemManager: its names, signatures and types, with what a test has it say.
"""

from collections.abc import Mapping
from typing import Any

from jeepney import HeaderFields, Message, MessageType, new_error, new_method_return
from jeepney.io.asyncio import DBusConnection

SERVICE = "org.freedesktop.ModemManager1"
MODEM_PATH = "/org/freedesktop/ModemManager1/Modem/0"
Objects = Mapping[str, Mapping[str, Mapping[str, tuple[str, Any]]]]


class ModemService:
    """What it is asked is in `asked`; where it `refuses`, it looks at no signal."""

    name = SERVICE

    def __init__(self, objects: Objects) -> None:
        self.objects, self.refuses, self.is_silent = objects, False, False
        self.asked: list[tuple[str, Any]] = []

    async def run(self, connection: DBusConnection) -> None:
        """Answer until cancelled."""
        while True:
            message = await connection.receive()
            if message.header.message_type is MessageType.method_call and not self.is_silent:
                await connection.send(self._answer(message))

    def _answer(self, message: Message) -> Message:
        member = message.header.fields[HeaderFields.member]
        self.asked.append((member, message.body))
        if member == "GetManagedObjects":
            return new_method_return(message, "a{oa{sa{sv}}}", (self.objects,))
        if self.refuses:
            return new_error(message, f"{SERVICE}.Error.Core.Unauthorized")
        return new_method_return(message)
