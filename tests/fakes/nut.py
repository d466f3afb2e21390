"""Debian's own upsd with its driver of a power supply that is made up: what it says is a file."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.fakes.snmp_device import free_port
from tests.waiting import until_blocking

UPSD, DRIVER, UPSC = "/lib/nut/upsd", "/lib/nut/dummy-ups", "/usr/bin/upsc"
IS_HERE = all(shutil.which(program) for program in (UPSD, DRIVER, UPSC))
ON_MAINS = {
    "ups.mfr": "EATON",
    "ups.model": "Ellipse PRO 850",
    "ups.status": "OL",
    "battery.charge": "98",
    "battery.runtime": "1500",
    "ups.load": "14.5",
}


class MadeUpSupply:
    """upsd and a driver, each a process of its own that can be killed; `port`: upsd's."""

    def __init__(self, folder: Path, *, description: str = "") -> None:
        self.port, self._folder, self._writes = free_port(), folder, 0
        self._environment = {
            **os.environ,
            "NUT_CONFPATH": str(folder),
            "NUT_STATEPATH": str(folder),
            "NUT_ALTPIDPATH": str(folder),
        }
        said = f'  desc = "{description}"\n' if description else ""
        for name, text in (
            (
                "ups.conf",
                f"[usb]\n  driver = dummy-ups\n  port = usb.dev\n  pollinterval = 1\n{said}",
            ),
            ("upsd.conf", f"LISTEN 127.0.0.1 {self.port}\n"),
            ("upsd.users", ""),
        ):
            (folder / name).write_text(text)
            (folder / name).chmod(0o640)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def say(self, values: dict[str, str]) -> None:
        """Have the power supply say something else; what is not named stays as it was."""
        file = self._folder / "usb.dev"
        file.write_text("".join(f"{name}: {value}\n" for name, value in values.items()))
        # The driver reads it again where its time is another, by whole seconds.
        self._writes += 1
        os.utime(file, (self._writes, self._writes))

    def begin(self, values: dict[str, str]) -> None:
        """Start the driver, and upsd; return when upsd tells all that it says."""
        self.say(values)
        self.begin_driver()
        self.begin_server()
        assert until_blocking(lambda: self._is_told(values), 20), self.log

    def begin_driver(self) -> None:
        """Start the driver."""
        self._run("driver", DRIVER, "-a", "usb", "-D")

    def begin_server(self) -> None:
        """Start upsd."""
        self._run("upsd", UPSD, "-F")

    def kill(self, name: str) -> None:
        """End `upsd` or `driver` at once."""
        process = self._running.pop(name)
        process.kill()
        process.wait(10)

    def end(self) -> None:
        """End all."""
        for name in list(self._running):
            self.kill(name)

    @property
    def log(self) -> str:
        """What both have written."""
        return (self._folder / "log").read_text(errors="replace")

    def _run(self, name: str, *command: str) -> None:
        as_root = ("-u", "root") if os.geteuid() == 0 else ()
        with (self._folder / "log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [*command, *as_root], env=self._environment, stdout=log, stderr=log
            )

    def _is_told(self, values: dict[str, str]) -> bool:
        asked = [UPSC, f"usb@127.0.0.1:{self.port}"]
        told = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
        return {f"{name}: {value}" for name, value in values.items()} <= set(told.splitlines())


@asynccontextmanager
async def stranger(answer: bytes, *, pause_s: float = 0.0) -> AsyncIterator[int]:
    """Run somebody who says the same to everybody; a pause: for ever, octet by octet."""

    async def told(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while pause_s:
                for octet in answer:
                    writer.write(bytes((octet,)))
                    await writer.drain()
                    await asyncio.sleep(pause_s)
            writer.write(answer)
            writer.write_eof()
            await reader.read()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async with await asyncio.start_server(told, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
