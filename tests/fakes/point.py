"""An enrolled point's folder, and the real agent's process on it."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from agent.point.identity import Identity, PointFolder
from contracts.ids import PointId
from tests.fakes.mosquitto import Broker

PROJECT = Path(__file__).resolve().parents[2]


def make_point(
    root: Path,
    broker: Broker,
    name: str = "p1",
    *,
    number: int = 1,
    controller_url: str = "https://127.0.0.1:1",
) -> PointFolder:
    """Return a folder as enrolment leaves it."""
    folder = PointFolder(root)
    folder.certificate_file.parent.mkdir(parents=True)
    issued = broker.cert(name)
    shutil.copy(issued.certificate_file, folder.certificate_file)
    shutil.copy(issued.key_file, folder.key_file)
    shutil.copy(broker.ca, folder.ca_file)
    folder.write_identity(
        Identity(
            point_id=PointId(name),
            point_number=number,
            name=f"Điểm cầu {name}",
            controller_url=controller_url,
            broker_host=broker.host,
            broker_port=broker.port,
            enrolled_at=datetime.now(UTC),
        )
    )
    return folder


def write_config(folder: PointFolder, **lines: str) -> Path:
    """Write the agent's configuration beside its data; values are TOML."""
    config = folder.root / "agent.toml"
    values = {"data_dir": f'"{folder.root}"', **lines}
    config.write_text("\n".join(f"{key} = {value}" for key, value in values.items()) + "\n")
    return config


class AgentProcess:
    """`diemcau-agent run` as a process of its own; its log goes to a file."""

    def __init__(
        self,
        folder: PointFolder,
        config: Path,
        *,
        prefix: tuple[str, ...] = (),
        environment: Mapping[str, str] | None = None,
        log_file: Path | None = None,
    ) -> None:
        self.log_file = log_file or folder.root / "agent.log"
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [*prefix, sys.executable, "-m", "agent.health", "run", "--config", str(config)],
                cwd=PROJECT,
                env={**os.environ, **(environment or {})},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def pid(self) -> int:
        """The process' number."""
        return self._process.pid

    @property
    def log(self) -> str:
        """What it has written so far."""
        return self.log_file.read_text(errors="replace")

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait(timeout=10)

    def stop(self) -> int:
        """Ask it to end; return its exit code."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout=15)


@contextmanager
def running_agent(
    folder: PointFolder,
    config: Path | None = None,
    *,
    prefix: tuple[str, ...] = (),
    environment: Mapping[str, str] | None = None,
    log_file: Path | None = None,
) -> Iterator[AgentProcess]:
    """Run the agent until the block ends."""
    process = AgentProcess(
        folder,
        config or write_config(folder),
        prefix=prefix,
        environment=environment,
        log_file=log_file,
    )
    try:
        yield process
    finally:
        if process.exit_code is None:
            process.stop()
