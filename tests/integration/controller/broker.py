"""A real Mosquitto run by the configuration that the centre generates, and clients to try it."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from contracts.topics import Topic
from controller import broker_config
from controller import installation as installing
from controller.enrolment import pki
from runtime.bus import Bus, BusSettings, Received
from tests.integration.controller.centre import Installation
from tests.waiting import until


@dataclass(slots=True)
class GeneratedBroker:
    """One Mosquitto over an installation's own mosquitto.conf."""

    installation: Installation
    process: asyncio.subprocess.Process | None = None
    # How many messages may wait for a session, where a test cannot fill what is configured.
    queued: int | None = None

    @property
    def log(self) -> str:
        """What the broker has written so far."""
        return self._log_path.read_text(errors="replace")

    @property
    def _log_path(self) -> Path:
        return self.installation.settings.data_dir / "mosquitto.log"

    async def start(self) -> None:
        """Start it; returns once it listens."""
        settings = self.installation.settings
        authority = pki.load_authority(settings.pki_dir)
        config_path, _ = installing.write_broker_files(settings, authority, now=datetime.now(UTC))
        if self.queued is not None:
            text, said = config_path.read_text(), "max_queued_messages "
            assert f"{said}{broker_config.MAX_QUEUED_MESSAGES}\n" in text
            lines = (f"{said}{self.queued}" if said in line else line for line in text.split("\n"))
            config_path.write_text("\n".join(lines))
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        with self._log_path.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                program, "-c", str(config_path), stdout=log, stderr=log
            )
        await until(self._is_listening, what="the broker listens")

    async def kill(self) -> None:
        """End it at once."""
        if self.process is not None:
            process, self.process = self.process, None
            if process.returncode is None:
                os.kill(process.pid, signal.SIGKILL)
            await process.wait()

    def reload(self) -> None:
        """Let it read its configuration, certificates and lists again."""
        if self.process is not None:
            self.process.send_signal(signal.SIGHUP)

    def freeze(self) -> None:
        """Let it answer nobody, its connections staying open."""
        if self.process is not None:
            self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        if self.process is not None:
            self.process.send_signal(signal.SIGCONT)

    async def _is_listening(self) -> bool:
        assert self.process is not None
        assert self.process.returncode is None, self.log
        broker = self.installation.settings.broker
        try:
            _, writer = await asyncio.open_connection(broker.host, broker.port)
        except OSError:
            return False
        writer.close()
        return True

    def certificate(self, name: str, authority: pki.Authority | None = None) -> tuple[Path, Path]:
        """Return a new client certificate and key for a name, by any authority."""
        now = datetime.now(UTC)
        key = ec.generate_private_key(ec.SECP256R1())
        authority = authority or pki.load_authority(self.installation.settings.pki_dir)
        issued = authority.issue(key.public_key(), name, valid_for=timedelta(days=1), now=now)
        folder = self.installation.settings.data_dir / "clients"
        folder.mkdir(exist_ok=True)
        stem = f"{name}-{issued.sha256[:8]}"
        (folder / f"{stem}.crt").write_bytes(issued.certificate_pem)
        (folder / f"{stem}.key").write_bytes(pki.private_pem(key))
        return folder / f"{stem}.crt", folder / f"{stem}.key"

    def bus_settings(
        self, name: str, *, client_id: str | None = None, authority: pki.Authority | None = None
    ) -> BusSettings:
        """Return how a client of this name connects."""
        certificate, key = self.certificate(name, authority)
        broker = self.installation.settings.broker
        return BusSettings(
            host=broker.host,
            port=broker.port,
            ca_file=self.installation.settings.pki_dir / "ca.crt",
            cert_file=certificate,
            key_file=key,
            client_id=client_id if client_id is not None else name,
        )


@dataclass(slots=True)
class Client:
    """One MQTT client and everything it has received."""

    bus: Bus
    received: list[Received] = field(default_factory=list)
    disconnections: int = 0

    async def got(self, topic: str, timeout_s: float = 20.0) -> Received:
        """Return the newest message on a topic, once there is one."""

        def newest() -> Received | None:
            return next((r for r in reversed(self.received) if r.topic == topic), None)

        return await until(newest, timeout_s=timeout_s, what=f"a message on {topic}")

    async def publish(self, name: str, payload: bytes, *, is_retained: bool = False) -> None:
        """Publish bytes on any topic, ours or not."""
        await self.bus.publish(Topic(name, 1, is_retained=is_retained), payload)


@asynccontextmanager
async def generated_broker(
    installation: Installation, *, queued: int | None = None
) -> AsyncIterator[GeneratedBroker]:
    """Run the broker until the block ends."""
    broker = GeneratedBroker(installation, queued=queued)
    try:
        await broker.start()
        yield broker
    finally:
        await broker.kill()


@asynccontextmanager
async def client(settings: BusSettings, *subscriptions: str) -> AsyncIterator[Client]:
    """Run a client until the block ends; returns once it is connected."""

    async def count(_: Bus) -> None:
        made.disconnections += 1

    bus = Bus(settings, subscriptions=[(s, 1) for s in subscriptions], on_disconnected=count)
    made = Client(bus)

    async def keep(received: Received) -> None:
        made.received.append(received)

    running = asyncio.create_task(bus.run(keep), name=f"client:{settings.client_id}")
    try:
        await until(lambda: bus.is_connected, what=f"{settings.client_id} is connected")
        yield made
    finally:
        running.cancel()
        await asyncio.wait({running})
