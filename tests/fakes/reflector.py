"""The real reflector as a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from monitoring.listeners.target import ProbeTarget
from monitoring.reflector.probe import point_key
from tests.fakes.point import PROJECT
from tests.waiting import until_blocking


@dataclass(frozen=True, slots=True)
class ReflectorProcess:
    """Where it answers, and with which master key."""

    host: str
    port: int
    master: bytes
    pid: int

    def target(self, probe_id: int) -> ProbeTarget:
        """Return what a point is told."""
        return ProbeTarget(self.host, self.port, probe_id, point_key(self.master, probe_id))


def _is_bound(port: int) -> bool:
    """Return whether sockets of this machine of both kinds are bound to the port."""
    needle = f":{port:04X} "
    return all(
        any(needle in Path(f"/proc/net/{table}").read_text() for table in (kind, f"{kind}6"))
        for kind in ("udp", "tcp")
    )


@contextmanager
def running_reflector(
    folder: Path, *, port: int, host: str = "127.0.0.1"
) -> Iterator[ReflectorProcess]:
    """Run it until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    master = os.urandom(32)
    (folder / "probe.key").write_bytes(master)
    (folder / "probe.key").chmod(0o600)
    config = folder / "reflector.toml"
    config.write_text(f'key_file = "probe.key"\nbind = "{host}"\nport = {port}\n')
    with (folder / "reflector.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "monitoring.reflector", "run", "--config", str(config)],
            cwd=PROJECT,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        is_up = until_blocking(lambda: _is_bound(port) or process.poll() is not None, 30)
        assert is_up and process.poll() is None, (folder / "reflector.log").read_text()
        yield ReflectorProcess(host, port, master, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)
