"""A service that speaks ModemManager's interface, for a bus of the test's own.

No ModemManager: its names, signatures and types, with what a test has it say.
"""

from collections.abc import Mapping
from typing import Any

from jeepney import HeaderFields, Message, new_error, new_method_return

from tests.fakes.dbus import BusService

SERVICE = "org.freedesktop.ModemManager1"
MODEM_PATH = "/org/freedesktop/ModemManager1/Modem/0"
Objects = Mapping[str, Mapping[str, Mapping[str, tuple[str, Any]]]]


class ModemService(BusService):
    """Where it `refuses`, it looks at no signal."""

    name = SERVICE

    def __init__(self, objects: Objects) -> None:
        super().__init__()
        self.objects, self.refuses = objects, False

    def answer(self, message: Message) -> Message:
        """Return the objects, or whether it looks at the signal."""
        if message.header.fields[HeaderFields.member] == "GetManagedObjects":
            return new_method_return(message, "a{oa{sa{sv}}}", (self.objects,))
        if self.refuses:
            return new_error(message, f"{SERVICE}.Error.Core.Unauthorized")
        return new_method_return(message)
