"""Whom the health agent is compared with, each asked as often as the agents sample."""

import contextlib
import shutil
import socket
import struct
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.mosquitto import free_port

ZABBIX_PORT = 10050  # it takes none above 32767; bench.agent has a network of its own
# About what the agent tells of its machine in a report.
ZABBIX_ITEMS = (
    "system.cpu.util", "system.cpu.load", "system.uptime", "vm.memory.size[available]",
    "vfs.fs.get", "net.if.discovery", "net.if.in[lo]", "net.if.out[lo]", "proc.num",
    "icmpping", "system.sw.os",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Peer:
    """One of them. `ask` asks it once for all it is asked for."""

    name: str
    pid: int
    ask: Callable[[], None]


@contextlib.contextmanager
def node_exporter() -> Iterator[Peer | None]:
    """Run Prometheus' node_exporter; None where it is not installed."""
    program, port = shutil.which("prometheus-node-exporter"), free_port()
    if program is None:
        yield None
        return

    def scrape() -> None:
        url = f"http://127.0.0.1:{port}/metrics"
        with urllib.request.urlopen(url, timeout=5) as answer:
            answer.read()

    with _running(program, f"--web.listen-address=127.0.0.1:{port}") as pid:
        yield Peer("node_exporter", pid, scrape)


@contextlib.contextmanager
def zabbix_agent2(folder: Path) -> Iterator[Peer | None]:
    """Run Zabbix' second agent, asked as its server would; None where it is not installed."""
    program, port = shutil.which("zabbix_agent2"), ZABBIX_PORT
    if program is None:
        yield None
        return
    settings = folder / "zabbix.conf"
    settings.write_text(
        f"Server=127.0.0.1\nListenIP=127.0.0.1\nListenPort={port}\nLogType=console\n"
        f"ControlSocket={folder / 'zabbix.sock'}\nPluginSocket={folder / 'zabbix-plugin.sock'}\n"
    )
    with _running(program, "--config", str(settings), "--foreground") as pid:
        yield Peer("zabbix_agent2", pid, lambda: _ask_zabbix(port))


def _ask_zabbix(port: int) -> None:
    for item in ZABBIX_ITEMS:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"ZBXD\x01" + struct.pack("<Q", len(item)) + item.encode())
            while connection.recv(65536):
                pass


@contextlib.contextmanager
def _running(*command: str) -> Iterator[int]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=10)
