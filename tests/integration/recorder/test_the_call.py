"""A call is recorded; the recorder is killed, its disk takes nothing, then is full: who is in the
call notices none of it, and somebody is told within ten seconds.
"""

import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import pytest

from contracts.floor import FloorState
from contracts.recordings import STREAMS, RecorderTrouble
from controller.recordings.service import heard_lately
from media.recorder import folders
from runtime.clock import Clock
from tests.fakes.recorder import RECORDER, RecorderProcess, recorded
from tests.fakes.relay import CHAIR, B, meeting, start_relay
from tests.fakes.rooms import Room, Rooms, now_ms, start_rooms
from tests.fakes.small_disk import freezable, frozen
from tests.integration.recorder.test_disk import ALARM_S, times
from tests.waiting import until

CALM_S, BLOCKED_S = 3.0, 10.0
# What a busy machine does to everybody; without other work gaps have no more than 0.2 s.
GAP_LIMIT_MS = 1_000
SLOTS = (("videos", "stage"), ("sounds", "sound-0")), (("videos", "speaker"), ("sounds", "sound-1"))


@dataclass(frozen=True, slots=True)
class Seen:
    """What both rooms had of each other in a while: the worse of the two."""

    pictures_per_s: float
    picture_gap_ms: int
    sounds_per_s: float
    sound_gap_ms: int
    packets_lost: int


class Watched:
    """The call, looked at from one moment to another."""

    def __init__(self, rooms: Rooms) -> None:
        self._ends = list(zip((rooms.b, rooms.chair), SLOTS, strict=True))
        self._began_ms, self._frames = now_ms(), self._counted("frames")
        self._lost = self._counted("packets_lost")

    def _counted(self, figure: str) -> list[list[int]]:
        return [
            [room.meeting()[kind][slot][figure] for kind, slot in slots]
            for room, slots in self._ends
        ]

    def seen(self) -> Seen:
        """Return what there was since the beginning; nothing may be missing at the end either."""
        seconds, frames = (now_ms() - self._began_ms) / 1000, self._counted("frames")
        rates = [
            [(b - a) / seconds for a, b in zip(before, after, strict=True)]
            for before, after in zip(self._frames, frames, strict=True)
        ]
        gaps = [self._gaps(room, slots) for room, slots in self._ends]
        return Seen(
            round(min(rate[0] for rate in rates), 1),
            max(gap[0] for gap in gaps),
            round(min(rate[1] for rate in rates), 1),
            max(gap[1] for gap in gaps),
            sum(map(sum, self._counted("packets_lost"))) - sum(map(sum, self._lost)),
        )

    def _gaps(self, room: Room, slots: tuple[tuple[str, str], ...]) -> list[int]:
        found = room.state(self._began_ms)["meeting"]
        return [max((gap["ms"] for gap in found[a][b]["gaps"]), default=0) for a, b in slots]


def _hears(room: Room, slot: str) -> bool:
    return slot in room.meeting().get("sounds", {})


@asynccontextmanager
async def a_call(folder, relay) -> AsyncIterator[Rooms]:
    async with start_rooms(folder, relay, points=(CHAIR, B)) as rooms:
        floor = FloorState(epoch=1, holders=(B,))
        await rooms.declare(recorded(meeting(floor=floor, invited=(CHAIR, B))))
        for room, ((_, picture), (_, sound)) in zip((rooms.b, rooms.chair), SLOTS, strict=True):
            await until(partial(room.shown, picture), 30, f"{room.point} sees")
            await until(partial(_hears, room, sound), 30, f"{room.point} hears")
        yield rooms


async def calm(rooms) -> Seen:
    watched, began_s = Watched(rooms), time.monotonic()
    await until(lambda: time.monotonic() - began_s > CALM_S, 2 * CALM_S)
    return watched.seen()


async def during_kill(rooms, recorder) -> Seen:
    """Look while the recorder is away, until the centre's watch has to say so."""
    watched, now = Watched(rooms), Clock().now
    assert heard_lately(recorder.status(), now()) is not None
    recorder.kill()
    await until(lambda: heard_lately(recorder.status(), now()) is None, ALARM_S, "the alarm")
    recorder.status_file.unlink()
    recorder.start()
    await until(recorder.is_recording, 20, "it records again")
    return watched.seen()


async def during_block(rooms, recorder, disk) -> Seen:
    watched, blocked_s = Watched(rooms), time.monotonic()
    with frozen(disk):
        await until(
            lambda: RecorderTrouble.DISK_BLOCKED in recorder.troubles(), ALARM_S, "the alarm"
        )
        await until(lambda: time.monotonic() - blocked_s > BLOCKED_S, 2 * BLOCKED_S)
    await until(recorder.is_recording, 10, "it goes on")
    await until(lambda: not recorder.troubles(), 10, "the alarm ends")
    return watched.seen()


async def during_full(rooms, recorder, disk) -> Seen:
    watched, free = Watched(rooms), recorder.status().free_bytes
    with (disk / "filler").open("wb") as filler:
        os.posix_fallocate(filler.fileno(), 0, free - 500_000)
    await until(lambda: RecorderTrouble.DISK_FULL in recorder.troubles(), ALARM_S, "the alarm")
    assert not recorder.is_recording()
    return watched.seen()


@pytest.mark.alone
async def test_a_recorder_that_is_killed_blocked_or_full_changes_nothing_in_the_call(tmp_path):
    with freezable(tmp_path / "disk", tmp_path / "image", size_mb=24) as disk:
        async with start_relay(tmp_path) as relay, a_call(tmp_path, relay) as rooms:
            recorder = RecorderProcess(tmp_path / "r", relay, data_dir=disk, blocked_after_s=2)
            recorder.start()
            try:
                await until(recorder.is_recording, 20, "it records")
                seen = {"before": await calm(rooms)}
                seen["killed"] = await during_kill(rooms, recorder)
                seen["blocked"] = await during_block(rooms, recorder, disk)
                status = recorder.status()
                assert status is not None and status.meetings[0].dropped == 0
                assert relay.centre.kinds(RECORDER).count("left") == 1, "when it was killed"
                seen["full"] = await during_full(rooms, recorder, disk)
                seen["after"] = await calm(rooms)
            finally:
                recorder.kill()
        told = "\n".join(f"{name}: {found}" for name, found in seen.items())
        sys.stdout.write(told)
        for found in seen.values():
            assert found.packets_lost == 0, told
            assert found.pictures_per_s > 0.6 * seen["before"].pictures_per_s, told
            assert found.sounds_per_s > 0.8 * seen["before"].sounds_per_s, told
            assert max(found.picture_gap_ms, found.sound_gap_ms) < GAP_LIMIT_MS, told
        blocked = recorder.recordings()[-1]
        kept_s = times(folders.of(disk, blocked) / STREAMS)
        gaps = [b - a for a, b in pairwise(kept_s)]
        assert kept_s[-1] > BLOCKED_S and max(gaps) < 0.5, "what came while it took nothing is kept"
