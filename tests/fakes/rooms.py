"""Real diemcau-room processes on points' folders made here.

async with start_relay(tmp_path) as relay, start_rooms(tmp_path, relay) as rooms:
    await rooms.declare(meeting(...))         the relay by MQTT, the rooms by their files
    rooms.chair, rooms.b, rooms.c             shown("stage"), heard(), state() ...
"""

import asyncio
import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from contracts import codec
from contracts.desired import Live, RelayAddress, RelayMeeting, Schedule, ScheduledMeeting
from contracts.reports import Report
from media.client.playback import Playback
from runtime import atomic
from runtime.clock import Correction
from runtime.kernel_clock import boot_id
from tests.fakes.pki import Pki
from tests.fakes.relay import CHAIR, RELAY, ROOT, B, C, RelayProcess
from tests.waiting import until

POINTS = (CHAIR, B, C)
FLOWING_MS = 1_000
ANSWER_LIMIT_S = 10  # on a busy machine; who is not there refuses at once


def free_port() -> int:
    """Return a TCP port of the loopback that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def trust_clock(
    path: Path, *, error: timedelta = timedelta(milliseconds=20), off: timedelta = timedelta()
) -> None:
    """Write a clock.json that counts whatever the machine's own clock says of itself.

    Args:
        off: by how much the centre's time is wrong.
    """
    boottime_s = time.clock_gettime(time.CLOCK_BOOTTIME)
    correction = Correction(
        boot_id=boot_id(),
        epoch_at_boot_s=time.time() + off.total_seconds() - boottime_s,
        corrected_at_boot_s=boottime_s,
        error_s=error.total_seconds(),
        is_ntp_refuted=True,
    )
    path.write_bytes(msgspec.json.encode(correction))


class Room:
    """One enrolled point and its room's process."""

    def __init__(
        self, folder: Path, pki: Pki, point: str, number: int, *, address: str, source: str
    ) -> None:
        self.point = point
        self.number = number
        self.folder = folder
        self.port = free_port()
        self.environment: dict[str, str] = {}
        self.prefix: tuple[str, ...] = ()
        self._process: subprocess.Popen[bytes] | None = None
        self._enrol(pki)
        self.config = folder / "room.toml"
        self.config.write_text(
            f'data_dir = "."\nreport_interval_s = 1\n[kiosk]\nport = {self.port}\n'
            f'[local_relay]\naddresses = ["{address}"]\n[source]\nkind = "{source}"\n'
            '[log]\nform = "console"\n'
        )

    @property
    def pid(self) -> int:
        """The process' id."""
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """What it has written so far."""
        return (self.folder / "media.log").read_text(errors="replace")

    def reports(self) -> list[Report]:
        """What it has put into its outbox, oldest first."""
        with sqlite3.connect(self.folder / "outbox.db") as db:
            rows = db.execute("SELECT payload FROM report ORDER BY seq").fetchall()
        return [codec.decode(Report, row[0]) for row in rows]

    def start(self) -> None:
        """Start it (again)."""
        with (self.folder / "media.log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *self.prefix,
                    *(sys.executable, "-m", "agent.room", "run", "--config", str(self.config)),
                ],
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": str(ROOT), **self.environment},
            )

    def kill(self) -> None:
        """End it as kill -9 does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)

    def stop(self) -> int:
        """End it in order; return its exit code."""
        if self._process is None:
            return 0
        self._process.terminate()
        return self._process.wait(timeout=15)

    def state(self, since_ms: int = 0) -> dict[str, Any]:
        """Return what its API says; empty where it does not answer."""
        url = f"http://127.0.0.1:{self.port}/api/state?since={since_ms}"
        command = [
            *self.prefix,
            "curl",
            "--silent",
            "--fail",
            "--max-time",
            str(ANSWER_LIMIT_S),
            url,
        ]
        try:
            if self.prefix:
                done = subprocess.run(command, capture_output=True, check=True)
                found: dict[str, Any] = json.loads(done.stdout)
            else:
                with urllib.request.urlopen(url, timeout=ANSWER_LIMIT_S) as reply:
                    found = json.load(reply)
        except (OSError, subprocess.CalledProcessError):
            return {}
        return found

    def event(self) -> dict[str, Any]:
        """Return what its page is told now."""
        url = f"http://127.0.0.1:{self.port}/api/events"
        with urllib.request.urlopen(url, timeout=3) as events:
            found: dict[str, Any] = json.loads(events.readline().removeprefix(b"data: "))
        return found

    def meeting(self) -> dict[str, Any]:
        """Return the meeting part of its state; empty where there is none."""
        return self.state().get("meeting") or {}

    def video(self, slot: str) -> dict[str, Any]:
        """Return one slot of its state; empty where there is none."""
        found: dict[str, Any] = self.meeting().get("videos", {}).get(slot) or {}
        return found

    def shown(self, slot: str) -> int | None:
        """Return the number a slot shows now, None where no pictures come."""
        video = self.video(slot)
        if not video or video["silent_ms"] is None or video["silent_ms"] > FLOWING_MS:
            return None
        number: int | None = video["shown_number"]
        return number

    def heard(self) -> set[int]:
        """Return every number heard in this meeting."""
        return {span["number"] for span in self.meeting().get("heard", [])}

    def write_live(self, live: Live) -> None:
        """Put the live document on its disk, as its health agent would."""
        atomic.write_bytes(self.folder / "desired/live.json", codec.encode(live))

    def _enrol(self, pki: Pki) -> None:
        for part in ("pki", "desired"):
            (self.folder / part).mkdir(parents=True)
        issued = pki.issue(self.point)
        (self.folder / "pki/point.crt").write_bytes(issued.certificate_file.read_bytes())
        (self.folder / "pki/point.key").write_bytes(issued.key_file.read_bytes())
        (self.folder / "pki/ca.crt").write_bytes(pki.ca_pem)
        identity = {
            "schema_version": 1,
            "point_id": self.point,
            "point_number": self.number,
            "name": f"UBND xã Vân Sơn {self.number}",
            "controller_url": "https://127.0.0.1:1",
            "broker_host": "127.0.0.1",
            "broker_port": 1,
            "enrolled_at": datetime.now(UTC).isoformat(),
        }
        (self.folder / "identity.json").write_text(json.dumps(identity))
        trust_clock(self.folder / "clock.json")


class Rooms:
    """Rooms of one meeting: the chair's is number 1."""

    def __init__(
        self,
        folder: Path,
        relay: RelayProcess,
        points: Sequence[str],
        source: str,
        first_number: int = 1,
    ) -> None:
        self.relay = relay
        self.rooms = [
            Room(folder / p, relay.pki, p, i + first_number, address=relay.address, source=source)
            for i, p in enumerate(points)
        ]

    @property
    def chair(self) -> Room:
        """The chair's room."""
        return self.rooms[0]

    @property
    def b(self) -> Room:
        """Number 2."""
        return self.rooms[1]

    @property
    def c(self) -> Room:
        """Number 3."""
        return self.rooms[2]

    async def declare(self, document: RelayMeeting) -> None:
        """Give a meeting to the relay by MQTT and to the rooms by their files."""
        await self.relay.centre.declare(document)
        for room in self.rooms:
            self.write_schedule(room, document)

    def write_schedule(self, room: Room, document: RelayMeeting, *, url: str = "") -> None:
        """Put one meeting on a room's disk, as its health agent would."""
        meeting = ScheduledMeeting(
            meeting_id=document.meeting_id,
            begins_at=document.begins_at,
            ends_at=document.ends_at,
            role="chair" if room.point == document.chair else "participant",
            title="Giao ban công tác tháng 11",
            relay_id=RELAY,
        )
        schedule = Schedule(
            leader_epoch=document.leader_epoch,
            generation=document.generation,
            issued_at=document.issued_at,
            meetings=(meeting,),
            relays=(RelayAddress(relay_id=RELAY, url=url or self.relay.url),),
        )
        atomic.write_bytes(room.folder / "desired/schedule.json", codec.encode(schedule))

    async def start(self) -> None:
        """Start all, and wait until they serve their pages."""
        for room in self.rooms:
            room.start()
        for room in self.rooms:
            await until(room.state, 30, f"{room.point} serves its page")

    def kill(self) -> None:
        """End all at once."""
        for room in self.rooms:
            room.kill()


@asynccontextmanager
async def start_rooms(
    tmp_path: Path,
    relay: RelayProcess,
    *,
    points: Sequence[str] = POINTS,
    source: str = "synthetic",
    is_started: bool = True,
    first_number: int = 1,
) -> AsyncIterator[Rooms]:
    """Run rooms until the block ends, on the machine where their relay is."""
    rooms = Rooms(tmp_path / "points", relay, points, source, first_number)
    for room in rooms.rooms:
        room.prefix = relay.prefix
    try:
        if is_started:
            await rooms.start()
        yield rooms
    finally:
        rooms.kill()


def now_ms() -> int:
    """Return the wall clock in milliseconds since 1970."""
    return int(time.time() * 1000)


async def ticking(playback: Playback) -> None:
    """Do for a playback what a meeting does beside it, until cancelled."""
    while True:
        await asyncio.sleep(0.02)
        playback.tick()
