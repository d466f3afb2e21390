"""A real rsyslog that writes down, part by part, what it was sent by UDP, TCP and TLS."""

import asyncio
import json
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.mosquitto import free_port
from tests.waiting import until

RSYSLOGD = shutil.which("rsyslogd") or "/usr/sbin/rsyslogd"
IS_HERE = Path(RSYSLOGD).exists()
HAS_TLS = IS_HERE and any(Path("/usr/lib").glob("*/rsyslog/lmnsd_ossl.so"))
_PARTS = ("pri", "protocol-version", "hostname", "app-name", "procid", "msgid",
          "structured-data", "msg")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rsyslog:
    """One that runs; `port` is that of UDP and TCP."""

    port: int
    tls_port: int
    file: Path

    @property
    def lines(self) -> list[dict[str, str]]:
        """What it has taken, in its order."""
        if not self.file.exists():
            return []
        return [json.loads(line) for line in self.file.read_text().splitlines()]


def _configured(folder: Path, port: int, tls_port: int, certificate: tuple[Path, Path]) -> str:
    parts = ' constant(value=",") '.join(
        f'property(name="{name}" outname="{name}" format="jsonf")' for name in _PARTS
    )
    stamp = 'property(name="timestamp" outname="time" dateformat="rfc3339" format="jsonf")'
    tls = (
        f'input(type="imtcp" address="127.0.0.1" port="{tls_port}" streamdriver.name="ossl"'
        ' streamdriver.mode="1" streamdriver.authmode="anon")\n'
    )
    return (
        f'global(workDirectory="{folder}" maxMessageSize="16k"'
        f' defaultNetstreamDriverCAFile="{certificate[0]}"'
        f' defaultNetstreamDriverCertFile="{certificate[0]}"'
        f' defaultNetstreamDriverKeyFile="{certificate[1]}")\n'
        'module(load="imudp")\nmodule(load="imtcp")\n'
        f'input(type="imudp" address="127.0.0.1" port="{port}")\n'
        f'input(type="imtcp" address="127.0.0.1" port="{port}")\n{tls if HAS_TLS else ""}'
        f'template(name="parts" type="list") {{ constant(value="{{") {parts}'
        f' constant(value=",") {stamp} constant(value="}}\\n") }}\n'
        f'action(type="omfile" file="{folder / "taken"}" template="parts")\n'
    )


@asynccontextmanager
async def rsyslog(folder: Path, certificate: tuple[Path, Path]) -> AsyncIterator[Rsyslog]:
    """Run it until the block ends. `certificate`: its own, and its key."""
    port, tls_port = free_port(), free_port()
    config = folder / "rsyslog.conf"
    config.write_text(_configured(folder, port, tls_port, certificate))
    with (folder / "rsyslog.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(RSYSLOGD, "-n", "-f", str(config), "-i", str(folder / "rsyslog.pid")),
            stdout=log,
            stderr=log,
        )

    def listens() -> bool:
        assert process.returncode is None, (folder / "rsyslog.log").read_text()
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", port)) == 0

    try:
        await until(listens, timeout_s=30, what="rsyslog listens")
        yield Rsyslog(port, tls_port, folder / "taken")
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
