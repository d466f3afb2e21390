"""A service that speaks NetworkManager's interface, for a bus of the test's own.

No NetworkManager: its names, signatures and types, with what a test has it say.
"""

from typing import Any

from jeepney import HeaderFields, Message, new_error, new_method_return

from tests.fakes.dbus import BusService

SERVICE = "org.freedesktop.NetworkManager"
PATH = "/org/freedesktop/NetworkManager"
DEVICE, CONFIG = f"{PATH}/Devices/3", f"{PATH}/DHCP4Config/1"


class ManagerService(BusService):
    """Manages one interface; `options`: of its lease, None where it has none."""

    name = SERVICE

    def __init__(self, interface: str, options: dict[str, tuple[str, Any]] | None) -> None:
        super().__init__()
        self.interface, self.options = interface, options

    def answer(self, message: Message) -> Message:
        """Return a path, or a property."""
        match message.header.fields[HeaderFields.member], message.body:
            case "GetDeviceByIpIface", (self.interface,):
                return new_method_return(message, "o", (DEVICE,))
            case "Get", (_, "Dhcp4Config"):
                path = "/" if self.options is None else CONFIG
                return new_method_return(message, "v", (("o", path),))
            case "Get", (_, "Options") if self.options is not None:
                return new_method_return(message, "v", (("a{sv}", self.options),))
        return new_error(message, f"{SERVICE}.UnknownDevice")
