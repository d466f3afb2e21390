"""Debian's dnsmasq as the name server and DHCP server of a room's network."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.waiting import until_blocking

HAS_DNSMASQ = shutil.which("dnsmasq") is not None


@contextmanager
def start_dnsmasq(
    folder: Path, interface: str, *options: str, prefix: tuple[str, ...] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """Run one on an interface, until the block ends; `folder` is its own."""
    folder.mkdir()
    log = folder / "log"
    command = [
        *prefix, "dnsmasq", "--keep-in-foreground", "--no-resolv", "--no-hosts",
        "--conf-file=/dev/null", "--user=root", "--bind-dynamic", f"--interface={interface}",
        "--except-interface=lo", f"--pid-file={folder}/pid", f"--log-facility={log}",
        f"--dhcp-leasefile={folder}/leases", *options,
    ]  # fmt: skip
    process = subprocess.Popen(command)
    try:
        assert until_blocking(lambda: log.exists() and "started" in log.read_text(), 5)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=10)
