"""What a meeting leaves behind in the room's process.

    python -m bench.room_memory [--meetings 50] [--seconds 3]

Holds short meetings one after another in this process, each with its own uplinks, source
and slots, against a relay engine beside it, and prints the resident memory after each ten.
The growth counts from the end of the tenth: what is loaded and cached at first is no leak.
"""

import argparse
import asyncio
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.point.identity import Identity
from agent.point.schedule import Join
from agent.room.feed import LocalRelay
from agent.room.meeting import RoomMeeting, RoomParts
from agent.room.played import PagePlayed
from agent.room.reports import ReportWriter
from agent.room.settings import RoomSettings
from agent.room.steady_wall import SteadyWall
from contracts.desired import ScheduledMeeting
from contracts.ids import MeetingId, PointId, RelayId
from media.client.whip_client import PointIdentity, Session
from media.sfu.engine import EngineSettings, RelayEngine
from media.sfu.router import Router
from media.sfu.slots import Viewer
from media.transport.dtls import DtlsCertificate
from runtime import memory
from runtime.clock import Clock
from runtime.end_clock import EndClock
from tests.fakes.pki import Pki
from tests.waiting import until

HOST = "127.0.0.1"
WARM_UP_MEETINGS = 10
BOUND_RATIO = 0.05


class Centre:
    """The relay's engine, asked without HTTP."""

    def __init__(self) -> None:
        self.engine = RelayEngine(EngineSettings(port=0, candidates=(HOST,), host=HOST))
        self.engine.open()

    def begin(self, meeting_id: str) -> "Door":
        """Return the way into a new meeting."""
        filling = {"stage": "p1", "speaker": "p1", "sound-0": "p1"}
        return Door(self.engine, self.engine.open_router(meeting_id, lambda viewer: filling))


class Door:
    """What a WHIP client does, for one meeting."""

    def __init__(self, engine: RelayEngine, router: Router) -> None:
        self._engine, self._router = engine, router

    async def open(self, path: str, offer: str) -> Session:
        """Open a session."""
        accept = self._engine.publish if path.startswith("/whip") else self._engine.play
        session, answer = accept(self._router, Viewer("p1"), offer)
        return Session(session.info.id, "", answer)

    async def close(self, session: Session) -> None:
        """Close it."""
        self._engine.close_session(session.url_path)

    def end(self) -> None:
        """End the meeting."""
        self._engine.close_router(self._router.name, "over")


def parts_in(folder: Path) -> RoomParts:
    """Return what lives as long as the process."""
    settings = RoomSettings(data_dir=folder, report_interval_s=1)
    issued = Pki(folder / "pki").issue("p1")
    clock = Clock(folder / "clock.json")
    return RoomParts(
        settings=settings,
        identity=Identity(
            point_id=PointId("p1"),
            point_number=1,
            name="UBND xã Vân Sơn",
            controller_url="https://centre.test",
            broker_host="centre.test",
            broker_port=8883,
            enrolled_at=datetime.now(UTC),
        ),
        point=PointIdentity(issued.certificate_file, issued.key_file),
        clock=clock,
        certificate=DtlsCertificate(),
        feed=LocalRelay(settings.local_relay, settings.source),
        reports=ReportWriter(folder / "outbox.db"),
        end_clock=EndClock(clock),
        steady=SteadyWall(clock),
    )


def join(meeting_id: str) -> Join:
    """Return a decision to be in a meeting."""
    now = datetime.now(UTC)
    meeting = ScheduledMeeting(
        meeting_id=MeetingId(meeting_id),
        title="Giao ban",
        begins_at=now,
        ends_at=now + timedelta(hours=1),
        role="participant",
        relay_id=RelayId("relay-1"),
    )
    return Join(meeting, "https://127.0.0.1:8444", has_begun=True)


async def hold(number: int, seconds: float, parts: RoomParts, centre: Centre) -> None:
    """Hold one meeting from its beginning to its end, and forget it as the room does."""
    await _held(number, seconds, parts, centre)
    memory.give_back()


async def _held(number: int, seconds: float, parts: RoomParts, centre: Centre) -> None:
    door = centre.begin(f"m{number}")
    meeting = RoomMeeting(
        join(f"m{number}"),
        parts,
        door,  # type: ignore[arg-type]  # no HTTP here
        is_heard=lambda: True,
        page=PagePlayed(),
    )
    running = asyncio.create_task(meeting.run())
    await until(lambda: meeting.playback.showing(int(parts.wall_ms())), 20, "pictures")
    await asyncio.sleep(seconds)
    running.cancel()
    await asyncio.wait({running})
    door.end()


def resident_mib() -> float:
    """Return this process' resident memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1024 / 1024


async def measure(meetings: int, seconds: float) -> float:
    """Hold the meetings; print and return the growth after the tenth, as a ratio."""
    base = now = 0.0
    with tempfile.TemporaryDirectory() as folder:
        parts, centre = parts_in(Path(folder)), Centre()
        engines = [asyncio.create_task(e.run()) for e in (parts.feed.engine, centre.engine)]
        print(f"before the first: {resident_mib():.1f} MiB")
        for number in range(1, meetings + 1):
            await hold(number, seconds, parts, centre)
            if number % WARM_UP_MEETINGS == 0:
                now = resident_mib()
                base = base or now
                print(f"after {number}: {now:.1f} MiB")
        for task in engines:
            task.cancel()
        await asyncio.wait(engines)
        await parts.feed.engine.close()
        await centre.engine.close()
        await parts.reports.close()
    growth = now / base - 1
    print(f"growth after the tenth: {growth:.1%} (bound {BOUND_RATIO:.0%})")
    return growth


def main() -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--meetings", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=3.0)
    options = parser.parse_args()
    raise SystemExit(asyncio.run(measure(options.meetings, options.seconds)) > BOUND_RATIO)


if __name__ == "__main__":
    main()
