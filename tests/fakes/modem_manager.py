"""A dbus-daemon of the test's own, and at it a service that speaks ModemManager's interface.

No ModemManager: its names, signatures and types, with what a test has it say.
"""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    new_error,
    new_method_call,
    new_method_return,
)
from jeepney.io.asyncio import DBusConnection, open_dbus_connection

from tests.waiting import until_blocking

HAS_DBUS = shutil.which("dbus-daemon") is not None
SERVICE = "org.freedesktop.ModemManager1"
MODEM_PATH = "/org/freedesktop/ModemManager1/Modem/0"
CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={bus}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/>
</policy></busconfig>
"""

Objects = Mapping[str, Mapping[str, Mapping[str, tuple[str, Any]]]]


@contextmanager
def dbus_daemon(folder: Path) -> Iterator[Path]:
    """Run a bus for a test; give its socket."""
    bus, config = folder / "bus", folder / "bus.conf"
    config.write_text(CONFIG.format(bus=bus))
    with subprocess.Popen(
        ["dbus-daemon", "--nofork", f"--config-file={config}"], stderr=subprocess.DEVNULL
    ) as daemon:
        try:
            until_blocking(bus.is_socket)
            yield bus
        finally:
            daemon.kill()


class ModemService:
    """What it is asked is in `asked`; where it `refuses`, it looks at no signal."""

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


@asynccontextmanager
async def serving(bus: Path, service: ModemService) -> AsyncIterator[None]:
    """Have a service at a bus under ModemManager's name."""
    connection = await open_dbus_connection(f"unix:path={bus}")
    daemon = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
    await connection.send(new_method_call(daemon, "RequestName", "su", (SERVICE, 0)))
    while (await connection.receive()).header.message_type is not MessageType.method_return:
        pass
    task = asyncio.create_task(service.run(connection), name="modem service")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await connection.close()
