"""A dbus-daemon of the test's own, and at it a service of the test's own under a name."""

import asyncio
import shutil
import subprocess
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_method_call
from jeepney.io.asyncio import DBusConnection, open_dbus_connection

from tests.waiting import until_blocking

HAS_DBUS = shutil.which("dbus-daemon") is not None
CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={bus}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/>
</policy></busconfig>
"""


class BusService(ABC):
    """Answers under its name, unless it is silent; what it is asked is in `asked`."""

    name: str

    def __init__(self) -> None:
        self.is_silent = False
        self.asked: list[tuple[str, Any]] = []

    async def run(self, connection: DBusConnection) -> None:
        """Answer until cancelled."""
        while True:
            message = await connection.receive()
            if message.header.message_type is MessageType.method_call and not self.is_silent:
                self.asked.append((message.header.fields[HeaderFields.member], message.body))
                await connection.send(self.answer(message))

    @abstractmethod
    def answer(self, message: Message) -> Message:
        """Return what a call gets."""


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


@asynccontextmanager
async def serving(bus: Path, service: BusService) -> AsyncIterator[None]:
    """Have a service at a bus under its name."""
    connection = await open_dbus_connection(f"unix:path={bus}")
    daemon = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
    await connection.send(new_method_call(daemon, "RequestName", "su", (service.name, 0)))
    while (await connection.receive()).header.message_type is not MessageType.method_return:
        pass
    task = asyncio.create_task(service.run(connection), name="bus service")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await connection.close()
