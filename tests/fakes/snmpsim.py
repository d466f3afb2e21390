"""snmpsim: devices of which only recordings are left; a recording's name is its community."""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.fakes.snmp_device import free_port
from tests.waiting import until_blocking


def _is_bound(port: int) -> bool:
    return f":{port:04X} " in Path("/proc/net/udp").read_text()


@contextmanager
def running_snmpsim(folder: Path, recordings: Sequence[Path]) -> Iterator[int]:
    """Serve recordings until the block ends; give the port."""
    data = folder / "data"
    data.mkdir(parents=True)
    for recording in recordings:
        shutil.copyfile(recording, data / recording.name)
    port = free_port()
    with (folder / "snmpsim.log").open("wb") as log:
        process = subprocess.Popen(
            [str(Path(sys.executable).with_name("snmpsim-command-responder")),
             "--process-user=root", "--process-group=root", f"--data-dir={data}",
             f"--cache-dir={folder / 'cache'}", f"--agent-udpv4-endpoint=127.0.0.1:{port}",
             "--log-level=error"],
            stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        is_up = until_blocking(lambda: _is_bound(port) or process.poll() is not None, 60)
        assert is_up and process.poll() is None, (folder / "snmpsim.log").read_text()
        yield port
    finally:
        process.terminate()
        process.wait(10)
