"""A real diemcau-recorder process for one test, and points that publish the testcard to a relay.

async with start_relay(tmp_path) as relay, a_meeting(relay) as meeting:
    recorder = RecorderProcess(tmp_path / "recorder", relay)
    recorder.start()
    await until(recorder.is_recording, 20)
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from contracts import codec
from contracts.desired import RecordingOrder, RelayMeeting
from contracts.errors import MalformedPayload
from contracts.ids import RecorderId
from contracts.recordings import (
    RecorderStatus,
    RecorderTrouble,
    RecordingFacts,
    RecordingPhase,
)
from media.client.encoded_source import EncodedSource
from media.client.roles import Publishing
from media.client.uplink import Uplink
from media.client.whip_client import PointIdentity, WhipClient
from media.recorder import folders
from media.testcard.picture import Picture
from media.testcard.source import TestcardSource
from media.transport.dtls import DtlsCertificate
from tests.fakes.relay import CHAIR, RELAY, ROOT, B, RelayProcess, meeting
from tests.waiting import until

RECORDER = RecorderId("recorder-1")
NAMES = {CHAIR: "UBND tỉnh", B: "UBND xã Vân Sơn"}


class RecorderProcess:
    """The process and its folder."""

    def __init__(
        self,
        folder: Path,
        relay: RelayProcess,
        *,
        data_dir: Path | None = None,
        stop_free_mb: int = 1,
        blocked_after_s: float = 4.0,
    ) -> None:
        folder.mkdir(exist_ok=True)
        self.data_dir = data_dir or folder / "recordings"
        self.log_file = folder / "recorder.log"
        self.status_file = folder / "status.json"
        self.config = folder / "recorder.toml"
        self._process: subprocess.Popen[bytes] | None = None
        issued = relay.pki.issue(RECORDER)
        own = f'''
ca_file = "{relay.pki.ca_file}"
cert_file = "{issued.certificate_file}"
key_file = "{issued.key_file}"
'''
        self.config.write_text(
            f'''
recorder_id = "{RECORDER}"
data_dir = "{self.data_dir}"
status_file = "status.json"
{own}
[disk]
warn_free_mb = {2 * stop_free_mb}
stop_free_mb = {stop_free_mb}
blocked_after_s = {blocked_after_s}
[handout]
height = 180
[log]
form = "console"
[broker]
host = "{relay.broker.host}"
port = {relay.broker.port}
client_id = "{RECORDER}"
{own}
[[relays]]
relay_id = "{RELAY}"
url = "{relay.url}"
'''
        )

    def start(self) -> None:
        """Start it (again)."""
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "media.recorder", "run", "--config", str(self.config)],
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )

    @property
    def log(self) -> str:
        """What it has written so far."""
        return self.log_file.read_text(errors="replace")

    def kill(self) -> None:
        """End it as kill -9 does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)

    def stop(self) -> int:
        """End it in order; return its exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(timeout=20)

    def status(self) -> RecorderStatus | None:
        """Return what it says of itself."""
        try:
            return codec.decode(RecorderStatus, self.status_file.read_bytes())
        except (OSError, MalformedPayload):
            return None

    def troubles(self) -> set[RecorderTrouble | None]:
        """Return what it says is wrong, with itself or a meeting."""
        status = self.status()
        if status is None:
            return set()
        return {status.trouble, *(one.trouble for one in status.meetings)} - {None}

    def is_recording(self) -> bool:
        """Return whether it says that it records."""
        status = self.status()
        return status is not None and any(one.is_recording for one in status.meetings)

    def recordings(self) -> list[RecordingFacts]:
        """Return what its folder holds."""
        return list(folders.every(self.data_dir))

    def is_ready(self) -> bool:
        """Return whether there are recordings, and all are converted."""
        found = self.recordings()
        return bool(found) and all(one.phase is RecordingPhase.READY for one in found)


def recorded(document: RelayMeeting) -> RelayMeeting:
    """Return a meeting that is to be recorded."""
    order = RecordingOrder(recorder_id=RECORDER, title="Giao ban", names=NAMES)
    return msgspec.structs.replace(document, recording=order)


class Guests:
    """The points of a meeting that is on; each publishes the testcard."""

    def __init__(self, relay: RelayProcess) -> None:
        self.relay = relay
        self.document = recorded(meeting())

    async def declare(self, **changes: object) -> None:
        """Say the meeting anew, changed."""
        self.document = msgspec.structs.replace(
            self.document, generation=self.document.generation + 1, **changes
        )
        await self.relay.centre.declare(self.document)

    def _runs(self, point: str, number: int) -> tuple[TestcardSource, Uplink]:
        issued = self.relay.pki.issue(point)
        source = EncodedSource()
        picture = Picture(number, point)
        card = TestcardSource(
            picture, source, point_number=number, bitrate_bps=400_000, wall_ms=wall_ms
        )
        client = WhipClient(
            self.relay.url,
            ca_file=self.relay.pki.ca_file,
            identity=PointIdentity(issued.certificate_file, issued.key_file),
            now=lambda: datetime.now(UTC),
        )
        uplink = Uplink(
            client,
            f"/whip/{self.document.meeting_id}",
            Publishing(source, point),
            certificate=DtlsCertificate(),
            bind_hosts=[self.relay.address],
            relay_host=self.relay.address,
            wait_s=lambda _: 0.2,
            ended_after_404=lambda: False,
        )
        return card, uplink

    async def run(self) -> None:
        """Publish until cancelled."""
        async with asyncio.TaskGroup() as group:
            for number, point in enumerate((CHAIR, B), start=1):
                card, uplink = self._runs(point, number)
                group.create_task(card.run())
                group.create_task(uplink.run())


def wall_ms() -> float:
    """Return the wall clock in milliseconds."""
    return time.time() * 1000


@asynccontextmanager
async def a_meeting(relay: RelayProcess) -> AsyncIterator[Guests]:
    """Declare a meeting that is recorded, and let two points publish until the block ends."""
    guests = Guests(relay)
    await relay.centre.declare(guests.document)
    task = asyncio.create_task(guests.run(), name="guests")
    try:
        await until(lambda: relay.centre.kinds(B).count("joined") > 0, 20, "points join")
        yield guests
    finally:
        task.cancel()
        await asyncio.wait({task})
