"""A service that speaks NetworkManager's interface, for a bus of the test's own.

No NetworkManager: its names, signatures and types, with what a test has it say.
"""

from typing import Any

from jeepney import HeaderFields, Message, MessageType, new_error, new_method_return
from jeepney.io.asyncio import DBusConnection

SERVICE = "org.freedesktop.NetworkManager"
PATH = "/org/freedesktop/NetworkManager"
DEVICE, CONFIG = f"{PATH}/Devices/3", f"{PATH}/DHCP4Config/1"


class ManagerService:
    """Manages one interface; `options`: of its lease, None where it has none."""

    name = SERVICE

    def __init__(self, interface: str, options: dict[str, tuple[str, Any]] | None) -> None:
        self.interface, self.options, self.is_silent = interface, options, False
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
        match member, message.body:
            case "GetDeviceByIpIface", (self.interface,):
                return new_method_return(message, "o", (DEVICE,))
            case "Get", (_, "Dhcp4Config"):
                path = "/" if self.options is None else CONFIG
                return new_method_return(message, "v", (("o", path),))
            case "Get", (_, "Options") if self.options is not None:
                return new_method_return(message, "v", (("a{sv}", self.options),))
        return new_error(message, f"{SERVICE}.UnknownDevice")
