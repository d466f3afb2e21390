"""`diemcau-room run`: what lives in the process, and in which order it begins and ends."""

import asyncio
from functools import partial
from pathlib import Path

import msgspec
import structlog

from agent.errors import IdentityUnreadable
from agent.point.identity import PointFolder
from agent.point.room_state import StateFile
from agent.room.feed import LocalRelay
from agent.room.kiosk import app
from agent.room.meeting import RoomParts
from agent.room.reports import ReportWriter
from agent.room.room import Room
from agent.room.settings import RoomSettings
from agent.room.status import state_of
from agent.room.steady_wall import SteadyWall
from media.client.whip_client import PointIdentity
from media.transport.dtls import DtlsCertificate
from runtime import http, notify
from runtime.clock import Clock
from runtime.end_clock import EndClock
from runtime.errors import UnreadableX509
from runtime.guard import keep

STATE_EVERY_S = 1.0
_log = structlog.get_logger()


async def run(settings: RoomSettings) -> None:
    """Serve the room until cancelled.

    Raises:
        AgentError: the point is not enrolled, or its identity cannot be read.
        PortInUse: another program has the page's or the relay's port.
    """
    folder = PointFolder(settings.data_dir)
    identity = folder.identity()
    point = _point(folder)
    feed = LocalRelay(settings.local_relay, settings.source)
    reports = ReportWriter(folder.outbox_file)
    clock = Clock(folder.clock_file)
    parts = RoomParts(
        settings=settings,
        identity=identity,
        point=point,
        clock=clock,
        certificate=DtlsCertificate(),
        feed=feed,
        reports=reports,
        end_clock=EndClock(clock),
        steady=SteadyWall(clock),
    )
    room = Room(folder, parts)
    page = app.build(room, feed, identity.name)
    is_ready = asyncio.Event()
    try:
        async with asyncio.TaskGroup() as group:
            keep(group, feed.engine.run, name="local-relay")
            kiosk = settings.kiosk
            serve = partial(http.serve, page, kiosk.host, kiosk.port, is_ready=is_ready)
            keep(group, serve, name="kiosk")
            await is_ready.wait()
            keep(group, room.run, name="room")
            keep(group, partial(_keep_state, room, folder.media_state_file), name="state")
            _log.info("room_ready", point_id=identity.point_id, port=settings.kiosk.port)
            notify.ready()
    finally:
        await feed.engine.close()
        await reports.close()


def _point(folder: PointFolder) -> PointIdentity:
    try:
        return PointIdentity(folder.certificate_file, folder.key_file)
    except (OSError, ValueError, UnreadableX509) as exc:
        raise IdentityUnreadable(folder.certificate_file, str(exc)) from exc


async def _keep_state(room: Room, path: Path) -> None:
    """Write the state every second, and tell systemd's watchdog while work is being done."""
    seen = (0, 0)
    problem = ""
    while True:
        before, problem = problem, _write_state(room, path)
        if problem and problem != before:
            _log.error("state_not_written", path=str(path), error=problem)
        now = _work(room)
        if now[0] > seen[0] and (now[1] != seen[1] or not _must_make_pictures(room)):
            notify.watchdog()
        seen = now
        await asyncio.sleep(STATE_EVERY_S)


def _write_state(room: Room, path: Path) -> str:
    """Replace the file, which need not outlive a power cut; return the problem, if any."""
    temporary = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(_state_payload(room))
        temporary.replace(path)
    except OSError as exc:
        return exc.strerror or str(exc)
    return ""


def _work(room: Room) -> tuple[int, int]:
    """Return counters that move while the room works: looks at the schedule, pictures."""
    source = room.meeting.source if room.meeting else None
    return room.looks, source.counts.pictures if source else 0


def _must_make_pictures(room: Room) -> bool:
    """Whether pictures of ours stand still only if we do: a camera's may be missing."""
    return room.meeting is not None and room.meeting.source is not None and room.devices is None


def _state_payload(room: Room) -> bytes:
    meeting = room.meeting
    devices = room.devices
    return msgspec.json.encode(
        StateFile(
            written_at=room.now(),
            state=state_of(meeting),
            meeting_id=meeting.join.meeting.meeting_id if meeting else None,
            camera=devices.camera if devices else None,
            microphone=devices.microphone if devices else None,
            is_tunnelled=meeting is not None and meeting.is_tunnelled,
        )
    )
