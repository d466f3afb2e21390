"""A real Mosquitto for one test: TLS with client certificates, killed and started at will.

with start_mosquitto(tmp_path) as broker:
    broker.host, broker.port, broker.ca, broker.cert("p1")
"""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fakes.pki import Issued, Pki
from tests.waiting import until_blocking

# What the centre's generated access list grants (see the seams of the parts).
DEFAULT_ACL = """\
user centre-ingest
topic readwrite dc/#

user centre-web
topic readwrite dc/#

user recorder-1
topic read dc/relay/+/meeting/+
topic read dc/relay/+/event

pattern write dc/point/%u/report
pattern write dc/point/%u/beat
pattern write dc/point/%u/status
pattern write dc/point/%u/applied
pattern read dc/point/%u/desired/+
pattern read dc/point/%u/live
pattern read dc/point/%u/held
pattern write dc/relay/%u/status
pattern write dc/relay/%u/state
pattern write dc/relay/%u/event
pattern read dc/relay/%u/meeting/+
"""

START_TIMEOUT_S = 10.0


class MosquittoFailed(AssertionError):
    """The broker did not start; its log is the message."""


def free_port(host: str = "127.0.0.1") -> int:
    """Return a TCP port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


class Broker:
    """One Mosquitto process and the authority its clients belong to."""

    def __init__(
        self,
        folder: Path,
        pki: Pki,
        *,
        host: str,
        port: int,
        acl: str,
        names: tuple[str, ...] = (),
    ) -> None:
        self.host = host
        self.port = port
        self.pki = pki
        self.folder = folder
        self._acl = acl
        self._names = names
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def ca(self) -> Path:
        """The authority's certificate file."""
        return self.pki.ca_file

    @property
    def pid(self) -> int:
        """The process' id while it runs."""
        assert self._process is not None
        return self._process.pid

    def cert(self, name: str) -> Issued:
        """Return a client certificate; the name is the MQTT user and client id."""
        return self.pki.issue(name)

    @property
    def log(self) -> str:
        """What the broker has written so far."""
        path = self.folder / "mosquitto.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def start(self) -> None:
        """Start it (again) on the same port, with what it persisted."""
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        config = self._write_config()
        with (self.folder / "mosquitto.log").open("ab") as log:
            self._process = subprocess.Popen(
                [program, "-c", str(config)], stdout=log, stderr=subprocess.STDOUT
            )
        if not until_blocking(self._is_listening, timeout_s=START_TIMEOUT_S):
            self.kill()
            raise MosquittoFailed(self.log[-2000:])

    def kill(self) -> None:
        """End it at once, as `kill -9` does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in order, so that it writes what it holds."""
        self._end(signal.SIGTERM)

    def freeze(self) -> None:
        """Let it answer nobody, its connections staying open."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            process.wait(timeout=10)

    def _is_listening(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            raise MosquittoFailed(self.log[-2000:])
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.settimeout(0.5)
            return probe.connect_ex((self.host, self.port)) == 0

    def _write_config(self) -> Path:
        server = self.pki.issue(
            "broker", hosts=(*{"localhost", "127.0.0.1", self.host, *self._names},)
        )
        (self.folder / "acl").write_text(self._acl)
        lines = [
            *(["user root"] if os.geteuid() == 0 else []),
            f"listener {self.port} {self.host}",
            f"cafile {self.pki.ca_file}",
            f"certfile {server.certificate_file}",
            f"keyfile {server.key_file}",
            "require_certificate true",
            "use_identity_as_username true",
            "use_username_as_clientid true",
            f"acl_file {self.folder / 'acl'}",
            "persistence true",
            f"persistence_location {self.folder}/",
            "max_queued_messages 0",
            "max_inflight_messages 100",
            "log_dest stderr",
        ]
        config = self.folder / "mosquitto.conf"
        config.write_text("\n".join(lines) + "\n")
        return config


@contextmanager
def start_mosquitto(
    tmp_path: Path,
    *,
    acl: str = DEFAULT_ACL,
    pki: Pki | None = None,
    host: str = "127.0.0.1",
    port: int | None = None,
    names: tuple[str, ...] = (),
) -> Iterator[Broker]:
    """Run a broker until the block ends; `names`: what else its certificate holds for.

    Raises:
        MosquittoFailed: with its log.
    """
    folder = tmp_path / "mosquitto"
    folder.mkdir(parents=True, exist_ok=True)
    broker = Broker(
        folder,
        pki or Pki(tmp_path / "pki"),
        host=host,
        port=port or free_port(host),
        acl=acl,
        names=names,
    )
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()
