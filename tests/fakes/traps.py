"""A point's folder with devices, and `diemcau-traps` on it, to which net-snmp's senders speak."""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from agent.errors import OutboxUnavailable
from agent.point.identity import Identity, PointFolder
from agent.point.outbox import Outbox
from contracts import codec
from contracts.devices import DeviceSecrets, SeenTrap, SnmpDevices, TrapsBody, WantedDevice
from contracts.ids import PointId
from contracts.reports import Report
from tests.fakes.sealed_device import sealed_device
from tests.fakes.snmp_device import free_port
from tests.waiting import until_blocking

PROJECT = Path(__file__).parents[2]
POINT = PointId("xa-1")
WORD, AUTH, PRIV, USER = "bi-mat-22", "khoa-xac-thuc-1", "khoa-ma-hoa-22", "giamsat"
V2C = ("-v2c", "-c", WORD)
V3 = ("-v3", "-l", "authPriv", "-u", USER, "-a", "SHA-256", "-A", AUTH, "-x", "AES", "-X", PRIV)
V3_SECRETS = DeviceSecrets(user=USER, auth_key=AUTH, priv_key=PRIV)
LINK_DOWN = "1.3.6.1.6.3.1.1.5.3"
PORT_9 = ("1.3.6.1.2.1.2.2.1.1.9", "i", "9", "1.3.6.1.2.1.31.1.1.1.1.9", "s", "Gi1/0/9")
IS_THERE = shutil.which("snmptrap") is not None


def device(
    key: ec.EllipticCurvePrivateKey, device_id: str, address: str, secrets: DeviceSecrets
) -> WantedDevice:
    """Return a device as the centre tells it."""
    return sealed_device(key, POINT, device_id, secrets, address=address)


@dataclass
class TrapsProcess:
    """One point, and its process. `send` speaks from an address of this machine."""

    root: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def folder(self) -> PointFolder:
        """The point's folder."""
        return PointFolder(self.root)

    def prepare(
        self, devices: Sequence[tuple[str, str, DeviceSecrets]], *, takes: bool = True
    ) -> None:
        """Write the list of devices, sealed to the point's key as the centre does."""
        folder = self.folder
        if not folder.key_file.exists():
            self._enrol()
        key = ec.derive_private_key(12345, ec.SECP256R1())
        document = SnmpDevices(
            leader_epoch=1, generation=1, issued_at=datetime.now(UTC), takes_traps=takes,
            devices=tuple(device(key, *one) for one in devices),
        )  # fmt: skip
        folder.desired_dir.mkdir(exist_ok=True)
        (folder.desired_dir / "devices.json").write_bytes(codec.encode(document))

    def _enrol(self) -> None:
        folder, key = self.folder, ec.derive_private_key(12345, ec.SECP256R1())
        folder.key_file.parent.mkdir(parents=True)
        folder.key_file.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        folder.write_identity(
            Identity(
                point_id=POINT, point_number=1, name="Xã Một", broker_host="127.0.0.1",
                broker_port=8883, controller_url="https://127.0.0.1:8443",
                enrolled_at=datetime.now(UTC),
            )
        )  # fmt: skip

    def start(self) -> None:
        """Start the process, until it hears."""
        config, log = self.root / "traps.toml", self.log.open("ab")
        config.write_text(f'data_dir = "{self.root}"\nbind = "127.0.0.1"\nport = {self.port}\n')
        before = self.said("devices_heard")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "agent.traps", "run", "--config", str(config)],
            cwd=PROJECT, stdout=log, stderr=log, env={**os.environ, "TMPDIR": str(self.root)},
        )  # fmt: skip
        assert until_blocking(lambda: self.said("devices_heard") > before, 30), self.log.read_text()

    def stop(self) -> None:
        """Stop it as systemd does."""
        assert self.process is not None
        self.process.terminate()
        assert self.process.wait(15) == 0, self.log.read_text()

    @property
    def log(self) -> Path:
        """What it has said."""
        return self.root / "log"

    def said(self, event: str) -> int:
        """Return how often the log has an event."""
        return self.log.read_text().count(event) if self.log.exists() else 0

    def send(
        self, proof: Sequence[str], *words: str, command: str = "snmptrap",
        source: str = "127.0.0.1", to: int | None = None,
    ) -> int:  # fmt: skip
        """Send one as net-snmp does; return its exit code: of an inform 0 where it is confirmed."""
        sent = subprocess.run(
            [command, *proof, "-t", "2", "-r", "1", f"--clientaddr={source}",
             f"127.0.0.1:{to or self.port}", "", *words],
            capture_output=True, text=True, check=False, timeout=30,
            env={**os.environ, "SNMP_PERSISTENT_DIR": str(self.root / "sender")},
        )  # fmt: skip
        return sent.returncode

    def reports(self) -> list[Report]:
        """Return what the outbox holds."""
        outbox = Outbox(self.folder.outbox_file, is_read_only=True)
        try:
            entries = outbox.after(0, 10_000)
        except OutboxUnavailable:  # nothing was stored yet
            return []
        outbox.close()
        return [codec.decode(Report, entry.payload) for entry in entries]

    def told(self) -> list[SeenTrap]:
        """Return what was told so far."""
        bodies = [one.body for one in self.reports()]
        return [trap for body in bodies if isinstance(body, TrapsBody) for trap in body.traps]


def captured(proof: Sequence[str], *words: str, command: str = "snmptrap") -> bytes:
    """Return the first datagram that net-snmp's sender sends."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        udp.settimeout(30)
        place = f"127.0.0.1:{udp.getsockname()[1]}"
        sender = subprocess.Popen(
            [command, *proof, "-t", "1", "-r", "0", place, "", *words],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        payload = udp.recv(8192)
        sender.kill()
        sender.wait(10)
    return payload


@contextmanager
def flooding(port: int, payloads: Sequence[bytes], *, per_s: int) -> Iterator[list[int]]:
    """Send these in turn, so many a second, while the block runs; gives how many were sent."""
    has_ended, sent = threading.Event(), [0]

    def flood() -> None:
        began_s = time.monotonic()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            while not has_ended.is_set():
                while sent[0] < (time.monotonic() - began_s) * per_s:
                    udp.sendto(payloads[sent[0] % len(payloads)], ("127.0.0.1", port))
                    sent[0] += 1
                has_ended.wait(0.002)

    thread = threading.Thread(target=flood, name="flood")
    thread.start()
    try:
        yield sent
    finally:
        has_ended.set()
        thread.join()


@contextmanager
def running_traps(
    root: Path, devices: Sequence[tuple[str, str, DeviceSecrets]]
) -> Iterator[TrapsProcess]:
    """Run the process on a new point."""
    traps = TrapsProcess(root, free_port())
    traps.prepare(devices)
    traps.start()
    try:
        yield traps
    finally:
        if traps.process is not None and traps.process.poll() is None:
            traps.stop()
